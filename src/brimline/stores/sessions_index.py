"""The index of transcripts: what was read of each file, its requests, and sums ready for reports.

One SQLite file in WAL mode for each set of Claude folders, so that a call is counted once among them
and not against folders that were not asked about. Everything in it can be read from the transcripts
again, so a damaged one is replaced.
"""

# ruff: noqa: PTH103, PTH108, PTH110, PTH120, PTH202
# Importing pathlib takes an eighth of the time in which a refresh must be done.

import os
import sqlite3
import time
from collections.abc import Iterable, Sequence

from brimline.core.requests import (
    Cell,
    Filed,
    FileStamp,
    Known,
    Mark,
    SessionEntry,
    SessionFacts,
)
from brimline.stores.migrations import migrate
from brimline.stores.requests_table import Price, RequestsTable, as_json

IndexDamaged = sqlite3.DatabaseError
"""What any method of an index may raise; `rebuild_index` helps."""

_BUSY_SECONDS = 30.0
_PAUSES_SECONDS = tuple(0.005 * 2**doubling for doubling in range(10))
_ELSEWHERE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
_FACTS = "session_id, cwd, client_version, model, window_tokens, first_at, last_at"


class SessionsIndex:
    """An open index; `notice` is a sentence for the user where it could not be the one that was there."""

    def __init__(self, database: sqlite3.Connection, path: str, notice: str = "") -> None:
        self._database = database
        self._requests = RequestsTable(database)
        self.path = path
        self.notice = notice

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def version(self) -> int:
        """Return a number that changes whenever another process writes to the index."""
        (number,) = self._database.execute("PRAGMA data_version").fetchone()
        return int(number)

    def is_empty(self) -> bool:
        """Tell whether no file was ever read into it."""
        return self._database.execute("SELECT 1 FROM files LIMIT 1").fetchone() is None

    def known_files(self) -> dict[str, Known]:
        """Return every file of the index by path."""
        rows = self._database.execute(
            "SELECT path, inode, size, mtime_ns, offset, head, tail, reader_version FROM files"
        )
        return {row[0]: Known(FileStamp(*row[:4]), Mark(*row[4:7]), row[7]) for row in rows}

    def update(
        self,
        filed: Sequence[Filed],
        gone: Iterable[str],
        *,
        reader_version: int,
        prices: str,
        price: Price,
        as_of: int,
    ) -> bool:
        """Take in what was read, forget the files that are *gone*, and bring the sums up to date.

        *prices* names the price list; where it is another than before, every call is priced again.
        Returns False, having changed nothing, where another process wrote since version *as_of*.
        """
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            if self.version() != as_of:
                return False
            known = self._ids()
            restarted = [one.reading.stamp.path for one in filed if not one.reading.begun]
            emptied = [known[path] for path in (*gone, *restarted) if path in known]
            touched = self._requests.forget(emptied) if emptied else set[str]()
            self._forget_files(known[path] for path in gone if path in known)
            self._file(filed, reader_version)
            self._requests.take_in(filed, self._ids(), touched, price)
            if self.prices() != prices:
                self._database.execute("INSERT OR REPLACE INTO notes VALUES ('prices', ?)", (prices,))
                if known:
                    self._requests.price_anew(price)
        return True

    def prices(self) -> str:
        """Return the name of the price list that the costs come from; "" for none yet."""
        row = self._database.execute("SELECT value FROM notes WHERE name = 'prices'").fetchone()
        return str(row[0]) if row else ""

    def cells(self) -> list[Cell]:
        """Return the sums of all counted requests, by file, slot and model."""
        rows = self._database.execute(
            """
            SELECT project, cwd, session_id, slot, cells.model, requests, input_tokens,
                cache_write_5m_tokens, cache_write_1h_tokens, cache_read_tokens, output_tokens,
                cost_usd, unpriced_requests, cells.first_at, cells.last_at
            FROM cells JOIN files ON files.id = file_id
            ORDER BY path, slot
            """
        )
        return list(map(Cell._make, rows))

    def skipped_lines(self) -> int:
        """Return how many lines held token figures but could not be read."""
        (number,) = self._database.execute("SELECT COALESCE(SUM(skipped_lines), 0) FROM files").fetchone()
        return int(number)

    def sessions(self) -> list[SessionEntry]:
        """Return every session, the one written to last first; sub-agents' files are none."""
        rows = self._database.execute(
            f"""
            SELECT path, project, mtime_ns,
                (SELECT COALESCE(SUM(requests), 0) FROM cells WHERE file_id = files.id), {_FACTS}
            FROM files WHERE NOT agent ORDER BY mtime_ns DESC, path DESC
            """  # noqa: S608 - a constant of ours
        )
        return [
            SessionEntry(
                session_id=row[4],
                path=row[0],
                project=row[1],
                facts=SessionFacts(*row[4:]),
                requests=row[3],
                mtime_ns=row[2],
            )
            for row in rows
        ]

    def load_blob(self, path: str, kind: str) -> tuple[str, bytes] | None:
        """Return (stamp, content) of what was saved under *path* and *kind*, or None."""
        row = self._database.execute(
            "SELECT stamp, content FROM blobs WHERE path = ? AND kind = ?", (path, kind)
        ).fetchone()
        return (row[0], row[1]) if row else None

    def save_blob(self, path: str, kind: str, stamp: str, content: bytes) -> None:
        """Keep *content* under *path* and *kind*, replacing what was there."""
        self._database.execute(
            "INSERT OR REPLACE INTO blobs VALUES (?, ?, ?, ?)", (path, kind, stamp, content)
        )

    def _ids(self) -> dict[str, int]:
        return dict(self._database.execute("SELECT path, id FROM files ORDER BY path"))

    def _forget_files(self, file_ids: Iterable[int]) -> None:
        ids = as_json(file_ids)
        self._database.execute(
            "DELETE FROM blobs WHERE path IN "
            "(SELECT path FROM files WHERE id IN (SELECT value FROM json_each(?)))",
            (ids,),
        )
        self._database.execute("DELETE FROM files WHERE id IN (SELECT value FROM json_each(?))", (ids,))

    def _file(self, filed: Sequence[Filed], reader_version: int) -> None:
        """Write down how far each file was read, and what it now says of its session."""
        self._database.executemany(
            """
            INSERT INTO files VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (path) DO UPDATE SET
                inode = excluded.inode, size = excluded.size, mtime_ns = excluded.mtime_ns,
                offset = excluded.offset, head = excluded.head, tail = excluded.tail,
                reader_version = excluded.reader_version, project = excluded.project,
                agent = excluded.agent, session_id = excluded.session_id, cwd = excluded.cwd,
                client_version = excluded.client_version, model = excluded.model,
                window_tokens = excluded.window_tokens, first_at = excluded.first_at,
                last_at = excluded.last_at, skipped_lines = excluded.skipped_lines
            """,
            [self._row(one, reader_version) for one in filed],
        )

    def _row(self, one: Filed, reader_version: int) -> tuple[object, ...]:
        reading = one.reading
        facts, skipped = reading.facts, reading.skipped_lines
        if reading.begun:
            (before, *earlier) = self._database.execute(
                f"SELECT skipped_lines, {_FACTS} FROM files WHERE path = ?",  # noqa: S608 - as above
                (reading.stamp.path,),
            ).fetchone()
            facts, skipped = SessionFacts(*earlier).then(facts), before + skipped
        facts = facts._replace(session_id=one.session_id or facts.session_id)
        return (*reading.stamp, *reading.mark, reader_version, one.project, one.agent, *facts, skipped)


