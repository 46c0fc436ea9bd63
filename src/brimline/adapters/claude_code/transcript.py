"""Reads a transcript into a Session, and reads on only what was appended since."""

import bisect
import os
from collections.abc import Iterable, Iterator
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
    Tags,
    image_size,
    read_call,
    read_result,
    read_user_text,
    use_of,
)
from brimline.adapters.claude_code.records import Record, WireBlock, WireMessage, read_record
from brimline.adapters.claude_code.rewrites import rewrites_of, stripped_tokens
from brimline.adapters.claude_code.scan import SYNTHETIC, UnclearFigureError
from brimline.adapters.claude_code.session import (
    NOBODY,
    TAIL_BYTES,
    Boundary,
    CallSeen,
    Cut,
    Entry,
    Fixed,
    Node,
    Request,
    Session,
    Used,
)
from brimline.core.budget import apportion
from brimline.core.errors import InputError
from brimline.core.ports import Meter
from brimline.core.resource import Kind
from brimline.core.tokens import Provenance
from brimline.core.usage import Usage

CALLS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})

LOADED_SCHEMA_TOKENS = 600
"""What a tool's definition is taken for when ToolSearch loads it: 318 to 1,214 were seen.

Clients before 2.1.330 do not log it; later ones do, lines later.
"""

LOADABLE = frozenset({Kind.MCP_SERVER, Kind.BUILTIN_TOOL})
"""Where a tool's definition counts."""

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
            _Reader(session, meter).read(_whole_lines(file, session))
            state = os.fstat(file.fileno())
            session.size, session.changed = state.st_size, state.st_mtime_ns
    except OSError as error:
        raise _unreadable(path, error) from error
    return session


def _begin(path: Path, file: BinaryIO, meter: Meter) -> Session:
    estimated = meter.tokenizer.provenance is Provenance.ESTIMATED
    return Session(str(path), meter.name, estimated, inode=os.fstat(file.fileno()).st_ino)


def _fits(known: Session, file: BinaryIO) -> bool:
    """Tell whether *file* is the one that *known* was read from, or that one with lines added."""
    state = os.fstat(file.fileno())
    untouched = state.st_size == known.size and state.st_mtime_ns == known.changed
    if state.st_ino != known.inode or not (untouched or state.st_size > known.size):
        return False
    file.seek(known.offset - len(known.tail))
    return file.read(len(known.tail)) == known.tail


def _whole_lines(file: BinaryIO, session: Session) -> Iterator[tuple[int, bytes]]:
    """Yield each whole line from here on with its offset in the file, moving the session's own past it."""
    for line in file:
        # A last line without its newline is either whole or still being written; half an object is no JSON.
        if not line.endswith(b"\n") and read_record(line) is None:
            return
        offset, session.offset = session.offset, session.offset + len(line)
        session.tail = (session.tail + line[-TAIL_BYTES:])[-TAIL_BYTES:]
        yield offset, line


KNOWN_TYPES = frozenset({"assistant", "attachment", "progress", "system", "user"})
"""The types of lines that make up a conversation."""


