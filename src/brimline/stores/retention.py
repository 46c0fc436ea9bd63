"""What is let go: originals, plain files and edits of sessions that are over, or that the user wants gone.

A session is forgotten whole. Its edits go with its originals: a marker whose original is gone would hide for
good what the client, at the next request, sends in full again.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from brimline.stores.archive import Archive
from brimline.stores.originals import used_bytes
from brimline.stores.plain_files import remove_plain, sweep

LIVE_SECONDS = 24 * 3600.0
"""A session that did something within a day is live: neither age nor limit takes anything from it."""
_ABANDONED_SECONDS = 3600.0
"""A draft this old has no writer any more."""


class Forgotten(NamedTuple):
    """What was let go, and what is left."""

    sessions: tuple[str, ...]
    originals: int
    edits: int
    freed_bytes: int
    used_bytes: int


def collect(
    archive: Archive, *, now: float, keep_seconds: float, max_bytes: int, seen_at: Mapping[str, float]
) -> Forgotten:
    """Forget sessions that were idle for *keep_seconds*; beyond *max_bytes* those that were idle longest.

    *seen_at* says when a session was seen at work, in Unix seconds, beyond what the archive knows of itself.
    """
    with archive.writing() as database:
        folders, before = _folders(database), _counts(database)
        gone: list[str] = []
        for session, used_at in _by_last_use(database, seen_at):
            idle_seconds = now - used_at
            over = idle_seconds > keep_seconds or used_bytes(database) > max_bytes
            if over and idle_seconds > LIVE_SECONDS:
                _forget(database, session)
                gone.append(session)
        forgotten = _forgotten(gone, before, _counts(database))
    _tidy(archive, folders, _ABANDONED_SECONDS)
    return forgotten


def purge(archive: Archive, sessions: Iterable[str]) -> Forgotten:
    """Forget *sessions*, live or not, with what a killed writer may have left in their folders."""
    gone = list(sessions)
    with archive.writing() as database:
        folders, before = _folders(database), _counts(database)
        for session in gone:
            _forget(database, session)
        forgotten = _forgotten(gone, before, _counts(database))
    _tidy(archive, folders, 0)
    return forgotten


def foresee(archive: Archive, sessions: Iterable[str]) -> Forgotten:
    """Return what a purge of *sessions* would do, having done nothing."""
    gone = list(sessions)
    with archive.writing() as database:
        before = _counts(database)
        for session in gone:
            _forget_rows(database, session)
        forgotten = _forgotten(gone, before, _counts(database))
        database.rollback()
    return forgotten


class _Counts(NamedTuple):
    originals: int
    edits: int
    used_bytes: int


def _counts(database: sqlite3.Connection) -> _Counts:
    (originals,) = database.execute("SELECT COUNT(*) FROM originals").fetchone()
    (edits,) = database.execute("SELECT COUNT(*) FROM edits").fetchone()
    return _Counts(originals, edits, used_bytes(database))


def _forgotten(sessions: list[str], before: _Counts, after: _Counts) -> Forgotten:
    originals, edits, freed = (was - is_now for was, is_now in zip(before, after, strict=True))
    return Forgotten(tuple(sessions), originals, edits, freed, after.used_bytes)


def _folders(database: sqlite3.Connection) -> list[Path]:
    return [Path(folder) for (folder,) in database.execute("SELECT DISTINCT folder FROM holdings")]


def _by_last_use(database: sqlite3.Connection, seen_at: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return every session and when it was last at work, the one that is idle longest first."""
    rows: list[tuple[str, float]] = database.execute(
        "SELECT session, MAX(at) FROM "
        "(SELECT session, at FROM holdings UNION ALL SELECT session, at FROM edits) GROUP BY session"
    ).fetchall()
    used = [(session, max(at, seen_at.get(session, at))) for session, at in rows]
    return sorted(used, key=lambda one: (one[1], one[0]))


def _forget(database: sqlite3.Connection, session: str) -> None:
    """Remove what only *session* holds; files first, so that a crash leaves rows that name what is left."""
    alone = database.execute(
        "SELECT folder, handle FROM holdings AS mine WHERE session = ? "
        "AND NOT EXISTS (SELECT 1 FROM holdings "
        "WHERE session != mine.session AND handle = mine.handle AND folder = mine.folder)",
        (session,),
    ).fetchall()
    for folder, handle in alone:
        remove_plain(Path(folder), handle)
    _forget_rows(database, session)


def _forget_rows(database: sqlite3.Connection, session: str) -> None:
    database.execute("DELETE FROM edits WHERE session = ?", (session,))
    database.execute("DELETE FROM holdings WHERE session = ?", (session,))
    database.execute(
        "DELETE FROM originals WHERE NOT EXISTS (SELECT 1 FROM holdings WHERE handle = originals.handle)"
    )


def _tidy(archive: Archive, folders: Iterable[Path], older_than_seconds: float) -> None:
    for folder in folders:
        sweep(folder, older_than_seconds=older_than_seconds)
        if folder.parent == archive.folder:  # one of ours: nobody misses it when it is empty
            with suppress(OSError):
                folder.rmdir()
    archive.shrink()
