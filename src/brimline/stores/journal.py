"""The journal: every edit ever made, so that the same input gives the same bytes at every later request.

For each key the edits form a chain. The first one wins: a second one for the same key is not recorded unless
it names the edit that it supersedes, because every change of what was sent rewrites the prompt cache behind
it and has to be priced by whoever makes it. Undoing is such a change: a reveal that supersedes.
"""

# ruff: noqa: S608
# What is put into a statement's text is names of ours; every value is bound.

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple

from brimline.core.errors import StoreError
from brimline.core.plan import Edit, EditKey, Verb
from brimline.stores.archive import Archive
from brimline.stores.originals import Originals

_COLUMNS = (
    "number, session, tool_use_id, part, verb, handle, replacement, reason, level, plan, at, supersedes"
)
_STANDING = "NOT EXISTS (SELECT 1 FROM edits AS later WHERE later.supersedes = edits.number)"
_Row = tuple[int, str, str, int, str, str, bytes, str, str, str, float, int | None]


class Entry(NamedTuple):
    """An edit as it was recorded."""

    number: int
    """Its place among all edits; later ones have higher numbers."""
    edit: Edit
    supersedes: int | None = None
    """The number of the edit that it took the place of; None for a key's first."""


class Journal:
    """The journal of an open archive; *originals* are those of the same archive."""

    def __init__(self, archive: Archive, originals: Originals) -> None:
        self._archive = archive
        self._originals = originals

    def record(self, edit: Edit) -> Entry:
        """Record *edit* unless its key has one already; return the entry that stands, whichever it is.

        An edit that was undone stands as a reveal: what the user wanted back is not cut again.

        Raises:
            StoreError: if the session does not hold the original, which has to be kept first.
        """
        with self._archive.writing() as database:
            standing = _chain(database, edit.key)
            return standing[-1] if standing else _insert(database, edit, None)

    def supersede(self, standing: Entry, edit: Edit) -> Entry:
        """Record *edit* in the place of *standing*; the caller has priced what that does to the prompt cache.

        Raises:
            StoreError: if another edit stands meanwhile, or the session does not hold the original.
        """
        with self._archive.writing() as database:
            return _supersede(database, standing, edit)

    def undo(self, entries: Iterable[Entry], *, at: float) -> list[Entry]:
        """Reveal, from the next request on, what *entries* hid, all or none; return the reveals.

        Raises:
            StoreError: if another edit stands in the place of one of them meanwhile.
        """
        with self._archive.writing() as database:
            return [_supersede(database, entry, _reveal(entry.edit, at)) for entry in entries]

    def history(self, key: EditKey) -> list[Entry]:
        """Return the chain of *key*, the edit that stands last; nothing where it was never edited."""
        with self._archive.reading() as database:
            return _chain(database, key)

    def standing(self, *, session: str | None = None, plan: str | None = None) -> list[Entry]:
        """Return the edits that stand, reveals included, in their order: of a session, of a plan, or all."""
        wanted = {"session = ?": session, "plan = ?": plan}
        given = {condition: value for condition, value in wanted.items() if value is not None}
        where = " AND ".join((*given, _STANDING))
        with self._archive.reading() as database:
            rows = database.execute(
                f"SELECT {_COLUMNS} FROM edits WHERE {where} ORDER BY number",
                list(given.values()),
            ).fetchall()
        return [_entry(row) for row in rows]

    def last_plan(self) -> str | None:
        """Return the plan of the newest edit that still hides something; None where nothing is hidden."""
        with self._archive.reading() as database:
            row = database.execute(
                f"SELECT plan FROM edits WHERE verb != 'reveal' AND {_STANDING} ORDER BY number DESC LIMIT 1"
            ).fetchone()
        return str(row[0]) if row else None

    def replay(self, session: str, tool_use_id: str, seen: bytes, *, part: int = 0) -> bytes:
        """Return what is sent where the client has *seen*; b"" means that the block is left out.

        An edit holds for the bytes it was made for. So *seen* comes back as it is where it is neither the
        original nor what an edit made of it (a hook and a gateway may both have read the journal).

        Raises:
            StoreError: if an undone edit's original is needed and damaged.
        """
        chain = self.history(EditKey(session, tool_use_id, part))
        if not chain:
            return seen
        edit = chain[-1].edit
        original = self._originals.find(edit.original)
        is_original = sha256(seen).hexdigest() == original.sha256
        if not is_original and all(seen != entry.edit.replacement for entry in hiding(chain)):
            return seen
        if edit.verb is not Verb.REVEAL:
            return edit.replacement
        return seen if is_original else self._originals.read(edit.original)


def _chain(database: sqlite3.Connection, key: EditKey) -> list[Entry]:
    rows = database.execute(
        f"SELECT {_COLUMNS} FROM edits WHERE session = ? AND tool_use_id = ? AND part = ? ORDER BY number",
        key,
    ).fetchall()
    return [_entry(row) for row in rows]


def _supersede(database: sqlite3.Connection, standing: Entry, edit: Edit) -> Entry:
    chain = _chain(database, edit.key)
    if not chain or chain[-1].number != standing.number:
        raise StoreError(
            f"another process changed the edit of {edit.key.tool_use_id!r} meanwhile; look again"
        )
    return _insert(database, edit, standing.number)


def _insert(database: sqlite3.Connection, edit: Edit, supersedes: int | None) -> Entry:
    held = "SELECT 1 FROM holdings WHERE session = ? AND handle = ?"
    if database.execute(held, (edit.key.session, edit.original)).fetchone() is None:
        raise StoreError(
            f"the original {edit.original!r} is not kept for this session, so nothing may stand in its place"
        )
    values = (
        *edit.key,
        edit.verb,
        edit.original,
        edit.replacement,
        edit.reason,
        edit.level,
        edit.plan,
        edit.at,
    )
    cursor = database.execute(
        f"INSERT INTO edits ({_COLUMNS}) VALUES (NULL{', ?' * (len(values) + 1)})",
        (*values, supersedes),
    )
    return Entry(cursor.lastrowid or 0, edit, supersedes)


def _entry(row: _Row) -> Entry:
    number, session, tool_use_id, part, verb, handle, replacement, reason, level, plan, at, supersedes = row
    edit = Edit(
        key=EditKey(session, tool_use_id, part),
        verb=Verb(verb),
        original=handle,
        replacement=replacement,
        reason=reason,
        level=level,
        plan=plan,
        at=at,
    )
    return Entry(number, edit, supersedes)


def _reveal(edit: Edit, at: float) -> Edit:
    return replace(edit, verb=Verb.REVEAL, replacement=b"", reason="undone", at=at)


def hiding(entries: Sequence[Entry]) -> list[Entry]:
    """Return those of *entries* that hide something, which an undo would bring back."""
    return [entry for entry in entries if entry.edit.verb is not Verb.REVEAL]
