"""The lines of a Claude Code transcript, as far as brimline reads them.

Unknown fields are skipped and unknown types kept as links of the chain, so that a newer client's
transcript still reads.
"""

from datetime import datetime

import msgspec

from brimline.core.usage import Usage


class WireUsage(msgspec.Struct):
    """`message.usage` as the API reports it."""

    class CacheCreation(msgspec.Struct):
        """Cache writes by lifetime."""

        ephemeral_5m_input_tokens: int | None = 0
        ephemeral_1h_input_tokens: int | None = 0

    input_tokens: int | None = 0
    cache_creation_input_tokens: int | None = 0
    cache_read_input_tokens: int | None = 0
    output_tokens: int | None = 0
    cache_creation: CacheCreation | None = None

    def to_usage(self) -> Usage:
        """Return the figures; writes of unknown lifetime count as 5-minute ones, the API's default."""
        written = self.cache_creation_input_tokens or 0
        hour = (self.cache_creation.ephemeral_1h_input_tokens or 0) if self.cache_creation else 0
        return Usage(
            input_tokens=self.input_tokens or 0,
            cache_write_5m_tokens=max(0, written - hour),
            cache_write_1h_tokens=min(hour, written),
            cache_read_tokens=self.cache_read_input_tokens or 0,
            output_tokens=self.output_tokens or 0,
        )


class WireBlock(msgspec.Struct):
    """One content block of a message; which fields it has depends on its type."""

    type: str = ""
    text: str = ""
    thinking: str = ""
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


class Preserved(msgspec.Struct):
    """Messages that a compaction kept word for word."""

    allUuids: list[str] = []  # noqa: N815, RUF012 - the wire's spelling; msgspec copies defaults
    uuids: list[str] = []  # noqa: RUF012 - msgspec copies defaults


class CompactMetadata(msgspec.Struct):
    """What a compaction (or micro-compaction) says of itself."""

    trigger: str = ""
    preTokens: int | None = None  # noqa: N815 - the wire's spelling
    preservedMessages: Preserved | None = None  # noqa: N815 - the wire's spelling
    compactedToolIds: list[str] = []  # noqa: N815, RUF012 - the wire's spelling; msgspec copies defaults
    clearedAttachmentUUIDs: list[str] = []  # noqa: N815, RUF012 - the same


class Link(msgspec.Struct, rename="camel"):
    """The least a line says: where it hangs in the chain."""

    type: str = ""
    uuid: str | None = None
    parent_uuid: str | None = None
    logical_parent_uuid: str | None = None


class Record(Link, rename="camel"):
    """One line of a transcript."""

    subtype: str = ""
    timestamp: str | None = None
    version: str | None = None
    cwd: str | None = None
    session_id: str | None = None
    request_id: str | None = None
    is_sidechain: bool | None = False
    is_meta: bool | None = False
    is_compact_summary: bool | None = False
    message: WireMessage | None = None
    attachment: msgspec.Raw = msgspec.Raw(b"")
    compact_metadata: CompactMetadata | None = None
    microcompact_metadata: CompactMetadata | None = None
    attribution_skill: str | None = None
    source_tool_use_id: str | None = msgspec.field(default=None, name="sourceToolUseID")

    @property
    def at(self) -> float | None:
        """Unix time in seconds, or None where the line has none that can be read."""
        return read_time(self.timestamp)


def read_time(timestamp: str | None) -> float | None:
    """Return the Unix time of an ISO 8601 *timestamp*, or None where it is none."""
    if not timestamp:
        return None
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except ValueError:
        return None


_records = msgspec.json.Decoder(Record)
_links = msgspec.json.Decoder(Link)


def read_record(line: bytes) -> Record | None:
    """Return what *line* says, or None where it is no JSON object.

    A known field of an unknown shape costs the line its content, not its place in the chain.
    """
    try:
        return _records.decode(line)
    except msgspec.ValidationError:
        return _read_link(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _mend(line)


def _read_link(line: bytes) -> Record | None:
    try:
        link = _links.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return Record("unreadable", link.uuid, link.parent_uuid, link.logical_parent_uuid)


def _mend(line: bytes) -> Record | None:
    """Read a line whose text is not UTF-8 with the bad bytes replaced."""
    mended = line.decode("utf-8", "replace").encode()
    if mended == line:
        return None
    try:
        return _records.decode(mended)
    except msgspec.DecodeError:
        return _read_link(mended)
