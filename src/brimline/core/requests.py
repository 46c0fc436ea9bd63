"""Requests read from transcripts, and which of several records of one request counts.

Named tuples, not dataclasses: a scan makes tens of thousands of them, and a refresh must start quickly.
"""

from collections.abc import Iterable
from typing import NamedTuple

SLOT_SECONDS = 900
"""Width of a slot of time: every UTC offset in use is a multiple of it, so slots add up to local days."""


class Request(NamedTuple):
    """One record of one billed model call; records of the same call share both ids."""

    message_id: str
    """Stands with `request_id` for the call, in whatever file a record of it is."""
    request_id: str
    """"" where the endpoint sent none."""
    model: str
    at: float
    """Unix time, seconds."""
    input_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    cache_read_tokens: int
    output_tokens: int
    sidechain: bool
    """Said by the client of a thread beside the conversation."""

    @property
    def window_tokens(self) -> int:
        """Tokens the call held in its window: input, cache writes and cache reads."""
        return (
            self.input_tokens
            + self.cache_write_5m_tokens
            + self.cache_write_1h_tokens
            + self.cache_read_tokens
        )


class FileStamp(NamedTuple):
    """A transcript file as a folder listing shows it; any change of content changes the stamp."""

    path: str
    inode: int
    size: int
    mtime_ns: int


class Mark(NamedTuple):
    """How far a file was read, and what proves that it is still the same file."""

    offset: int
    """Bytes read; the next read begins here."""
    head: bytes
    """The file's first bytes, at most 128."""
    tail: bytes
    """The last bytes before the offset, at most 128."""


START = Mark(0, b"", b"")
"""Nothing read yet."""


class SessionFacts(NamedTuple):
    """What a transcript says of its session, beside its requests; "" and 0 where it says nothing."""

    session_id: str = ""
    cwd: str = ""
    client_version: str = ""
    model: str = ""
    """Of the last request of the main chain."""
    window_tokens: int = 0
    """Held by the last request of the main chain."""
    first_at: float = 0.0
    last_at: float = 0.0

    def then(self, later: "SessionFacts") -> "SessionFacts":
        """Return these facts brought up to date with what a *later* part of the file says."""
        return SessionFacts(
            session_id=self.session_id or later.session_id,
            cwd=self.cwd or later.cwd,
            client_version=later.client_version or self.client_version,
            model=later.model or self.model,
            window_tokens=later.window_tokens or self.window_tokens,
            first_at=min(filter(None, (self.first_at, later.first_at)), default=0.0),
            last_at=max(self.last_at, later.last_at),
        )


class Reading(NamedTuple):
    """What the new bytes of one file held: its requests, each once."""

    stamp: FileStamp
    begun: int
    """Where the read began; 0 replaces whatever was known of the file."""
    mark: Mark
    requests: list[Request]
    skipped_lines: int
    """Lines with token figures that are no JSON, or lack a time."""
    facts: SessionFacts


def supersedes(later: Request, earlier: Request) -> bool:
    """Tell which of two records of one call counts: the larger output, of equal outputs the later one.

    A client writes one record for each content block while the answer streams; the figures of the
    first ones are partial.
    """
    return later.output_tokens >= earlier.output_tokens


def counted(placed: Iterable[tuple[Request, int]]) -> set[tuple[str, str, int]]:
    """Return (message id, request id, place) of the records that are billed calls.

    *placed* holds records and where each stands (a file's number), in a fixed order, so that the answer
    does not depend on which file was read first. Beyond `supersedes`: a sidechain repeats messages of
    the main chain under other request ids, so a sidechain record counts only where its message id has
    no other record, and then once (as ccusage 20 has it).
    """
    best: dict[tuple[str, str], tuple[Request, int]] = {}
    for one in placed:
        known = best.get(one[0][:2])
        if known is None or supersedes(one[0], known[0]):
            best[one[0][:2]] = one
    return {(record.message_id, record.request_id, place) for record, place in _without_echoes(best)}


def _without_echoes(
    best: dict[tuple[str, str], tuple[Request, int]],
) -> Iterable[tuple[Request, int]]:
    sidechains = [one for one in best.values() if one[0].sidechain]
    if not sidechains:
        return best.values()
    mains = [one for one in best.values() if not one[0].sidechain]
    taken = {record.message_id for record, _ in mains}
    alone: dict[str, tuple[Request, int]] = {}
    for one in sidechains:
        known = alone.get(one[0].message_id)
        if one[0].message_id not in taken and (known is None or supersedes(one[0], known[0])):
            alone[one[0].message_id] = one
    return [*mains, *alone.values()]


class Filed(NamedTuple):
    """A reading, and where its file belongs."""

    reading: Reading
    project: str
    session_id: str
    agent: bool
    """Of a sub-agent: its requests belong to the session, but it is none itself."""


class Known(NamedTuple):
    """What an index remembers of a file."""

    stamp: FileStamp
    mark: Mark
    reader_version: int


class Cell(NamedTuple):
    """Sums of the counted requests of one file, one model and one slot of time."""

    project: str
    cwd: str
    session_id: str
    slot: int
    """Unix time // SLOT_SECONDS."""
    model: str
    requests: int
    input_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    cache_read_tokens: int
    output_tokens: int
    cost_usd: float
    """Of the requests whose model has a known price."""
    unpriced_requests: int
    first_at: float
    last_at: float


class SessionEntry(NamedTuple):
    """A session as an index knows it."""

    session_id: str
    path: str
    project: str
    facts: SessionFacts
    requests: int
    """Counted for this file: a call that stands in several files counts for the last by path."""
    mtime_ns: int
