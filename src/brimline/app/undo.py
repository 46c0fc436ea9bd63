"""Undoing: what a plan or a session's plans hid is sent again as it was, from the next request on."""

import time

import msgspec

from brimline.app.originals import Desk, find_session, opened_desk
from brimline.app.views import iso
from brimline.core.errors import InputError, NoSessionError, StoreError
from brimline.stores.journal import Entry, hiding


class UndoneEditView(msgspec.Struct, frozen=True):
    """An edit that is undone: `bytes` is what its original holds, `verb` what it had done to it."""

    session: str
    tool_use_id: str
    part: int
    verb: str
    handle: str
    bytes: int
    reason: str
    level: str
    plan: str
    at: str | None


class UndoView(msgspec.Struct, frozen=True, kw_only=True):
    """What was undone (`done`), or would be; each warning names an original that is gone."""

    schema: str = "brimline/undo@1"
    done: bool
    edits: list[UndoneEditView]
    restores_bytes: int
    warnings: list[str]


def undo_edits(target: str | None = None, *, dry_run: bool = False) -> UndoView:
    """Undo the plan *target*, or all plans of the session *target*; by default the newest plan.

    Raises:
        InputError: if *target* names neither, or nothing of it is hidden any more.
    """
    with opened_desk() as desk:
        entries = _aim(desk, target)
        if not dry_run:
            desk.journal.undo(entries, at=time.time())
        edits = [_view(desk, entry) for entry in entries]
        return UndoView(
            done=not dry_run,
            edits=edits,
            restores_bytes=sum(edit.bytes for edit in edits),
            warnings=_lost(desk, entries),
        )


def _aim(desk: Desk, target: str | None) -> list[Entry]:
    """Return the edits that an undo of *target* is about."""
    plan = target if target is not None else desk.journal.last_plan()
    if plan is None:
        raise InputError(
            "nothing is hidden, so there is nothing to undo; `brimline originals list` shows what was kept"
        )
    of_plan = desk.journal.standing(plan=plan)
    entries = hiding(of_plan or desk.journal.standing(session=_session(desk, plan)))
    if not entries:
        raise InputError(f"all of {plan!r} is undone already; nothing was changed")
    return entries


def _session(desk: Desk, target: str) -> str:
    try:
        return find_session(desk.originals.sessions(), target)
    except NoSessionError as error:
        raise InputError(
            f"{target!r} names neither a plan nor one session with edits; see `brimline originals list`"
        ) from error


def _view(desk: Desk, entry: Entry) -> UndoneEditView:
    edit = entry.edit
    return UndoneEditView(
        session=edit.key.session,
        tool_use_id=edit.key.tool_use_id,
        part=edit.key.part,
        verb=edit.verb.value,
        handle=edit.original,
        bytes=desk.originals.find(edit.original).raw_bytes,
        reason=edit.reason,
        level=edit.level,
        plan=edit.plan,
        at=iso(edit.at),
    )


def _lost(desk: Desk, entries: list[Entry]) -> list[str]:
    """Return a sentence for each original that cannot be read; where the client has it, nothing is lost."""
    said: list[str] = []
    for handle in dict.fromkeys(entry.edit.original for entry in entries):
        try:
            desk.originals.read(handle)
        except StoreError as error:
            said.append(f"{error}; what the client itself holds is sent")
    return said
