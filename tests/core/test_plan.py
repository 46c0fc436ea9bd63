"""Actions and edits are values, and an edit that the API would refuse cannot be made."""

from dataclasses import FrozenInstanceError

import pytest

from brimline.core.plan import Action, Edit, EditKey, Verb

KEY = EditKey("session-1", "toolu_1")


def edit(verb: Verb, replacement: bytes) -> Edit:
    return Edit(
        key=KEY,
        verb=verb,
        original="0123456789ab",
        replacement=replacement,
        reason="",
        level="light",
        plan="p1",
        at=0,
    )


def test_there_are_four_verbs() -> None:
    assert [verb.value for verb in Verb] == ["unload", "replace", "drop", "reveal"]


def test_a_replacement_leaves_something_to_be_sent() -> None:
    with pytest.raises(ValueError, match="a replace cannot send 0 bytes of its own"):
        edit(Verb.REPLACE, b"")


@pytest.mark.parametrize("verb", [Verb.UNLOAD, Verb.DROP, Verb.REVEAL])
def test_the_other_verbs_leave_nothing_of_ours_to_be_sent(verb: Verb) -> None:
    assert edit(verb, b"").replacement == b""

    with pytest.raises(ValueError, match="cannot send 4 bytes of its own"):
        edit(verb, b"some")


def test_an_edit_and_an_action_cannot_be_changed() -> None:
    action = Action(verb=Verb.DROP, resource="Bash", frees_tokens=10, usd_now=0, usd_per_request=0)

    with pytest.raises(FrozenInstanceError):
        action.frees_tokens = 20  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        edit(Verb.DROP, b"").reason = "other"  # type: ignore[misc]


def test_results_of_one_call_are_told_apart_by_their_part() -> None:
    assert KEY.part == 0
    assert KEY._replace(part=1) != KEY
