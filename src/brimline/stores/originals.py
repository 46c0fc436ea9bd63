"""Originals: the bytes that were there before an edit, kept before anything stands in their place.

Each is stored once, compressed, under the SHA-256 of its bytes, and lies beside it as a plain file for each
session that holds it. What is read back has the checksum it was kept with, or it is not given.
"""

import re
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import zstandard

from brimline.core.errors import InputError, StoreError, StoreFullError
from brimline.stores.archive import Archive
from brimline.stores.plain_files import plain_path, read_plain, remove_plain, write_plain

HANDLE_DIGITS = 12
"""48 bits: among a million originals one pair in 500 archives begins alike, and gets longer handles."""
MAX_BYTES = 2 * 1024**3
"""What originals may take on the disk unless more or less is allowed: years of cut output."""
_HANDLE = re.compile("[0-9a-f]{4,64}")
_LEVEL = 3
"""Of zstd: real tool results shrink 3.2-fold at 290 MB/s; level 9 makes that 3.5 in five times the time."""
_WITH_HOLDERS = (
    "SELECT handle, sha256, raw_bytes, stored_bytes, originals.at, session, folder "
    "FROM originals LEFT JOIN holdings USING (handle)"
)


class Kept(NamedTuple):
    """An original that is on the disk: a marker may now name it."""

    handle: str
    sha256: str
    path: Path
    """Its plain file."""


class Original(NamedTuple):
    """An original as a list shows it."""

    handle: str
    sha256: str
    raw_bytes: int
    stored_bytes: int
    at: float
    """When it was first kept, as a Unix time in seconds."""
    sessions: tuple[str, ...]
    """Who holds it, by id."""
    paths: tuple[Path, ...]
    """Where its plain files were written."""


