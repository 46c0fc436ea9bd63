"""Reads the billed requests out of the new bytes of a transcript, touching as little else as it can.

Only lines that hold the key `"output_tokens"` are decoded. Inside a JSON string each quote is escaped,
so a transcript quoted in a tool result never shows that key; a line that shows it elsewhere than in
`message.usage` is decoded and then left out.
"""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple, TypeGuard

from brimline.core.requests import START, FileStamp, Mark, Reading, Request, SessionFacts

READER_VERSION = 3
"""Raise it when the same bytes would yield other requests: indexes then read every file again."""

SYNTHETIC = "<synthetic>"
"""The model of texts that the client wrote itself: no call was made."""

MOST_TOKENS = 1 << 40
"""No window is near it; a larger figure is damage and counts as absent."""

LONGEST_NUMBER = 15
"""Digits of a number of tokens in a string; a longer one is damage."""

LATEST_AT = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
"""No call was made after it, or before 1970: such a time is damage, and beyond some zone's calendar."""

_NEEDLE = b'"output_tokens"'
_TIMESTAMP = b'"timestamp":"'
_CHUNK_BYTES = 8 << 20
_PROOF_BYTES = 128


class Task(NamedTuple):
    """A file to read, and how far it was read before."""

    stamp: FileStamp
    mark: Mark

    @property
    def new_bytes(self) -> int:
        """How much there is to read, at most."""
        return max(self.stamp.size - self.mark.offset, 0) or self.stamp.size


class Unread(NamedTuple):
    """A file that could not be read, and why."""

    path: str
    reason: str
    gone: bool
    """It went away since it was listed."""


Result = Reading | Unread


class Found(NamedTuple):
    """The request on one line, its time still as written."""

    message_id: str
    request_id: str
    model: str
    timestamp: str
    input_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    cache_read_tokens: int
    output_tokens: int
    sidechain: bool
    nested: bool
    """Of a sub-agent, inside a `progress` record."""
    session_id: str
    cwd: str
    client_version: str


Decode = Callable[[bytes], Found | None]
"""Returns the request on a line, or None where it holds none; raises ValueError where it is no JSON."""


def decode_line(line: bytes) -> Found | None:
    """Return the request that *line* records, or None; tolerant of any shape and of bad UTF-8.

    Raises:
        ValueError: if the line is no JSON, or a figure in it no number.
    """
    record: object = json.loads(line.decode("utf-8", "replace"))
    if not _is_record(record):
        return None
    nested = record.get("data")
    inner = nested.get("message") if _is_record(nested) else None
    for owner in (record, inner):
        message = owner.get("message") if _is_record(owner) else None
        usage = message.get("usage") if _is_record(message) else None
        if _is_record(owner) and _is_record(message) and _is_record(usage):
            return _found(record, owner, message, usage)
    return None


def read_one(task: Task, decode: Decode | None = None) -> Result:
    """Return what the file of *task* holds beyond its mark, or why it cannot be read."""
    try:
        return read_new(task.stamp, task.mark, decode or decode_line)
    except OSError as error:
        return Unread(task.stamp.path, error.strerror or str(error), isinstance(error, FileNotFoundError))


def read_new(stamp: FileStamp, mark: Mark = START, decode: Decode = decode_line) -> Reading:
    """Return what *stamp*'s file holds beyond *mark*; from its start where *mark* is of another file.

    A last line that is not complete yet is left for the next read.

    Raises:
        OSError: if the file cannot be read.
    """
    descriptor = os.open(stamp.path, os.O_RDONLY)
    try:
        begun = mark.offset if _still_holds(descriptor, mark) else 0
        harvest = _Harvest(decode)
        offset = harvest.gather(descriptor, begun)
        return Reading(
            stamp, begun, _mark(descriptor, offset), harvest.requests(), harvest.skipped, harvest.facts()
        )
    finally:
        os.close(descriptor)


class _Harvest:
    """What was found so far in one read of one file."""

    __slots__ = ("_best", "_decode", "_first", "_last", "_latest", "_main", "skipped")

    def __init__(self, decode: Decode) -> None:
        self._decode = decode
        self._best: dict[tuple[str, str], Found] = {}
        self._first = self._last = ""
        self._latest: Found | None = None
        self._main: Found | None = None
        self.skipped = 0

    def gather(self, descriptor: int, offset: int) -> int:
        """Take every complete line from *offset* on; return the offset after the last one taken."""
        os.lseek(descriptor, offset, os.SEEK_SET)
        pieces: list[bytes] = []
        while block := os.read(descriptor, _CHUNK_BYTES):
            cut = block.rfind(b"\n") + 1
            if not cut:
                pieces.append(block)
                continue
            lines = b"".join((*pieces, block[:cut])) if pieces else block[:cut]
            pieces = [block[cut:]] if cut < len(block) else []
            self._take(lines)
            offset += len(lines)
        return offset + self._take_unended(b"".join(pieces))

    def _take(self, lines: bytes) -> None:
        self._note_times(lines)
        for line in _lines_with_tokens(lines):
            try:
                found = self._decode(line)
            except ValueError:
                self.skipped += 1
            else:
                if found is not None:
                    self._keep(found)

    def _take_unended(self, line: bytes) -> int:
        """Take a last line without its newline if it is complete; return the number of bytes taken."""
        if _NEEDLE not in line:
            return 0
        try:
            found = self._decode(line)
        except ValueError:
            return 0
        if found is not None:
            self._note_times(line)
            self._keep(found)
        return len(line)

    def _keep(self, found: Found) -> None:
        self._latest = found
        if found.model == SYNTHETIC:
            return
        if not found.sidechain and not found.nested:
            self._main = found
        known = self._best.get(found[:2])
        if known is None or found.output_tokens >= known.output_tokens:
            self._best[found[:2]] = found

    def _note_times(self, lines: bytes) -> None:
        self._first = self._first or _text_at(lines, lines.find(_TIMESTAMP))
        self._last = _text_at(lines, lines.rfind(_TIMESTAMP)) or self._last

    def requests(self) -> list[Request]:
        """Return each request once, its time known; those without a time are skipped."""
        requests: list[Request] = []
        for found in self._best.values():
            at = unix_time(found.timestamp)
            if at is None:
                self.skipped += 1
            else:
                requests.append(_request(found, at))
        return requests

    def facts(self) -> SessionFacts:
        """Return what this read says of the session."""
        latest, main = self._latest, self._main
        return SessionFacts(
            session_id=latest.session_id if latest else "",
            cwd=latest.cwd if latest else "",
            client_version=latest.client_version if latest else "",
            model=main.model if main else "",
            window_tokens=_request(main, 0.0).window_tokens if main else 0,
            first_at=unix_time(self._first) or 0.0,
            last_at=unix_time(self._last) or 0.0,
        )


