"""Builds transcripts line by line, as Claude Code writes them: one line for each block of an answer."""

import json
from collections.abc import Mapping
from pathlib import Path

from brimline.adapters.claude_code.composition import Composition, compose
from brimline.adapters.claude_code.session import Session
from brimline.adapters.claude_code.transcript import read_session
from brimline.core.resource import Category, Resource
from brimline.tokenizers.meter import meter_for

OPUS = "claude-opus-5"
OLD_OPUS = "claude-opus-4-6"

Json = dict[str, object]


def text(words: str) -> Json:
    return {"type": "text", "text": words}


def thinking(words: str = "") -> Json:
    return {"type": "thinking", "thinking": words, "signature": "c2ln"}


def call(call_id: str, tool: str = "Bash", **arguments: object) -> Json:
    return {"type": "tool_use", "id": call_id, "name": tool, "input": arguments}


def result(call_id: str, content: object = "done", *, is_error: bool | None = None) -> Json:
    told = {} if is_error is None else {"is_error": is_error}
    return {"type": "tool_result", "tool_use_id": call_id, "content": content, **told}


def image(data: str, media_type: str = "image/png") -> Json:
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}}


class Transcript:
    """A transcript on disk; each line hangs on the one before unless it is told its `parent`."""

    def __init__(self, path: Path, model: str = OPUS, version: str = "2.1.217") -> None:
        self.path = path
        self.model = model
        self.version = version
        self.last: str | None = None
        self.lines = 0
        self.answers = 0
        self.sidechain = False
        path.touch()

    def raw(self, line: bytes) -> None:
        """Write *line* as it is."""
        with self.path.open("ab") as file:
            file.write(line)

    def add(self, kind: str, fields: Mapping[str, object], *, parent: str | None = "") -> str:
        """Write a line of the chain; returns its uuid."""
        self.lines += 1
        uuid = f"line-{self.lines}"
        record: Json = {
            "parentUuid": self.last if parent == "" else parent,
            "isSidechain": self.sidechain,
            "type": kind,
            "uuid": uuid,
            "timestamp": f"2026-01-01T{self.lines // 60:02}:{self.lines % 60:02}:00.000Z",
            "cwd": "/work",
            "sessionId": self.path.stem,
            "version": self.version,
            **fields,
        }
        self.raw(json.dumps(record).encode() + b"\n")
        self.last = uuid
        return uuid

    def user(self, content: str | list[Json], *, parent: str | None = "", **fields: object) -> str:
        """Write a user's line: typed text, or blocks such as results."""
        return self.add("user", {"message": {"role": "user", "content": content}, **fields}, parent=parent)

    def answer(
        self,
        *blocks: Json,
        held: int = 20_000,
        output: int | None = None,
        model: str = "",
        parent: str | None = "",
        **fields: object,
    ) -> str:
        """Write an answer to a request that *held* so many tokens; returns the uuid of its last line."""
        self.answers += 1
        usage = {"input_tokens": 2, "cache_read_input_tokens": held - 2, "output_tokens": output or 0}
        for block in blocks or (text("Yes."),):
            message = {
                "id": f"msg-{self.answers}",
                "role": "assistant",
                "model": model or self.model,
                "content": [block],
                "stop_reason": None if output is None else "end_turn",
                "usage": usage,
            }
            self.add(
                "assistant",
                {"message": message, "requestId": f"req-{self.answers}", **fields},
                parent=parent,
            )
            parent = ""
        return self.last or ""

    def attach(self, kind: str, *, parent: str | None = "", **fields: object) -> str:
        """Write an attachment."""
        return self.add("attachment", {"attachment": {"type": kind, **fields}}, parent=parent)

    def compact(self, *, logical: str | None = None, **about: object) -> str:
        """Write a compaction boundary and its summary."""
        told = {"logicalParentUuid": logical} if logical else {}
        fields = {"subtype": "compact_boundary", "compactMetadata": {"trigger": "auto", **about}, **told}
        self.add("system", fields, parent=None)
        return self.user("What was done so far.", isCompactSummary=True)

    def read(self, known: Session | None = None, model: str = "") -> Session:
        """Return the session, counted for *model* (default: the transcript's)."""
        return read_session(self.path, meter_for(model or self.model), known)

    def window(self, turn: int = 0) -> Composition:
        """Return the window of request *turn* (default: the last)."""
        session = self.read()
        output_stays = meter_for(self.model).output_stays
        return compose(session, turn or len(session.requests), output_stays=output_stays)


def tokens_of(window: Composition, category: Category, name: str | None = None) -> int:
    """Return what a category, or one item of it, holds in *window*."""
    return sum(resource.tokens for resource in resources_of(window, category, name))


def resources_of(window: Composition, category: Category, name: str | None = None) -> list[Resource]:
    """Return the resources of a category, or of one item of it."""
    of_category = [resource for resource in window.resources if resource.kind.category is category]
    return [resource for resource in of_category if name in {None, resource.name}]