def memory_index(notice: str = "") -> SessionsIndex:
    """Return an index that lives as long as the process."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    migrate(database)
    return SessionsIndex(database, ":memory:", notice)


def open_index(path: str) -> SessionsIndex:
    """Return the index at *path*, made where there is none, readable by its owner only.

    A damaged one is replaced by an empty one; where none can be kept at all, an index in memory stands in.

    Raises:
        sqlite3.OperationalError: if other processes keep it busy for too long.
    """
    try:
        return SessionsIndex(_connect_patiently(path), path)
    except (OSError, sqlite3.OperationalError) as error:
        return _otherwise(path, error)
    except sqlite3.DatabaseError as error:
        return rebuild_index(path, error)


def _connect_patiently(path: str) -> sqlite3.Connection:
    """Connect; wait ourselves where SQLite does not: it refuses at once to make WAL what another begins."""
    for pause in _PAUSES_SECONDS:
        try:
            return _connect(path)
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            time.sleep(pause)
    return _connect(path)


def rebuild_index(path: str, damage: Exception) -> SessionsIndex:
    """Replace the index at *path* by an empty one, because of *damage*."""
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(path + suffix):
            os.unlink(path + suffix)
    notice = f"the index {path} was damaged ({damage}), so it was built again from the transcripts"
    return SessionsIndex(_connect(path), path, notice)


def _otherwise(path: str, error: Exception) -> SessionsIndex:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CANTOPEN) & 0xFF
    if code in _ELSEWHERE:
        return memory_index(f"the index {path} cannot be kept ({error}), so every transcript is read anew")
    if is_busy(error):
        raise error
    return rebuild_index(path, error)


def is_busy(error: Exception) -> bool:
    """Tell whether another process keeps the index busy: then nothing is wrong with it."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _connect(path: str) -> sqlite3.Connection:
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its other files the same mode
    database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        if not os.path.getsize(path):
            database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        migrate(database)
    except sqlite3.Error:
        database.close()
        raise
    return database