def _request(found: Found, at: float) -> Request:
    return Request._make((*found[:3], at, *found[4:10]))


def unix_time(timestamp: str | None) -> float | None:
    """Return the Unix time of an ISO 8601 *timestamp* (UTC where it names no zone), or None where it is none.

    >>> unix_time("1970-01-01T00:01:00.500Z")
    60.5
    """
    if not timestamp:
        return None
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        return None
    at = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return at if 0 <= at < LATEST_AT else None


def _lines_with_tokens(lines: bytes) -> Iterator[bytes]:
    at = lines.find(_NEEDLE)
    while at >= 0:
        end = lines.find(b"\n", at)
        yield lines[lines.rfind(b"\n", 0, at) + 1 : end]
        at = lines.find(_NEEDLE, end)


def _text_at(lines: bytes, at: int) -> str:
    """Return the timestamp whose key begins at *at*; "" for -1."""
    start = at + len(_TIMESTAMP)
    return lines[start : start + 40].partition(b'"')[0].decode("ascii", "replace") if at >= 0 else ""


def _still_holds(descriptor: int, mark: Mark) -> bool:
    """Tell whether the file still begins, and still ends its read part, with the bytes it did."""
    head = os.pread(descriptor, len(mark.head), 0)
    tail = os.pread(descriptor, len(mark.tail), mark.offset - len(mark.tail))
    return (head, tail) == (mark.head, mark.tail)


def _mark(descriptor: int, offset: int) -> Mark:
    size = min(offset, _PROOF_BYTES)
    return Mark(offset, os.pread(descriptor, size, 0), os.pread(descriptor, size, offset - size))


def _is_record(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _found(
    record: dict[str, object],
    owner: dict[str, object],
    message: dict[str, object],
    usage: dict[str, object],
) -> Found | None:
    entered, answered = read_tokens(usage.get("input_tokens")), read_tokens(usage.get("output_tokens"))
    if entered is None or answered is None:
        return None
    for_5m, for_1h = _writes(usage)
    request_id = _text(owner, "requestId")
    timestamp = _text(owner, "timestamp") or _text(record, "timestamp")
    return Found(
        message_id=_text(message, "id") or f"?{request_id or _text(owner, 'uuid') or timestamp}",
        request_id=request_id,
        model=_text(message, "model"),
        timestamp=timestamp,
        input_tokens=entered,
        cache_write_5m_tokens=for_5m,
        cache_write_1h_tokens=for_1h,
        cache_read_tokens=_tokens(usage, "cache_read_input_tokens"),
        output_tokens=answered,
        sidechain=record.get("isSidechain") is True,
        nested=owner is not record,
        session_id=_text(record, "sessionId"),
        cwd=_text(record, "cwd"),
        client_version=_text(record, "version"),
    )


def _writes(usage: dict[str, object]) -> tuple[int, int]:
    """Return cache writes for 5 minutes and for 1 hour; those of unsaid lifetime count as 5 minutes."""
    split = usage.get("cache_creation")
    if _is_record(split):
        return _tokens(split, "ephemeral_5m_input_tokens"), _tokens(split, "ephemeral_1h_input_tokens")
    return _tokens(usage, "cache_creation_input_tokens"), 0


class UnclearFigureError(ValueError):
    """Raised for a number of tokens that cannot be read as one."""


def read_tokens(value: object) -> int | None:
    """Return a number of tokens, or None where none is told or it is damage: negative, or beyond any window.

    Raises:
        UnclearFigureError: if it is neither a whole number nor digits.

    >>> read_tokens(7), read_tokens("7"), read_tokens(7.0), read_tokens(None), read_tokens(-1)
    (7, 7, 7, None, None)
    """
    if value is None:
        return None
    number = _whole(value)
    if not isinstance(number, int) or isinstance(number, bool):
        raise UnclearFigureError(repr(value)[:LONGEST_NUMBER])
    return number if 0 <= number < MOST_TOKENS else None


def _whole(value: object) -> object:
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _tokens(owner: dict[str, object], name: str) -> int:
    return read_tokens(owner.get(name)) or 0


def _text(owner: dict[str, object], name: str) -> str:
    """Return a text that any encoder takes: half a surrogate pair, which JSON can hold, becomes "?"."""
    value = owner.get(name)
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else value.encode("utf-8", "replace").decode()
