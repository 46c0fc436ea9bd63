"""How the index came to its present tables: named steps, each applied once and recorded by name."""

import sqlite3
from collections.abc import Callable, Sequence

Migration = Callable[[sqlite3.Connection], object]


def m001_files(database: sqlite3.Connection) -> None:
    """A transcript, how far it was read, and what it says of its session."""
    database.execute(
        """
        CREATE TABLE files (
            id INTEGER PRIMARY KEY,
            path TEXT NOT NULL UNIQUE,
            inode INTEGER NOT NULL,
            size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            head BLOB NOT NULL,
            tail BLOB NOT NULL,
            reader_version INTEGER NOT NULL,
            project TEXT NOT NULL,
            agent INTEGER NOT NULL,
            session_id TEXT NOT NULL,
            cwd TEXT NOT NULL,
            client_version TEXT NOT NULL,
            model TEXT NOT NULL,
            window_tokens INTEGER NOT NULL,
            first_at REAL NOT NULL,
            last_at REAL NOT NULL,
            skipped_lines INTEGER NOT NULL
        )
        """
    )


def m002_requests(database: sqlite3.Connection) -> None:
    """Every file's record of a call; of the records of one call at most one is counted, and priced."""
    database.execute(
        """
        CREATE TABLE requests (
            message_id TEXT NOT NULL,
            request_id TEXT NOT NULL,
            model TEXT NOT NULL,
            at REAL NOT NULL,
            input_tokens INTEGER NOT NULL,
            cache_write_5m_tokens INTEGER NOT NULL,
            cache_write_1h_tokens INTEGER NOT NULL,
            cache_read_tokens INTEGER NOT NULL,
            output_tokens INTEGER NOT NULL,
            sidechain INTEGER NOT NULL,
            file_id INTEGER NOT NULL,
            counted INTEGER NOT NULL,
            cost_usd REAL
        )
        """
    )


def m003_cells(database: sqlite3.Connection) -> None:
    """Sums of counted requests by file, slot of time and model: all that a report reads."""
    database.execute(
        """
        CREATE TABLE cells (
            file_id INTEGER NOT NULL,
            slot INTEGER NOT NULL,
            model TEXT NOT NULL,
            requests INTEGER NOT NULL,
            input_tokens INTEGER NOT NULL,
            cache_write_5m_tokens INTEGER NOT NULL,
            cache_write_1h_tokens INTEGER NOT NULL,
            cache_read_tokens INTEGER NOT NULL,
            output_tokens INTEGER NOT NULL,
            cost_usd REAL NOT NULL,
            unpriced_requests INTEGER NOT NULL,
            first_at REAL NOT NULL,
            last_at REAL NOT NULL,
            PRIMARY KEY (file_id, slot, model)
        ) WITHOUT ROWID
        """
    )


def m004_blobs(database: sqlite3.Connection) -> None:
    """What others worked out of a file and want back as long as the file stays as it was."""
    database.execute(
        """
        CREATE TABLE blobs (
            path TEXT NOT NULL,
            kind TEXT NOT NULL,
            stamp TEXT NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (path, kind)
        )
        """
    )


def m005_notes(database: sqlite3.Connection) -> None:
    """Single facts about the index itself, such as which price list its costs come from."""
    database.execute("CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL)")


MIGRATIONS: tuple[Migration, ...] = (m001_files, m002_requests, m003_cells, m004_blobs, m005_notes)


def migrate(database: sqlite3.Connection, steps: Sequence[Migration] | None = None) -> None:
    """Apply those of *steps* (default: the index's) that *database* lacks, all or none; cheap where none.

    Raises:
        sqlite3.DatabaseError: if it is no SQLite database, or was made by a newer brimline.
    """
    steps = MIGRATIONS if steps is None else steps
    if _missing(database, steps):
        with database:
            database.execute("BEGIN IMMEDIATE")
            for step in _missing(database, steps):  # again: another process may just have applied them
                step(database)
                database.execute("INSERT INTO migrations VALUES (?)", (_name(step),))


def _missing(database: sqlite3.Connection, steps: Sequence[Migration]) -> list[Migration]:
    database.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) WITHOUT ROWID")
    applied = {name for (name,) in database.execute("SELECT name FROM migrations")}
    unknown = applied - {_name(step) for step in steps}
    if unknown:
        raise sqlite3.DatabaseError(f"made by another version of brimline ({min(unknown)})")
    return [step for step in steps if _name(step) not in applied]


def _name(step: Migration) -> str:
    return step.__name__
