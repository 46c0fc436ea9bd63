import pytest

from brimline.core.errors import InputError
from brimline.core.usage import Usage
from brimline.pricing import Price, price
from brimline.pricing.scenario import OPTIMISED, TRADITIONAL, Approach, compare


@pytest.fixture
def sonnet() -> Price:
    found = price("claude-sonnet-4-5")
    assert found is not None
    return found


def test_the_brief_s_cost_analysis_comes_out(sonnet: Price) -> None:
    found = compare(TRADITIONAL, OPTIMISED, sonnet, 200_000)
    before, after = found.traditional, found.optimised
    assert (before.input_usd, before.output_usd, before.cost_usd) == pytest.approx((0.45, 0.15, 0.60))
    assert (after.input_usd, after.output_usd, after.cost_usd) == pytest.approx((0.075, 0.075, 0.15))
    assert (found.saved_usd, found.saved_cost_share) == pytest.approx((0.45, 0.75))


def test_the_brief_s_performance_table_comes_out(sonnet: Price) -> None:
    found = compare(TRADITIONAL, OPTIMISED, sonnet, 200_000)
    before, after = found.traditional, found.optimised
    assert (before.session_tokens, after.session_tokens) == (200_000, 20_000)
    assert found.saved_tokens_share == pytest.approx(0.9)
    assert (before.sessions_per_budget, after.sessions_per_budget) == (1, 10)
    assert found.sessions_factor == pytest.approx(10)
    assert (before.remaining_share, after.remaining_share) == pytest.approx((0, 0.9))
    assert found.remaining_gain == pytest.approx(0.9)


def test_another_window_and_another_session_give_other_figures(sonnet: Price) -> None:
    half = Approach(usage=Usage(input_tokens=75_000, output_tokens=5_000), session_tokens=150_000)
    found = compare(TRADITIONAL, half, sonnet, 1_000_000)
    assert (found.traditional.sessions_per_budget, found.optimised.sessions_per_budget) == (5, 6)
    assert found.saved_cost_share == pytest.approx(0.5)
    assert found.traditional.remaining_share == pytest.approx(0.8)


def test_a_worse_approach_is_shown_as_worse(sonnet: Price) -> None:
    found = compare(OPTIMISED, TRADITIONAL, sonnet, 200_000)
    assert found.saved_cost_share == pytest.approx(-3)
    assert found.remaining_gain == pytest.approx(-0.9)


def test_a_session_larger_than_its_window_leaves_nothing(sonnet: Price) -> None:
    side = compare(TRADITIONAL, OPTIMISED, sonnet, 100_000).traditional
    assert (side.sessions_per_budget, side.remaining_share) == (0, 0.0)


def test_a_free_session_saves_no_share_of_nothing(sonnet: Price) -> None:
    nothing = Approach(usage=Usage(), session_tokens=1)
    assert compare(nothing, nothing, sonnet, 1).saved_cost_share == pytest.approx(0)


@pytest.mark.parametrize(("session_tokens", "window_tokens"), [(0, 200_000), (20_000, 0), (-1, 200_000)])
def test_a_scenario_without_tokens_is_refused(sonnet: Price, session_tokens: int, window_tokens: int) -> None:
    with pytest.raises(InputError, match="at least 1 token"):
        compare(Approach(usage=Usage(), session_tokens=session_tokens), OPTIMISED, sonnet, window_tokens)
