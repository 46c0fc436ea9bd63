"""Reads a transcript into a Session, and reads on only what was appended since."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from brimline.adapters.claude_code.attachments import read_attachment
from brimline.adapters.claude_code.blocks import (
    ASSISTANT_TEXT,
    THINKING,
    USER_MESSAGES,
    Block,
    Call,
    Form,
    Part,
    image_size,
    read_call,
    read_result,
    read_user_text,
    use_of,
)
from brimline.adapters.claude_code.records import Record, WireBlock, WireMessage, read_record
from brimline.adapters.claude_code.rewrites import rewrites_of, stripped_tokens
from brimline.adapters.claude_code.session import (
    NOBODY,
    TAIL_BYTES,
    Boundary,
    CallSeen,
    Cut,
    Entry,
    Node,
    Request,
    Session,
    Used,
)
from brimline.core.budget import apportion
from brimline.core.errors import InputError
from brimline.core.ports import Meter
from brimline.core.resource import Kind
from brimline.core.usage import Usage

CALLS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})

LOADED_SCHEMA_TOKENS = 600
"""What a tool's definition is taken for when ToolSearch loads it: 318 to 1,214 were seen, and none is logged."""

SYNTHETIC = "<synthetic>"
"""The model of messages that the client made up itself; no request stands behind them."""

UNKNOWN_IMAGE_TOKENS = 1_600
"""What an image of unreadable size is taken for: the most that models before 4.7 spend on one."""


def read_session(path: Path, meter: Meter, known: Session | None = None) -> Session:
    """Return the session of the transcript at *path*, reading on from *known* while the file still begins so.

    A last line that is not whole yet is left for the next read. Raises `InputError` where the file
    cannot be read.
    """
    try:
        with path.open("rb") as file:
            session = known if known and _fits(known, file) else _begin(path, file, meter)
            file.seek(session.offset)
            data = file.read()
    except OSError as error:
        raise _unreadable(path, error) from error
    _Reader(session, meter).read(_whole_lines(data, session))
    return session


def _begin(path: Path, file: BinaryIO, meter: Meter) -> Session:
    return Session(str(path), meter.name, inode=os.fstat(file.fileno()).st_ino)


def _fits(known: Session, file: BinaryIO) -> bool:
    """Tell whether *file* is the one that *known* was read from, or that one with lines added."""
    if os.fstat(file.fileno()).st_ino != known.inode:
        return False
    file.seek(known.offset - len(known.tail))
    return file.read(len(known.tail)) == known.tail


def _whole_lines(data: bytes, session: Session) -> Iterator[tuple[int, bytes]]:
    """Yield each whole line of *data* with its offset in the file, moving the session's own past it."""
    start = 0
    while (end := data.find(b"\n", start)) >= 0:
        offset, session.offset = session.offset, session.offset + end + 1 - start
        yield offset, data[start:end]
        start = end + 1
    # A last line without its newline is either whole or still being written; half an object is no JSON.
    if read_record(data[start:]) is not None:
        offset, session.offset = session.offset, session.offset + len(data) - start
        yield offset, data[start:]
        start = len(data)
    session.tail = (session.tail + data[:start])[-TAIL_BYTES:]