class Originals:
    """The originals of an open archive; with their plain files they take no more than *max_bytes*."""

    def __init__(
        self, archive: Archive, *, max_bytes: int = MAX_BYTES, handle_digits: int = HANDLE_DIGITS
    ) -> None:
        self._archive = archive
        self.max_bytes = max_bytes
        self._handle_digits = handle_digits

    def folder_of(self, session: str) -> Path:
        """Return where the plain files of *session* lie where no folder is named: no id is ever a path."""
        return self._archive.folder / sha256(session.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    def put(self, raw: bytes, *, session: str, at: float, folder: Path | None = None) -> Kept:
        """Keep *raw* for *session* and write its plain file into *folder*; both are on the disk on return.

        What was kept before is not stored again, but its plain file is restored and its time set to *at*.

        Raises:
            StoreFullError: if it would take the originals beyond their limit, or the disk is full.
            StoreError: if it cannot be kept, or was purged meanwhile.
        """
        folder = folder or self.folder_of(session)
        digest = sha256(raw).hexdigest()
        content = zstandard.ZstdCompressor(level=_LEVEL).compress(raw)
        with self._archive.writing() as database:
            before = used_bytes(database)
            handle = self._handle_of(database, digest)
            database.execute(
                "INSERT INTO originals VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (handle, digest, len(raw), len(content), at, content),
            )
            database.execute(
                "INSERT INTO holdings VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET at = MAX(at, excluded.at)",
                (session, handle, str(folder), len(raw), at),
            )
            self._refuse_beyond_limit(before, used_bytes(database))
        path = write_plain(folder, handle, raw)
        self._refuse_what_was_purged(session, handle, folder)
        return Kept(handle, digest, path)

    def read(self, handle: str) -> bytes:
        """Return the bytes that *handle* (or an unambiguous beginning of the SHA-256) stands for.

        Raises:
            InputError: if it stands for nothing, or for several.
            StoreError: if neither the archive nor a plain file has the bytes any more as they were kept.
        """
        original = self.find(handle)
        for raw in self._copies(original):
            if sha256(raw).hexdigest() == original.sha256:
                return raw
        raise StoreError(
            f"the original {original.handle} is damaged: no copy has the checksum it was kept with any more"
        )

    def find(self, handle: str) -> Original:
        """Return the original that *handle* (or an unambiguous beginning of the SHA-256) stands for.

        Raises:
            InputError: if it stands for nothing, or for several.
        """
        if not _HANDLE.fullmatch(handle):
            raise InputError(f"{handle[:80]!r} is no handle, which is 4 to 64 of the digits 0-9 and a-f")
        found = self._select("sha256 GLOB ?", f"{handle}*")
        exact = [original for original in found if original.handle == handle]
        if not found:
            raise InputError(f"there is no original {handle}; `brimline originals list` shows what is kept")
        if len(exact or found) > 1:
            raise InputError(f"{len(found)} originals begin with {handle}; give more of the handle")
        return (exact or found)[0]

    def catalogue(self, session: str | None = None) -> list[Original]:
        """Return the originals that *session* holds (None: all), the one kept last first."""
        if session is None:
            return self._select("1")
        return self._select("handle IN (SELECT handle FROM holdings WHERE session = ?)", session)

    def sessions(self) -> list[str]:
        """Return the ids of all sessions that hold originals, sorted."""
        with self._archive.reading() as database:
            return [name for (name,) in database.execute("SELECT DISTINCT session FROM holdings ORDER BY 1")]

    def used_bytes(self) -> int:
        """Return what originals and their plain files take on the disk."""
        with self._archive.reading() as database:
            return used_bytes(database)

    def _select(self, condition: str, *values: str) -> list[Original]:
        with self._archive.reading() as database:
            rows = database.execute(
                f"{_WITH_HOLDERS} WHERE {condition} ORDER BY originals.at DESC, handle, session, folder",
                values,
            ).fetchall()
        return [_original(list(of_one)) for _, of_one in groupby(rows, key=itemgetter(0))]

    def _copies(self, original: Original) -> Iterator[bytes]:
        """Yield what the archive holds, then what each plain file holds."""
        with self._archive.reading() as database:
            row = database.execute("SELECT content FROM originals WHERE sha256 = ?", (original.sha256,))
            for (content,) in row.fetchall():
                yield _decompressed(content, original.raw_bytes)
        for path in original.paths:
            yield read_plain(path.parent, original.handle)

    def _handle_of(self, database: sqlite3.Connection, digest: str) -> str:
        """Return the handle of *digest*: the one it has, else as few digits as no other handle is."""
        for (handle,) in database.execute("SELECT handle FROM originals WHERE sha256 = ?", (digest,)):
            return str(handle)
        lengths = range(self._handle_digits, len(digest) + 1)
        free = "SELECT NOT EXISTS (SELECT 1 FROM originals WHERE handle = ?)"
        return next(
            digest[:length] for length in lengths if database.execute(free, (digest[:length],)).fetchone()[0]
        )

    def _refuse_beyond_limit(self, before: int, after: int) -> None:
        if after > max(before, self.max_bytes):
            raise StoreFullError(
                f"the originals in {self._archive.folder} would take {after:,} of {self.max_bytes:,} bytes; "
                "free some with `brimline originals gc --max-bytes N`"
            )

    def _refuse_what_was_purged(self, session: str, handle: str, folder: Path) -> None:
        """Take the plain file back where a purge came between; one that is at work is waited for."""
        with self._archive.writing() as database:
            holders = database.execute(
                "SELECT session FROM holdings WHERE handle = ? AND folder = ?", (handle, str(folder))
            ).fetchall()
            if (session,) in holders:
                return
            if not holders:
                remove_plain(folder, handle)
        raise StoreError(f"the original {handle} was purged while it was kept, so nothing may be cut")


def used_bytes(database: sqlite3.Connection) -> int:
    """Return what originals and their plain files take on the disk, file system overhead aside."""
    (stored,) = database.execute("SELECT COALESCE(SUM(stored_bytes), 0) FROM originals").fetchone()
    (plain,) = database.execute("SELECT COALESCE(SUM(plain_bytes), 0) FROM holdings").fetchone()
    return int(stored) + int(plain)


def _original(rows: list[tuple[str, str, int, int, float, str | None, str | None]]) -> Original:
    """Return the original that *rows*, one for each holding, are about."""
    handle = rows[0][0]
    held = [(session, folder) for *_, session, folder in rows if session is not None and folder is not None]
    sessions = tuple(dict.fromkeys(session for session, _ in held))
    folders = dict.fromkeys(folder for _, folder in held)
    return Original(*rows[0][:5], sessions, tuple(plain_path(Path(folder), handle) for folder in folders))


def _decompressed(content: bytes, raw_bytes: int) -> bytes:
    """Return what *content* holds; b"" where it is damaged or claims another size than was kept."""
    try:
        if zstandard.frame_content_size(content) == raw_bytes:
            return zstandard.ZstdDecompressor().decompress(content)
    except zstandard.ZstdError:
        pass
    return b""
