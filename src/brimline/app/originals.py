"""The originals as commands show them, and who lets them go when."""

import os
import time
from base64 import b64encode
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from brimline.adapters.claude_code.folders import claude_folders, list_transcripts
from brimline.app.indexing import home_folder
from brimline.app.views import iso
from brimline.core.errors import NoSessionError, StoreFullError
from brimline.stores.archive import Archive, open_archive
from brimline.stores.journal import Journal
from brimline.stores.originals import MAX_BYTES, Kept, Original, Originals
from brimline.stores.retention import Forgotten, collect, foresee, purge

KEEP_DAYS = 30
"""As long as Claude Code keeps its transcripts by default (`cleanupPeriodDays`)."""
LIMIT_BYTES = MAX_BYTES
DAY_SECONDS = 86_400
_TRANSCRIPT = ".jsonl"


class OriginalView(msgspec.Struct, frozen=True):
    """An original: who holds it, and where it lies as a plain file."""

    handle: str
    sha256: str
    bytes: int
    stored_bytes: int
    at: str | None
    sessions: list[str]
    paths: list[str]


class OriginalsView(msgspec.Struct, frozen=True, kw_only=True):
    """The originals that are kept, the last one first; `used_bytes` is what all take on the disk."""

    schema: str = "brimline/originals@1"
    folder: str
    used_bytes: int
    originals: list[OriginalView]


class ShownOriginalView(msgspec.Struct, frozen=True, kw_only=True):
    """An original and its bytes: as `text` where they are UTF-8, else as `base64`."""

    schema: str = "brimline/originals-show@1"
    original: OriginalView
    text: str | None
    base64: str | None


class ForgottenView(msgspec.Struct, frozen=True, kw_only=True):
    """What a gc or a purge let go (`done`), or would let go; `used_bytes` is what is left."""

    schema: str = "brimline/originals-forgotten@1"
    done: bool
    sessions: list[str]
    originals: int
    edits: int
    freed_bytes: int
    used_bytes: int


class Desk(NamedTuple):
    """An open archive and what stands on it."""

    archive: Archive
    originals: Originals
    journal: Journal


@contextmanager
def opened_desk(home: str | None = None, *, max_bytes: int = LIMIT_BYTES) -> Generator[Desk]:
    """Lend the originals and the journal of *home* (default: `BRIMLINE_HOME`) to the calling thread.

    Raises:
        StoreError: if they cannot be opened.
    """
    archive = open_archive(Path(home or home_folder()) / "originals")
    try:
        originals = Originals(archive, max_bytes=max_bytes)
        yield Desk(archive, originals, Journal(archive, originals))
    finally:
        archive.close()


def keep_original(
    desk: Desk,
    raw: bytes,
    *,
    session: str,
    now: float,
    folder: Path | None = None,
    claude_dir: str | None = None,
) -> Kept:
    """Keep *raw* for *session*; beyond the limit, let go first of the sessions that were idle for longest.

    Raises:
        StoreError: if it cannot be kept: then nothing may stand in its place.
    """
    try:
        return desk.originals.put(raw, session=session, at=now, folder=folder)
    except StoreFullError:
        room = max(0, desk.originals.max_bytes - 2 * len(raw))  # compressed, it takes no more than plain
        _collect(desk, now=now, keep_days=KEEP_DAYS, max_bytes=room, claude_dir=claude_dir)
        return desk.originals.put(raw, session=session, at=now, folder=folder)


def list_originals(session: str | None = None) -> OriginalsView:
    """Return the originals of *session* (an id, its beginning, a transcript; None for all)."""
    with opened_desk() as desk:
        wanted = None if session is None else find_session(desk.originals.sessions(), session)
        views = [_view(original) for original in desk.originals.catalogue(wanted)]
        return OriginalsView(
            folder=str(desk.archive.folder), used_bytes=desk.originals.used_bytes(), originals=views
        )


def read_original(handle: str) -> bytes:
    """Return the bytes of *handle*, which have the checksum they were kept with."""
    with opened_desk() as desk:
        return desk.originals.read(handle)


def show_original(handle: str) -> ShownOriginalView:
    """Return the original of *handle* with its bytes."""
    with opened_desk() as desk:
        original, raw = desk.originals.find(handle), desk.originals.read(handle)
    try:
        return ShownOriginalView(original=_view(original), text=raw.decode(), base64=None)
    except UnicodeDecodeError:
        return ShownOriginalView(original=_view(original), text=None, base64=b64encode(raw).decode())


def collect_originals(
    *, keep_days: float = KEEP_DAYS, max_bytes: int = LIMIT_BYTES, claude_dir: str | None = None
) -> ForgottenView:
    """Let go of sessions idle for *keep_days*, and beyond *max_bytes* of the longest idle ones.

    A session was at work when its transcript was last written, too.
    """
    with opened_desk() as desk:
        gone = _collect(
            desk, now=time.time(), keep_days=keep_days, max_bytes=max_bytes, claude_dir=claude_dir
        )
    return _forgotten(gone, done=True)


def _collect(
    desk: Desk, *, now: float, keep_days: float, max_bytes: int, claude_dir: str | None
) -> Forgotten:
    seen_at: dict[str, float] = {}
    for one in list_transcripts(claude_folders(claude_dir)).transcripts:
        seen_at[one.session_id] = max(seen_at.get(one.session_id, 0), one.stamp.mtime_ns / 1e9)
    keep_seconds = keep_days * DAY_SECONDS
    return collect(desk.archive, now=now, keep_seconds=keep_seconds, max_bytes=max_bytes, seen_at=seen_at)


def purge_originals(session: str | None = None, *, sure: bool) -> ForgottenView:
    """Let go of *session* (None for all), live or not, if *sure*; else say what that would let go."""
    with opened_desk() as desk:
        known = desk.originals.sessions()
        sessions = known if session is None else [find_session(known, session)]
        gone = (purge if sure else foresee)(desk.archive, sessions)
    return _forgotten(gone, done=sure)


def find_session(known: Sequence[str], session: str) -> str:
    """Return the one of the *known* ids that *session* means: an id, its beginning, or a transcript's path.

    Raises:
        NoSessionError: if there is none, or there are several.
    """
    wanted = os.path.basename(session).removesuffix(_TRANSCRIPT) if session.endswith(_TRANSCRIPT) else session  # noqa: PTH119 - an id, not a path
    fitting = [name for name in known if name.startswith(wanted)]
    if wanted in fitting:
        return wanted
    if len(fitting) > 1:
        raise NoSessionError(
            f"{len(fitting)} sessions with originals begin with {wanted!r}; give more of the id"
        )
    if not fitting:
        raise NoSessionError(
            f"no session {wanted!r} holds originals; `brimline originals list` shows which sessions do"
        )
    return fitting[0]


def _view(original: Original) -> OriginalView:
    return OriginalView(
        handle=original.handle,
        sha256=original.sha256,
        bytes=original.raw_bytes,
        stored_bytes=original.stored_bytes,
        at=iso(original.at),
        sessions=list(original.sessions),
        paths=[str(path) for path in original.paths],
    )


def _forgotten(gone: Forgotten, *, done: bool) -> ForgottenView:
    return ForgottenView(
        done=done,
        sessions=list(gone.sessions),
        originals=gone.originals,
        edits=gone.edits,
        freed_bytes=gone.freed_bytes,
        used_bytes=gone.used_bytes,
    )