class _Reader:
    """Adds lines to a session, one by one."""

    def __init__(self, session: Session, meter: Meter) -> None:
        self.session = session
        self.meter = meter

    def read(self, lines: Iterator[tuple[int, bytes]]) -> None:
        for offset, line in lines:
            record = read_record(line) if line.strip() else None
            if record is not None:
                self._add(record, offset)
            elif line.strip():
                self.session.unreadable_lines += 1

    def _add(self, record: Record, offset: int) -> None:
        self._remember(record)
        if record.uuid is None and record.message is None:
            return
        number = len(self.session.nodes)
        node = Node(self._parent(record, number), offset, at=record.at)
        node.is_attachment = record.type == "attachment"
        self.session.nodes.append(node)
        if record.uuid:
            self.session.numbers[record.uuid] = number
        self._cut(record, number, node)
        if record.type == "attachment":
            node.entries = self._measure_all(read_attachment(record.attachment))
        elif record.message is not None and self._on_main_chain(record):
            self._add_message(record, number, node)

    def _remember(self, record: Record) -> None:
        session = self.session
        session.session_id = session.session_id or record.session_id or ""
        session.cwd = record.cwd or session.cwd
        session.version = record.version or session.version
        if record.message is not None and session.sidechain is None:
            # A sub-agent's own file is a main conversation in itself.
            session.sidechain = bool(record.is_sidechain)

    def _on_main_chain(self, record: Record) -> bool:
        return bool(record.is_sidechain) == self.session.sidechain

    def _parent(self, record: Record, number: int) -> int:
        above = record.parent_uuid or record.logical_parent_uuid
        if above is None:
            return NOBODY
        # A parent that is not in the file (a damaged line, a session that starts in the middle) is
        # taken to be the line before: nothing says that the conversation was cut there.
        return self.session.numbers.get(above, number - 1)

    def _cut(self, record: Record, number: int, node: Node) -> None:
        if record.subtype == "compact_boundary":
            self._cut_by_compaction(record, number)
        elif record.subtype == "microcompact_boundary" and record.microcompact_metadata:
            about = record.microcompact_metadata
            cleared = list(about.compactedToolIds)
            boundary = Boundary(number, Cut.MICRO, about.trigger, about.preTokens, cleared=cleared)
            self.session.boundaries.append(boundary)
        elif node.parent == NOBODY and number > 0 and self.session.requests:
            self.session.boundaries.append(Boundary(number, Cut.FRESH))

    def _cut_by_compaction(self, record: Record, number: int) -> None:
        about = record.compact_metadata
        boundary = Boundary(number, Cut.COMPACT)
        if about is not None:
            boundary.trigger, boundary.before_tokens = about.trigger, about.preTokens
            kept = about.preservedMessages.allUuids if about.preservedMessages else []
            boundary.preserved = [self.session.numbers[uuid] for uuid in kept if uuid in self.session.numbers]
        self.session.boundaries.append(boundary)

    def _add_message(self, record: Record, number: int, node: Node) -> None:
        if record.type == "assistant":
            self._add_answer(record, number, node)
        elif record.type == "user":
            node.entries = self._measure_all(self._user_blocks(record, node))
            node.is_prompt = any(entry.name == USER_MESSAGES for entry in node.entries)

    def _user_blocks(self, record: Record, node: Node) -> Iterator[Block]:
        for block in _content(record):
            if block.type == "text":
                yield read_user_text(block.text, record, self._call(record.source_tool_use_id or ""))
            elif block.type == "tool_result":
                node.answers = [*node.answers, block.tool_use_id]
                yield from read_result(block, self._call(block.tool_use_id))
            elif block.type == "image":
                yield Block(Form.IMAGE, (Part(Kind.USER_TEXT, "Images", ""),), size=image_size(block.source))

    def _call(self, call_id: str) -> Call | None:
        seen = self.session.calls.get(call_id)
        return Call(seen.tool, seen.target) if seen else None

    # ---------------------------------------------------------------------------------- answers
    def _add_answer(self, record: Record, number: int, node: Node) -> None:
        if record.message is None or record.message.model == SYNTHETIC:
            return
        node.request = self._note_request(record, record.message, number)
        for block in _content(record):
            node.entries = [*node.entries, *self._answer_entries(block, node, number)]

    def _note_request(self, record: Record, message: WireMessage, number: int) -> int:
        """Return the number of the request that *record* is part of, noting its figures."""
        session = self.session
        key = f"{message.id}/{record.request_id or ''}"
        usage = message.usage.to_usage() if message.usage else Usage()
        request = session.request_numbers.get(key)
        if request is None:
            request = session.request_numbers[key] = len(session.requests)
            about = (message.id, record.request_id or "", message.model, number, record.at, usage)
            session.requests.append(Request(*about, version=record.version or session.version))
            session.results, session.errors, session.texts = [], 0, 0
        seen = session.requests[request]
        if usage.output_tokens >= seen.usage.output_tokens:
            seen.usage = usage
        seen.final = seen.final or message.stop_reason is not None
        return request

    def _answer_entries(self, block: WireBlock, node: Node, number: int) -> list[Entry]:
        request = self.session.requests[node.request]
        if block.type == "text":
            first, request.speaks = not request.speaks, True
            tokens = self.meter.answer_text(block.text, first=first)
            return [Entry(Kind.ASSISTANT_TEXT, ASSISTANT_TEXT, tokens)]
        if block.type in {"thinking", "redacted_thinking"}:
            request.thinks = True
            return [Entry(Kind.THINKING, THINKING, self.meter.thinking(block.thinking))]
        return [self._add_call(block, node, number)] if block.type in CALLS else []

    def _add_call(self, block: WireBlock, node: Node, number: int) -> Entry:
        request = self.session.requests[node.request]
        call, arguments = read_call(block)
        tokens = self.meter.tool_call(call.tool, arguments, first=not request.calls)
        rewrites = rewrites_of(call.tool, arguments, self.session.cwd, self.meter.tokenizer)
        request.rewrites = [*request.rewrites, *rewrites]
        request.stripped += stripped_tokens(arguments)
        request.calls = [*request.calls, block.id]
        self.session.calls[block.id] = CallSeen(call.tool, call.target, node.request)
        use = use_of(call)
        if use is not None:
            self.session.uses.append(Used(use.category, use.name, number, node.at))
        return Entry(Kind.TOOL_CALL, f"{call.tool} calls", tokens, call_id=block.id)

    # ---------------------------------------------------------------------------------- measuring
    def _measure_all(self, blocks: Iterator[Block]) -> list[Entry]:
        return [entry for block in blocks for entry in self._measure(block)]

    def _measure(self, block: Block) -> list[Entry]:
        estimated = block.form is Form.SCHEMA or (block.form is Form.IMAGE and block.size is None)
        return [
            Entry(part.kind, part.name, tokens, estimated, block.call_id)
            for part, tokens in zip(block.parts, self._shares(block), strict=True)
        ]

    def _shares(self, block: Block) -> list[int]:
        tokens = self._tokens(block) + self._frame(block)
        if len(block.parts) == 1:
            return [tokens]
        return apportion(tokens, [self.meter.tokenizer.count(part.text) for part in block.parts])

    def _tokens(self, block: Block) -> int:
        if block.form is Form.RESULT:
            return self.meter.tool_result(block.text, is_error=block.is_error)
        if block.form is Form.NOTICE:
            return self.meter.notice(block.text)
        if block.form is Form.NOTE:
            tagged = block.tagged and bool(self.session.results)
            return self.meter.note(block.text, block.wording, tagged=tagged)
        if block.form is Form.SCHEMA:
            return LOADED_SCHEMA_TOKENS
        if block.form is Form.IMAGE:
            return self.meter.image(*block.size) if block.size else UNKNOWN_IMAGE_TOKENS
        return self.meter.tokenizer.count(block.text)

    def _frame(self, block: Block) -> int:
        """Return what *block* adds to the frames of its turn."""
        session = self.session
        if block.form is Form.RESULT:
            before = self.meter.result_frame(session.results, errors=session.errors)
            session.results = [*session.results, self._tool_of(block)]
            session.errors += block.is_error
            return self.meter.result_frame(session.results, errors=session.errors) - before
        if block.form in {Form.TEXT, Form.NOTICE, Form.NOTE}:
            after = bool(session.results)
            before = self.meter.text_frame(session.texts, after_results=after)
            session.texts += 1
            return self.meter.text_frame(session.texts, after_results=after) - before
        return 0

    def _tool_of(self, block: Block) -> str:
        call = self._call(block.call_id)
        return call.tool if call else ""


def _content(record: Record) -> list[WireBlock]:
    content = record.message.content if record.message else None
    if isinstance(content, str):
        return [WireBlock(type="text", text=content)]
    return content or []


LOOKBACK_BYTES = 262_144
"""How much of a transcript's end is looked through for its model before all of it is."""


def last_model(path: Path) -> str:
    """Return the model of the last answer in the transcript at *path*, or "" where there is none.

    Raises `InputError` where the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            for back in (LOOKBACK_BYTES, size):
                file.seek(max(0, size - back))
                model = _model_in(file.read())
                if model:
                    return model
    except OSError as error:
        raise _unreadable(path, error) from error
    return ""


def _model_in(data: bytes) -> str:
    for line in reversed(data.split(b"\n")):
        record = read_record(line) if b'"assistant"' in line else None
        message = record.message if record and record.type == "assistant" else None
        if message and message.model and message.model != SYNTHETIC:
            return message.model
    return ""


def _unreadable(path: Path, error: OSError) -> InputError:
    reason = error.strerror or str(error)
    return InputError(f"cannot read the transcript {path}: {reason}; check the path and its rights")
