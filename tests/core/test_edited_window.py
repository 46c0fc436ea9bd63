"""A window as a policy would have sent it."""

import pytest
from tests.core.recordings import recording, shown, turn, words

from brimline.core.edited_window import LARGEST_REFETCH_TOKENS, EditedWindow, unseen_tokens
from brimline.core.policy import plain_cut
from brimline.core.recording import Epoch

PROMPT = shown(1, "do it", result=False)
FIRST, SECOND = shown(1, "one two three four"), shown(2, "five six")


def window() -> EditedWindow:
    return EditedWindow(recording([PROMPT, FIRST, SECOND], ["", "", ""]).epochs[0])


def tokens(of: EditedWindow, turn: int, *, with_refetched: bool = False) -> int:
    return sum(block.tokens for block in of.body(turn, with_refetched=with_refetched))


def test_a_window_that_nobody_edits_holds_what_was_recorded() -> None:
    assert [tokens(window(), number) for number in (1, 2, 3)] == [6, 8, 8]


def test_a_moment_shows_nothing_of_the_future() -> None:
    moment = window().moment(turn(1, 0), cold=False)
    assert list(moment.fresh) == [PROMPT, FIRST]
    assert list(moment.earlier) == []


def test_a_cut_counts_as_what_is_left_and_changes_the_prefix_behind_it_only() -> None:
    edited = window()
    before = edited.body(2)
    edited.edit({FIRST.key: plain_cut("gone")}, words)
    after = edited.body(2)
    assert tokens(edited, 2) == 5
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert after[2:] == before[2:]


def test_what_is_no_result_may_not_be_edited() -> None:
    with pytest.raises(ValueError, match="no tool result"):
        window().edit({PROMPT.key: plain_cut("")}, words)


def test_what_was_read_again_stays_from_the_next_turn_on() -> None:
    again = window()
    large = FIRST._replace(tokens=5_000)
    assert again.read_again([large, SECOND], 2) == LARGEST_REFETCH_TOKENS + 2
    assert [tokens(again, number, with_refetched=True) for number in (2, 3)] == [8, 8 + 802]
    assert tokens(again, 3) == 8


def test_what_a_turn_lost_is_taken_from_what_later_ones_gain() -> None:
    turns = [turn(1, 0, unseen=-30), turn(2, 0, unseen=20), turn(3, 0, unseen=50), turn(4, 0, unseen=5)]
    assert unseen_tokens(turns) == {1: 0, 2: 0, 3: 40, 4: 5}


def test_what_no_transcript_shows_stands_behind_the_blocks_of_its_turn() -> None:
    turns = (turn(1, 0, unseen=7), turn(2, 0))
    keys = [block.key for block in EditedWindow(Epoch(turns=turns, blocks=(FIRST, SECOND))).body(2)]
    assert keys == [(FIRST.key, None), ("unseen", 1), (SECOND.key, None)]


def test_an_edit_of_a_block_sent_before_is_told_from_one_at_admission() -> None:
    assert window().is_older([FIRST.key], 2)
    assert not window().is_older([SECOND.key], 2)
