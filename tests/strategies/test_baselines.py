"""The arms beside ours do what their names say."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from tests.core.recordings import shown, words

from brimline.core.policy import Cut, Moment, plain_cut
from brimline.core.recording import Shown
from brimline.strategies.baselines import (
    CLEAR_30K_KEEP_3,
    CLEARED,
    DELETE_ALL,
    HEAD_TAIL_2000,
    HEAD_TAIL_CHARACTERS,
    IDENTITY,
    KEEP_LAST_10,
    Arm,
    Placebo,
    head_tail,
)

PROMPT = shown(1, "prompt", result=False)
RESULTS = [shown(turn, f"result of {turn}") for turn in range(1, 13)]


def moment(earlier: Sequence[Shown], fresh: Sequence[Shown], cuts: dict[str, Cut] | None = None) -> Moment:
    return Moment(12, 0.0, False, fresh, earlier, cuts or {})


def decide(arm: Arm, earlier: Sequence[Shown], fresh: Sequence[Shown]) -> list[str]:
    return list(arm.begin(words)(moment(earlier, fresh)))


def test_identity_edits_nothing() -> None:
    assert decide(IDENTITY, RESULTS, RESULTS) == []


def test_delete_all_clears_each_result_before_it_is_sent_and_no_prompt() -> None:
    assert decide(DELETE_ALL, RESULTS[:2], [PROMPT, RESULTS[2]]) == [RESULTS[2].key]


def test_keep_last_10_clears_what_is_older_once() -> None:
    assert decide(KEEP_LAST_10, RESULTS[:11], RESULTS[11:]) == [one.key for one in RESULTS[:2]]
    known = moment(RESULTS[:11], RESULTS[11:], {RESULTS[0].key: plain_cut(CLEARED)})
    assert list(KEEP_LAST_10.begin(words)(known)) == [RESULTS[1].key]


def test_clearing_begins_at_30k_and_keeps_three() -> None:
    small = [one._replace(tokens=2_000) for one in RESULTS]
    large = [one._replace(tokens=3_000) for one in RESULTS]
    assert decide(CLEAR_30K_KEEP_3, small, []) == []
    assert decide(CLEAR_30K_KEEP_3, large, []) == [one.key for one in large[:-3]]


def test_head_and_tail_are_kept_of_what_is_long() -> None:
    short, long = shown(1, "x" * HEAD_TAIL_CHARACTERS), shown(2, "a" * 1_500 + "b" * 1_500)
    assert decide(HEAD_TAIL_2000, [], [short, long]) == [long.key]
    assert head_tail(long.text) == "a" * 1_000 + "\n[… 1000 characters …]\n" + "b" * 1_000


@given(st.lists(st.text(alphabet="ab", max_size=4)), st.floats(0, 1))
def test_a_placebo_deletes_whole_lines_and_adds_none(lines: list[str], share: float) -> None:
    block = shown(1, "\n".join(lines))
    cut = Placebo(share).begin(words)(moment([], [block]))[block.key]
    left = iter(block.text.split("\n"))
    assert not cut.text or all(line in left for line in cut.text.split("\n"))
