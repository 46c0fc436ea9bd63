"""The texts behind a Session's entries, read again from the file: a session itself keeps only tokens."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from brimline.adapters.claude_code.attachments import read_attachment
from brimline.adapters.claude_code.blocks import Call, Form, read_call, read_result
from brimline.adapters.claude_code.records import Record, WireBlock, read_record
from brimline.adapters.claude_code.session import Entry, Session
from brimline.core.errors import InputError

EDITING_TOOLS = frozenset({"Edit", "MultiEdit"})


class Piece(NamedTuple):
    """A block's text and tokens; a result's call, and for an answer's call the text it wants to replace."""

    text: str
    tokens: int
    form: Form | None = None
    call_id: str = ""
    tool: str = ""
    target: str = ""
    command: str = ""
    old_text: str = ""


def read_pieces(session: Session, nodes: Iterable[int]) -> Iterator[tuple[int, list[Piece]]]:
    """Yield for each of *nodes* the pieces it put into the window.

    Raises `InputError` where the transcript cannot be read any more.
    """
    commands: dict[str, str] = {}
    try:
        with Path(session.path).open("rb") as file:
            for number in nodes:
                record = _record_at(file, session.nodes[number].offset)
                yield number, list(_pieces(session, number, record, commands)) if record else []
    except OSError as error:
        raise InputError(
            f"cannot read {session.path} again: {error.strerror or error}; was it moved?"
        ) from error


def _record_at(file: BinaryIO, offset: int) -> Record | None:
    file.seek(offset)
    return read_record(file.readline())


def _pieces(session: Session, number: int, record: Record, commands: dict[str, str]) -> Iterator[Piece]:
    entries = session.nodes[number].entries
    if record.type == "attachment":
        text = "\n".join(block.text for block in read_attachment(record.attachment))
        yield Piece(text, _sum(entries))
    elif record.type == "assistant":
        for block in _blocks(record):
            yield from _answer_piece(block, entries, commands)
    else:
        yield from _user_pieces(session, record, entries, commands)


def _sum(entries: Iterable[Entry]) -> int:
    return sum(entry.tokens for entry in entries)


def _blocks(record: Record) -> list[WireBlock]:
    content = record.message.content if record.message else None
    return [WireBlock(type="text", text=content)] if isinstance(content, str) else content or []


def _answer_piece(block: WireBlock, entries: list[Entry], commands: dict[str, str]) -> Iterator[Piece]:
    if block.type == "text":
        yield Piece(block.text, _sum(entry for entry in entries if not entry.call_id))
    elif block.id:
        call, arguments = read_call(block)
        commands[block.id] = str(arguments.get("command", ""))
        texts = [value for value in arguments.values() if isinstance(value, str)]
        old = str(arguments.get("old_string", "")) if call.tool in EDITING_TOOLS else ""
        tokens = _sum(entry for entry in entries if entry.call_id == block.id)
        yield Piece("\n".join(texts), tokens, call_id=block.id, tool=call.tool, old_text=old)


def _user_pieces(
    session: Session, record: Record, entries: list[Entry], commands: dict[str, str]
) -> Iterator[Piece]:
    results = [block for block in _blocks(record) if block.type == "tool_result"]
    for block in results:
        seen = session.calls.get(block.tool_use_id)
        call = Call(seen.tool, seen.target) if seen else None
        text = next(read_result(block, call)).text
        tokens = _sum(entry for entry in entries if entry.call_id == block.tool_use_id)
        command = commands.get(block.tool_use_id, "")
        about = (call.tool, call.target) if call else ("", "")
        yield Piece(text, tokens, Form.RESULT, block.tool_use_id, *about, command)
    texts = [block.text for block in _blocks(record) if block.type == "text"]
    if texts:
        yield Piece("\n".join(texts), _sum(entry for entry in entries if not entry.call_id))
