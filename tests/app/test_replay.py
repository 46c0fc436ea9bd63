"""Replays: what a policy would have sent, cost and hidden, with nothing of the future."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.recordings import recording, shown, words

from brimline.app.replay import replay
from brimline.core.policy import Cut, Moment, plain_cut
from brimline.core.recording import Recording
from brimline.strategies.baselines import DELETE_ALL, IDENTITY, Arm, Placebo

PLANTED = "planted_atom_42"
LONG = "word " * 5_000


def session(writes: str = "") -> Recording:
    blocks = [shown(1, f"{PLANTED} {LONG}"), shown(2, f"second {LONG}")]
    return recording(blocks, ["", "", writes, "", writes])


def test_leaving_all_as_it_was_sends_what_was_recorded() -> None:
    outcome = replay(session(PLANTED), IDENTITY, words)
    assert outcome.tokens_after == outcome.tokens_before
    assert outcome.units_with_friction == outcome.units
    assert (outcome.regret.used, outcome.regret.hidden) == (2, 0)


def test_what_is_cut_before_it_was_sent_saves_and_rewrites_nothing() -> None:
    before, after = (replay(session(), arm, words) for arm in (IDENTITY, DELETE_ALL))
    assert after.tokens_after < before.tokens_after
    assert after.units < before.units
    assert after.busts == 0


def test_a_miss_is_paid_once_and_what_was_read_again_stays() -> None:
    outcome = replay(session(PLANTED), DELETE_ALL, words)
    assert outcome.regret.hidden == 1
    assert outcome.regret.turns_affected == 1
    read_again, context = 800, outcome.tokens_after // 5
    trip = 0.1 * context + 1.25 * read_again + 500
    stays = 1.25 * read_again + 0.1 * read_again
    assert outcome.units_with_friction - outcome.units == pytest.approx(trip + stays, rel=0.01)


def rewrite_first(moment: Moment) -> Mapping[str, Cut]:
    if moment.turn != 3:
        return {}
    return {moment.earlier[0].key: plain_cut("gone")}


def test_an_edit_of_what_is_cached_is_a_bust() -> None:
    assert replay(session(), Arm("rolling", rewrite_first), words).busts == 1


def test_an_edit_of_what_has_left_the_cache_is_none() -> None:
    blocks = [shown(1, LONG), shown(2, f"second {LONG}")]
    cold = recording(blocks, ["", "", ""], times=[0, 60, 10_000])
    assert replay(cold, Arm("cold", rewrite_first), words).busts == 0


@given(st.floats(0, 1))
def test_a_placebo_saves_about_its_share_and_the_same_in_every_run(share: float) -> None:
    lines = "\n".join(f"line_{number} says" for number in range(400))
    one = recording([shown(1, lines)], [""])
    first, again = (replay(one, Placebo(share), words).tokens_after for _ in range(2))
    assert first == again
    assert (one.turns[0].usage.window_tokens - first) / 800 == pytest.approx(share, abs=0.1)
