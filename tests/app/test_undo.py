"""Undo: by plan, by session, or the newest plan; every byte is sent again."""

import pytest

from brimline.app.originals import keep_original, opened_desk, purge_originals
from brimline.app.undo import undo_edits
from brimline.core.errors import InputError
from brimline.core.plan import Edit, EditKey, Verb

RAW = b"line\n" * 1_000


def cut(tool_use_id: str, plan: str, session: str = "session-1", raw: bytes = RAW) -> None:
    with opened_desk() as desk:
        handle = keep_original(desk, raw, session=session, now=1).handle
        desk.journal.record(
            Edit(
                key=EditKey(session, tool_use_id),
                verb=Verb.REPLACE,
                original=handle,
                replacement=b"cut",
                reason="long output",
                level="balanced",
                plan=plan,
                at=2,
            )
        )


def sent(tool_use_id: str, seen: bytes = RAW, session: str = "session-1") -> bytes:
    with opened_desk() as desk:
        return desk.journal.replay(session, tool_use_id, seen)


def test_the_newest_plan_is_undone_then_the_one_before() -> None:
    cut("t1", "plan-1")
    cut("t2", "plan-2")

    assert [edit.plan for edit in undo_edits().edits] == ["plan-2"]
    assert (sent("t1"), sent("t2"), sent("t2", b"cut")) == (b"cut", RAW, RAW)
    assert [edit.plan for edit in undo_edits().edits] == ["plan-1"]
    with pytest.raises(InputError, match="nothing is hidden"):
        undo_edits()


def test_a_session_s_plans_are_undone_together() -> None:
    cut("t1", "plan-1")
    cut("t2", "plan-2")
    cut("t3", "plan-2", session="other")

    view = undo_edits("session-")

    assert [edit.tool_use_id for edit in view.edits] == ["t1", "t2"]
    assert view.restores_bytes == 2 * len(RAW)
    assert sent("t3", session="other") == b"cut"


def test_a_dry_run_says_the_same_and_changes_nothing() -> None:
    cut("t1", "plan-1")

    dry = undo_edits("plan-1", dry_run=True)

    assert not dry.done
    assert sent("t1") == b"cut"
    assert undo_edits("plan-1").edits == dry.edits
    assert dry.edits[0].verb == "replace"


def test_what_is_undone_cannot_be_undone_again() -> None:
    cut("t1", "plan-1")
    undo_edits("plan-1")

    with pytest.raises(InputError, match="all of 'plan-1' is undone already"):
        undo_edits("plan-1")
    with pytest.raises(InputError, match="'nothing' names neither a plan nor one session"):
        undo_edits("nothing")


def test_an_original_that_is_gone_is_named_and_the_client_s_own_copy_is_sent() -> None:
    cut("t1", "plan-1")
    with opened_desk() as desk:
        (original,) = desk.originals.catalogue()
        original.paths[0].unlink()
        with desk.archive.writing() as database:
            database.execute("UPDATE originals SET content = x'00'")

    (warning,) = undo_edits().warnings

    assert warning.endswith("; what the client itself holds is sent")
    assert sent("t1") == RAW


def test_after_a_purge_the_client_s_bytes_are_sent() -> None:
    cut("t1", "plan-1")
    purge_originals(sure=True)

    assert sent("t1") == RAW