class _Reader:
    """Adds lines to a session, one by one."""

    def __init__(self, session: Session, meter: Meter) -> None:
        self.session = session
        self.meter = meter

    def read(self, lines: Iterator[tuple[int, bytes]]) -> None:
        for offset, line in lines:
            record = None if line.isspace() else read_record(line)
            if record is not None:
                self._add(record, offset)
            elif not line.isspace():
                self.session.unreadable_lines += 1

    def _add(self, record: Record, offset: int) -> None:
        self._remember(record)
        if (record.uuid is None and record.message is None) or not self._on_main_chain(record):
            return
        if record.uuid in self.session.numbers:
            return  # the same line once more
        number = len(self.session.nodes)
        parent = self._parent(record, number)
        root = number if parent == NOBODY else self.session.nodes[parent].root
        node = Node(parent, offset, root, at=record.at)
        self.session.nodes.append(node)
        if record.uuid:
            self.session.numbers[record.uuid] = number
        self._cut(record, number)
        if record.type == "attachment":
            self._add_attachment(record, number, node)
        elif record.message is not None:
            self._add_message(record, number, node)

    def _remember(self, record: Record) -> None:
        session = self.session
        session.session_id = session.session_id or record.session_id or ""
        session.cwd = record.cwd or session.cwd
        session.version = record.version or session.version
        if record.uuid and session.sidechain is None:
            # A sub-agent's own file is a main conversation in itself.
            session.sidechain = record.is_sidechain

    def _on_main_chain(self, record: Record) -> bool:
        return record.is_sidechain is None or record.is_sidechain == bool(self.session.sidechain)

    def _parent(self, record: Record, number: int) -> int:
        above = record.parent_uuid or record.logical_parent_uuid
        if above is None and record.type in KNOWN_TYPES:
            return NOBODY
        # A parent that is not in the file (a damaged line, a session that starts in the middle) is
        # taken to be the line before: nothing says that the conversation was cut there.
        return self.session.numbers.get(above or "", number - 1)

    def _cut(self, record: Record, number: int) -> None:
        if record.subtype == "compact_boundary":
            self._cut_by_compaction(record, number)
        elif record.subtype == "microcompact_boundary" and record.microcompact_metadata:
            about = record.microcompact_metadata
            cleared = list(about.compacted_tool_ids)
            boundary = Boundary(number, Cut.MICRO, about.trigger, about.before_tokens, cleared=cleared)
            self.session.boundaries.append(boundary)

    def _cut_by_fresh_start(self, root: int) -> None:
        """Note that a request has another *root* than the first; one that nobody answers to cuts nothing."""
        session = self.session
        if session.requests and root != self._first_root() and not session.cuts(root, root):
            bisect.insort(session.boundaries, Boundary(root, Cut.FRESH), key=lambda cut: cut.node)

    def _first_root(self) -> int:
        return self.session.nodes[self.session.requests[0].node].root

    def _cut_by_compaction(self, record: Record, number: int) -> None:
        about = record.compact_metadata
        boundary = Boundary(number, Cut.COMPACT)
        if about is not None:
            boundary.trigger, boundary.before_tokens = about.trigger, about.before_tokens
            numbers = self.session.numbers
            boundary.preserved = [numbers[uuid] for uuid in about.preserved if uuid in numbers]
        self.session.boundaries.append(boundary)

    def _add_attachment(self, record: Record, number: int, node: Node) -> None:
        node.is_attachment = True
        blocks = list(read_attachment(record.attachment))
        entries = self._measure_all(blocks)
        self._forget_estimates({block.parts[0].name for block in blocks if block.form is Form.SCHEMA})
        if any(block.form is Form.DEFINITION for block in blocks):
            has_tools = any(entry.kind is not Kind.SYSTEM_PROMPT for entry in entries)
            self._note_fixed(Fixed(number, has_tools, entries))
        else:
            node.entries = entries

    def _forget_estimates(self, names: set[str]) -> None:
        """Drop what tools loaded since the last answer were taken for: their definitions have come."""
        for node in reversed(self.session.nodes):
            if not names or node.request != NOBODY:
                return
            node.entries = [
                entry
                for entry in node.entries
                if not (entry.estimated and entry.name in names and entry.kind in LOADABLE)
            ]

    def _note_fixed(self, fixed: Fixed) -> None:
        known = self.session.fixed
        if not known or known[-1].entries != fixed.entries:
            known.append(fixed)

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
                node.answers.append(block.tool_use_id)
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
            node.entries.extend(self._answer_entries(block, node, number))

    def _note_request(self, record: Record, message: WireMessage, number: int) -> int:
        """Return the number of the request that *record* is part of, noting its figures."""
        session = self.session
        request_id = record.request_id or ""
        key = f"{message.id or (not request_id and record.uuid) or ''}/{request_id}"
        usage, window_tokens = self._reported(message)
        request = session.request_numbers.get(key)
        if request is None:
            self._cut_by_fresh_start(session.nodes[number].root)
            request = session.request_numbers[key] = len(session.requests)
            about = (message.id, request_id, message.model, number, record.at, usage)
            session.requests.append(Request(*about, version=record.version or session.version))
            session.results, session.errors, session.texts = [], 0, 0
        seen = session.requests[request]
        if usage.output_tokens >= seen.usage.output_tokens:
            seen.usage, seen.window_tokens = usage, window_tokens
        seen.final = seen.final or message.stop_reason is not None
        return request

    def _reported(self, message: WireMessage) -> tuple[Usage, int]:
        """Return usage and window as *message* tells them; figures that are no numbers count as untold."""
        try:
            return (message.usage.to_usage(), message.usage.window_tokens) if message.usage else (Usage(), 0)
        except UnclearFigureError:
            self.session.unreadable_lines += 1
            return Usage(), 0

    def _answer_entries(self, block: WireBlock, node: Node, number: int) -> list[Entry]:
        request = self.session.requests[node.request]
        if block.type == "text":
            first, request.speaks = not request.speaks, True
            tokens = self.meter.answer_text(block.text, first=first)
            return [Entry(Kind.ASSISTANT_TEXT, ASSISTANT_TEXT, tokens)]
        if block.type in {"thinking", "redacted_thinking"}:
            request.thinks = True
            tokens, provenance = self.meter.thinking(block.thinking, len(block.signature))
            return [Entry(Kind.THINKING, THINKING, tokens, provenance is Provenance.ESTIMATED)]
        return [self._add_call(block, node, number)] if block.type in CALLS else []

    def _add_call(self, block: WireBlock, node: Node, number: int) -> Entry:
        request = self.session.requests[node.request]
        call, arguments = read_call(block)
        tokens = self.meter.tool_call(call.tool, arguments, first=not request.calls)
        rewrites = rewrites_of(call.tool, arguments, self.session.cwd, self.meter.tokenizer)
        request.rewrites.extend(rewrites)
        request.stripped += stripped_tokens(arguments)
        request.calls.append(block.id)
        self.session.calls[block.id] = CallSeen(call.tool, call.target, node.request)
        use = use_of(call)
        if use is not None:
            self.session.uses.append(Used(use.category, use.name, number, node.at))
        return Entry(Kind.TOOL_CALL, f"{call.tool} calls", tokens, call_id=block.id)

    # ---------------------------------------------------------------------------------- measuring
    def _measure_all(self, blocks: Iterable[Block]) -> list[Entry]:
        return [entry for block in blocks for entry in self._measure(block)]

    def _measure(self, block: Block) -> list[Entry]:
        estimated = block.form is Form.SCHEMA and not block.text
        estimated = estimated or (block.form is Form.IMAGE and block.size is None)
        return [
            Entry(part.kind, part.name, tokens, estimated, block.call_id)
            for part, tokens in zip(block.parts, self._shares(block), strict=True)
        ]

    def _shares(self, block: Block) -> list[int]:
        tokens = self._tokens(block) + self._frame(block)
        if len(block.parts) == 1:
            return [tokens]
        weights = [self.meter.tokenizer.count(part.text) for part in block.parts]
        return apportion(tokens, weights if any(weights) else [1] * len(weights))

    def _tokens(self, block: Block) -> int:
        if block.form is Form.RESULT:
            return self.meter.tool_result(block.text, is_error=block.is_error)
        if block.form is Form.NOTICE:
            return self.meter.notice(block.text)
        if block.form is Form.NOTE:
            heard = block.tags is Tags.AFTER_RESULTS and bool(self.session.results)
            return self.meter.note(block.text, block.wording, tagged=heard or block.tags is Tags.ALWAYS)
        if block.form is Form.SCHEMA and not block.text:
            return LOADED_SCHEMA_TOKENS
        if block.form is Form.IMAGE:
            return self.meter.image(*block.size) if block.size else UNKNOWN_IMAGE_TOKENS
        return self.meter.tokenizer.count(block.text)

    def _frame(self, block: Block) -> int:
        """Return what *block* adds to the frames of its turn."""
        session = self.session
        if block.form is Form.RESULT:
            before = self.meter.result_frame(session.results, errors=session.errors)
            results = [*session.results, self._tool_of(block)]
            session.errors += block.is_error
            # From the second result on each adds the same as the one before: two are enough to go on from.
            session.results = results[-2:]
            return self.meter.result_frame(results, errors=session.errors) - before
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
