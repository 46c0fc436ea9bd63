"""Lifetimes and keep-alives, chosen by the gaps between requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.core.cache_costs import cost_units
from brimline.core.cache_policy import (
    CachePolicy,
    PolicyCost,
    Turn,
    advise_policy,
    policies,
    policy_cost,
)
from brimline.core.cache_rules import FIVE_MINUTES, ONE_HOUR, Lifetime, rules_for
from brimline.core.prompt_cache import Block, Mark, Sent, simulate

RULES = rules_for("claude-opus-5")
FIVE, HOUR = CachePolicy(FIVE_MINUTES), CachePolicy(ONE_HOUR)


def turns(*gaps: float, tokens: int = 100_000, grown: int = 1_000) -> list[Turn]:
    """Return a request for each gap and one before; each appends a little."""
    at, held = 0.0, tokens
    sent = [Turn(at, held, 0)]
    for gap in gaps:
        at, held = at + gap, held + grown
        sent.append(Turn(at, held, held - grown))
    return sent


def test_quick_work_pays_for_five_minutes_and_long_pauses_for_an_hour() -> None:
    assert advise_policy([turns(10, 20, 10)], [HOUR], RULES).policy == FIVE
    advice = advise_policy([turns(*(600,) * 10)], [FIVE], RULES)
    assert advice.policy == HOUR
    assert advice.saved_share > 0.5


def test_keep_alives_are_only_advised_where_they_are_allowed() -> None:
    pauses = [turns(*(10, 10, 400) * 5)]
    assert advise_policy(pauses, [FIVE], RULES).policy == HOUR
    assert advise_policy(pauses, [FIVE], RULES, keep_alives=3).policy == CachePolicy(FIVE_MINUTES, 1)


def test_each_keep_alive_reads_the_whole_window_also_after_the_last_request() -> None:
    cost = policy_cost(turns(400), CachePolicy(FIVE_MINUTES, 2), RULES)
    assert (cost.pings, cost.rebuilds) == (3, 0)
    assert cost.ping_units == pytest.approx(0.1 * (100_000 + 2 * 101_000))
    assert cost.units == pytest.approx(125_000 + 10_000 + 1_250 + cost.ping_units)


def test_after_the_allowed_keep_alives_the_entry_is_let_go() -> None:
    cost = policy_cost(turns(4_000), CachePolicy(FIVE_MINUTES, 2), RULES)
    assert (cost.pings, cost.rebuilds) == (4, 1)


def test_a_session_of_nothing_costs_nothing() -> None:
    assert policy_cost([], FIVE, RULES) == PolicyCost(0, 0, 0, 0)
    assert advise_policy([], [], RULES).saved_share == 0


def test_what_another_session_left_is_read_at_first() -> None:
    assert policy_cost([Turn(0, 10_000, 4_000)], FIVE, RULES).units == pytest.approx(400 + 7_500)


def test_policies_say_what_they_are() -> None:
    assert [policy.name for policy in policies(RULES, 2)] == [
        "5m",
        "1h",
        "5m + 1 keep-alive",
        "1h + 1 keep-alive",
        "5m + 2 keep-alives",
        "1h + 2 keep-alives",
    ]


gaps = st.lists(st.sampled_from((1.0, 299.0, 300.0, 301.0, 900.0, 3_599.0, 3_601.0)), min_size=1, max_size=12)


@given(gaps, st.sampled_from((FIVE_MINUTES, ONE_HOUR)))
def test_without_keep_alives_it_costs_what_the_simulator_says(
    pauses: list[float], lifetime: Lifetime
) -> None:
    session = turns(*pauses)
    blocks = [Block(0, 100_000), *(Block(number, 1_000) for number in range(1, len(session)))]
    sent = [
        Sent(blocks[: number + 1], turn.at, (Mark(number + 1, lifetime),))
        for number, turn in enumerate(session)
    ]
    simulated = sum(cost_units(one.usage, RULES) for one in simulate(sent, RULES))
    assert policy_cost(session, CachePolicy(lifetime), RULES).units == pytest.approx(simulated)


@given(st.lists(gaps, min_size=1, max_size=4), st.integers(0, 3))
def test_the_advice_never_costs_more_than_today(sessions: list[list[float]], allowed: int) -> None:
    advice = advise_policy([turns(*pauses) for pauses in sessions], [FIVE] * len(sessions), RULES, allowed)
    assert advice.cost.units <= advice.today.units
    assert 0 <= advice.saved_share < 1
