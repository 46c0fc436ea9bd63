"""The archive: one SQLite file with the originals and the journal, so that neither is there alone.

It is the only copy of what was cut, so a commit is on the disk before it returns (`synchronous = FULL`), what
is deleted is overwritten (`secure_delete`), and a damaged archive is never replaced: only its owner may.
"""

import errno
import os
import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from brimline.core.errors import InputError, StoreError, StoreFullError
from brimline.stores.archive_migrations import ARCHIVE_MIGRATIONS
from brimline.stores.migrations import migrate

FILE = "archive.sqlite3"
_BUSY_SECONDS = 30.0
_PAUSES_SECONDS = tuple(0.005 * 2**doubling for doubling in range(10))
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""What the system says where a disk, a quota or a file is full."""


class Archive:
    """An open archive in *folder*, used by the thread that opened it."""

    def __init__(self, database: sqlite3.Connection, folder: Path) -> None:
        self._database = database
        self.folder = folder

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Lend the database; what SQLite complains of becomes one sentence.

        Raises:
            StoreError: if the archive is damaged, busy or cannot be reached.
            StoreFullError: if there is no room on the disk.
            InputError: if a name is no text (half a surrogate pair).
        """
        try:
            yield self._database
        except sqlite3.Error as error:
            raise said(error, self.folder / FILE) from error
        except UnicodeEncodeError as error:
            raise InputError("a name holds half a character; give it as text") from error

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """Lend the database for one change, all or nothing, on the disk when the block is left."""
        with self.reading() as database, database:
            database.execute("BEGIN IMMEDIATE")
            yield database

    def shrink(self) -> None:
        """Give freed pages back to the disk and empty the log, where deleted bytes could still be read."""
        with self.reading() as database:
            database.execute("PRAGMA incremental_vacuum").fetchall()
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def open_archive(folder: Path) -> Archive:
    """Return the archive in *folder*, made where there is none; only its owner may look into either.

    Raises:
        StoreError: if it is damaged, busy, of a newer brimline, or cannot be made.
    """
    path = folder / FILE
    try:
        make_private(folder)
        folder.chmod(0o700)  # one that was there may have been open to others
        return Archive(_connect_patiently(path), folder)
    except OSError as error:
        raise unusable(error, folder) from error
    except sqlite3.Error as error:
        raise said(error, path) from error


def make_private(folder: Path) -> None:
    """Make *folder* and what is missing above it, closed to others; leave as it is what is there."""
    missing = [place for place in (folder, *folder.parents) if not place.is_dir()]
    for place in reversed(missing):
        place.mkdir(mode=0o700, exist_ok=True)


def unusable(error: OSError, path: Path) -> StoreError:
    """Return the system's *error* about *path* as a sentence."""
    if error.errno in NO_ROOM:
        return StoreFullError(f"there is no room at {path}; free some, or run `brimline originals gc`")
    return StoreError(f"cannot use {path}: {error.strerror or error}; see to its rights and its place")


def said(error: sqlite3.Error, path: Path) -> StoreError:
    """Return SQLite's *error* about the archive at *path* as a sentence."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StoreFullError(f"there is no room for {path}; free some, or run `brimline originals gc`")
    if code in _BUSY:
        return StoreError(f"the archive {path} is busy; try again in a moment")
    if code in _DAMAGED:
        return StoreError(
            f"the archive {path} is damaged ({error}); move it away and a new one is begun "
            "(plain copies stay in the sessions' folders)"
        )
    return StoreError(f"cannot use the archive {path}: {error}; see to its rights and its place")


def _connect_patiently(path: Path) -> sqlite3.Connection:
    """Connect; wait ourselves where SQLite does not: it refuses at once to make WAL what another begins."""
    for pause in _PAUSES_SECONDS:
        try:
            return _connect(path)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _BUSY:
                raise
            time.sleep(pause)
    return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its other files the same mode
    database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        if not path.stat().st_size:
            database.execute("PRAGMA auto_vacuum = INCREMENTAL")
            database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("PRAGMA secure_delete = ON")
        migrate(database, ARCHIVE_MIGRATIONS)
    except sqlite3.Error:
        database.close()
        raise
    return database
