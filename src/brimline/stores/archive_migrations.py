"""How the archive came to its present tables; its steps are applied as those of the index are."""

import sqlite3

from brimline.stores.migrations import Migration


def m001_originals(database: sqlite3.Connection) -> None:
    """Bytes by their SHA-256, compressed; the index by size sums them without reading them."""
    database.execute(
        """
        CREATE TABLE originals (
            handle TEXT PRIMARY KEY,
            sha256 TEXT NOT NULL UNIQUE,
            raw_bytes INTEGER NOT NULL,
            stored_bytes INTEGER NOT NULL,
            at REAL NOT NULL,
            content BLOB NOT NULL
        )
        """
    )
    database.execute("CREATE INDEX originals_by_size ON originals (stored_bytes)")


def m002_holdings(database: sqlite3.Connection) -> None:
    """Which session holds which original, and in which folder its plain file lies."""
    database.execute(
        """
        CREATE TABLE holdings (
            session TEXT NOT NULL,
            handle TEXT NOT NULL REFERENCES originals (handle),
            folder TEXT NOT NULL,
            plain_bytes INTEGER NOT NULL,
            at REAL NOT NULL,
            PRIMARY KEY (session, handle, folder)
        ) WITHOUT ROWID
        """
    )
    database.execute("CREATE INDEX holdings_by_handle ON holdings (handle)")
    database.execute("CREATE INDEX holdings_by_size ON holdings (plain_bytes)")


def m003_edits(database: sqlite3.Connection) -> None:
    """The journal. A key has one first edit, an edit at most one that supersedes it: a chain for each key.

    Rows are never changed; the number says the order.
    """
    database.execute(
        """
        CREATE TABLE edits (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            session TEXT NOT NULL,
            tool_use_id TEXT NOT NULL,
            part INTEGER NOT NULL,
            verb TEXT NOT NULL,
            handle TEXT NOT NULL REFERENCES originals (handle),
            reason TEXT NOT NULL,
            level TEXT NOT NULL,
            plan TEXT NOT NULL,
            at REAL NOT NULL,
            supersedes INTEGER UNIQUE,
            replacement BLOB NOT NULL
        )
        """
    )
    database.execute("CREATE INDEX edits_by_key ON edits (session, tool_use_id, part)")
    database.execute("CREATE INDEX edits_by_plan ON edits (plan)")
    database.execute("CREATE INDEX edits_by_handle ON edits (handle)")
    database.execute(
        "CREATE UNIQUE INDEX edits_first ON edits (session, tool_use_id, part) WHERE supersedes IS NULL"
    )
    database.execute(
        """
        CREATE TRIGGER edits_stay BEFORE UPDATE ON edits
        BEGIN SELECT RAISE(ABORT, 'the journal is only ever added to'); END
        """
    )


ARCHIVE_MIGRATIONS: tuple[Migration, ...] = (m001_originals, m002_holdings, m003_edits)
