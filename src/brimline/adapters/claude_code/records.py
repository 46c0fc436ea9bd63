"""The lines of a Claude Code transcript, as far as brimline reads them.

Unknown fields are skipped and unknown types kept as links of the chain, so that a newer client's
transcript still reads.
"""

import re
from collections.abc import Iterator
from contextlib import suppress

import msgspec

from brimline.adapters.claude_code.scan import read_tokens, unix_time
from brimline.core.usage import Usage


class WireUsage(msgspec.Struct):
    """`message.usage` as the API reports it; figures are read leniently, some clients write digits."""

    class CacheCreation(msgspec.Struct):
        """Cache writes by lifetime."""

        ephemeral_5m_input_tokens: object = 0
        ephemeral_1h_input_tokens: object = 0

    input_tokens: object = 0
    cache_creation_input_tokens: object = 0
    cache_read_input_tokens: object = 0
    output_tokens: object = 0
    cache_creation: CacheCreation | None = None
    iterations: "list[WireUsage] | None" = None

    @property
    def window_tokens(self) -> int:
        """Tokens in the window at the end: of a server's tool loop the last round holds everything."""
        last = self.iterations[-1] if self.iterations else self
        return last.to_usage().window_tokens

    def to_usage(self) -> Usage:
        """Return the figures; writes of unknown lifetime count as 5-minute ones, the API's default.

        Raises `UnclearFigureError` where one is no number.
        """
        written = _sane(self.cache_creation_input_tokens)
        hour = _sane(self.cache_creation.ephemeral_1h_input_tokens) if self.cache_creation else 0
        return Usage(
            input_tokens=_sane(self.input_tokens),
            cache_write_5m_tokens=max(0, written - hour),
            cache_write_1h_tokens=min(hour, written),
            cache_read_tokens=_sane(self.cache_read_input_tokens),
            output_tokens=_sane(self.output_tokens),
        )


def _sane(tokens: object) -> int:
    return read_tokens(tokens) or 0


class WireBlock(msgspec.Struct):
    """One content block of a message; which fields it has depends on its type."""

    type: str = ""
    text: str = ""
    thinking: str = ""
    signature: str = ""
    id: str = ""
    name: str = ""
    input: msgspec.Raw = msgspec.Raw(b"{}")
    tool_use_id: str = ""
    tool_name: str = ""
    content: "str | list[WireBlock] | None" = None
    is_error: bool | None = None
    source: msgspec.Raw = msgspec.Raw(b"{}")


class WireMessage(msgspec.Struct):
    """A message of the conversation."""

    id: str = ""
    model: str = ""
    content: str | list[WireBlock] | None = None
    usage: WireUsage | None = None
    stop_reason: str | None = None


class Preserved(msgspec.Struct, rename="camel"):
    """Messages that a compaction kept word for word."""

    all_uuids: list[str] = []
    uuids: list[str] = []


class CompactMetadata(msgspec.Struct, rename="camel"):
    """What a compaction (or micro-compaction) says of itself."""

    trigger: str = ""
    pre_tokens: int | None = None
    preserved_messages: Preserved | None = None
    compacted_tool_ids: list[str] = []

    @property
    def before_tokens(self) -> int | None:
        """What the window held before it, or None where no sane figure is told."""
        return _sane(self.pre_tokens) or None

    @property
    def preserved(self) -> list[str]:
        """The uuids of the messages kept word for word."""
        kept = self.preserved_messages
        return (kept.all_uuids or kept.uuids) if kept else []


class Record(msgspec.Struct, rename="camel"):
    """One line of a transcript."""

    type: str = ""
    uuid: str | None = None
    parent_uuid: str | None = None
    logical_parent_uuid: str | None = None
    subtype: str = ""
    timestamp: str | None = None
    version: str | None = None
    cwd: str | None = None
    session_id: str | None = None
    request_id: str | None = None
    is_sidechain: bool | None = None
    is_meta: bool | None = False
    is_compact_summary: bool | None = False
    message: WireMessage | None = None
    attachment: msgspec.Raw = msgspec.Raw(b"")
    compact_metadata: CompactMetadata | None = None
    microcompact_metadata: CompactMetadata | None = None
    source_tool_use_id: str | None = msgspec.field(default=None, name="sourceToolUseID")

    @property
    def at(self) -> float | None:
        """Unix time in seconds, or None where the line has none that can be read."""
        return unix_time(self.timestamp)


_Decoder = msgspec.json.Decoder[Record] | msgspec.json.Decoder[WireMessage] | msgspec.json.Decoder[WireBlock]

_records = msgspec.json.Decoder(Record)
_messages = msgspec.json.Decoder(WireMessage)
_blocks = msgspec.json.Decoder(WireBlock)
_objects = msgspec.json.Decoder(dict[str, msgspec.Raw])
_lists = msgspec.json.Decoder(list[msgspec.Raw])


def read_record(line: bytes) -> Record | None:
    """Return what *line* says, or None where it is no JSON object.

    A known field of an unknown shape is left out, of the line, its message or a content block; the rest
    stays. Bytes that are not UTF-8 and halves of surrogate pairs (a text cut there) are replaced.
    """
    try:
        return _records.decode(line)
    except msgspec.ValidationError:
        return _salvage(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _mend(line)
    except RecursionError:
        return None


_ESCAPE = re.compile(rb"(\\u[dD][89abAB]..\\u[dD][c-fC-F]..)|(\\u[dD][89a-fA-F]..)|\\.", re.DOTALL)


def _mend(line: bytes) -> Record | None:
    text = line.decode("utf-8", "replace").encode()
    mended = _ESCAPE.sub(lambda found: rb"\ufffd" if found[2] else found[0], text)
    return None if mended == line else _salvage(mended)


def _salvage(line: bytes) -> Record | None:
    try:
        fields = _objects.decode(line)
        if "message" in fields:
            fields["message"] = _salvage_message(fields["message"])
        return _records.decode(_write(_readable(fields, _records)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _salvage_message(message: msgspec.Raw) -> msgspec.Raw:
    try:
        fields = _objects.decode(message)
    except msgspec.ValidationError:
        return msgspec.Raw(b"null")
    if "content" in fields:
        fields["content"] = _salvage_content(fields["content"])
    return _write(_readable(fields, _messages))


def _salvage_content(content: msgspec.Raw) -> msgspec.Raw:
    try:
        return _write([_write(_readable(block, _blocks)) for block in _objects_in(content)])
    except msgspec.ValidationError:
        return content


def _objects_in(content: msgspec.Raw) -> Iterator[dict[str, msgspec.Raw]]:
    for piece in _lists.decode(content):
        with suppress(msgspec.ValidationError):
            yield _objects.decode(piece)


def _readable(fields: dict[str, msgspec.Raw], decoder: _Decoder) -> dict[str, msgspec.Raw]:
    return {key: raw for key, raw in fields.items() if _is_readable({key: raw}, decoder)}


def _is_readable(field: dict[str, msgspec.Raw], decoder: _Decoder) -> bool:
    try:
        decoder.decode(_write(field))
    except msgspec.ValidationError:
        return False
    return True


def _write(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
