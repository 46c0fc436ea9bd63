"""Break-even: when a cut of cached history pays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.core.cache_costs import (
    Chances,
    Cut,
    Weights,
    break_even_requests,
    cost_units,
    expected_saving,
    saved_at_admission,
    saved_cold,
    saved_warm,
    units_to_usd,
    weights_of,
)
from brimline.core.cache_rules import FIVE_MINUTES, ONE_HOUR, rules_for
from brimline.core.errors import InputError
from brimline.core.usage import Usage

ANTHROPIC = rules_for("claude-opus-5")
FIVE = weights_of(ANTHROPIC, FIVE_MINUTES)
HOUR = weights_of(ANTHROPIC, ONE_HOUR)

tokens = st.integers(1, 200_000)


@pytest.mark.parametrize(
    ("removed", "behind", "requests"), [(2_000, 50_000, 287.5), (50_000, 10_000, 2.3), (1_000, 0, 0.0)]
)
def test_the_break_even_has_its_known_values(removed: int, behind: int, requests: float) -> None:
    assert break_even_requests(Cut(removed, behind), FIVE) == pytest.approx(requests)


@pytest.mark.parametrize(
    ("weights", "factor"),
    [(FIVE, 11.5), (HOUR, 19), (Weights(1, 0.1), 9), (Weights(1, 0.25), 3), (Weights(1, 0.5), 1)],
)
def test_its_factor_follows_from_the_weights(weights: Weights, factor: float) -> None:
    assert break_even_requests(Cut(1, 1), weights) == pytest.approx(factor)


@given(tokens, tokens)
def test_at_the_break_even_nothing_is_saved_or_lost(removed: int, behind: int) -> None:
    cut = Cut(removed, behind)
    number = break_even_requests(cut, FIVE)
    assert saved_warm(cut, number, FIVE) == pytest.approx(0, abs=1e-6 * (removed + behind))
    assert saved_warm(cut, number + 1, FIVE) > 0 > saved_warm(cut, number - 1, FIVE)


@given(tokens, st.integers(1, 500))
def test_a_cold_cut_and_one_at_admission_always_pay(removed: int, requests: int) -> None:
    assert saved_cold(removed, requests, FIVE) == saved_at_admission(removed, requests, FIVE) > 0


def test_a_cold_cut_saves_a_write_and_then_reads() -> None:
    assert saved_cold(1_000, 3, FIVE) == pytest.approx(1_250 + 200)
    assert saved_cold(1_000, 0, FIVE) == 0


@given(tokens, tokens, st.floats(1, 500), st.floats(0, 1))
def test_the_expected_saving_lies_between_cold_and_warm(
    removed: int, behind: int, requests: float, alive: float
) -> None:
    cut = Cut(removed, behind)
    warm, cold = saved_warm(cut, requests, FIVE), saved_cold(removed, requests, FIVE)
    expected = expected_saving(cut, requests, FIVE, Chances(alive))
    assert warm - 1e-6 <= expected <= cold + 1e-6
    dearer = expected_saving(cut, requests, FIVE, Chances(alive, needed=0.5, fetch_units=1_000))
    assert dearer == pytest.approx(expected - 500)


def test_a_cut_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="must remove tokens"):
        break_even_requests(Cut(0, 10), FIVE)


def test_a_request_costs_its_parts_in_units_and_in_dollars() -> None:
    usage = Usage(100, 1_000, 2_000, 10_000, 999)
    assert cost_units(usage, ANTHROPIC) == pytest.approx(100 + 1_250 + 4_000 + 1_000)
    assert units_to_usd(6_350, 5.0) == pytest.approx(0.03175)
