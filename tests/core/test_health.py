"""Health: every boundary where it should be, the worse measure decides, and no state flaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.core.errors import ConfigError
from brimline.core.health import HYSTERESIS_SHARE, Health, HealthState, Thresholds, follow, judge
from brimline.core.window import Window

WHOLE = Window("claude-opus-4-5", 200_000, 200_000)
LINED = Window("claude-opus-4-5", 200_000, 167_000)
MARGIN = round(HYSTERESIS_SHARE * 200_000)
states = st.sampled_from(HealthState)
used_tokens = st.integers(0, 250_000)
windows = st.sampled_from([WHOLE, LINED])


# ------------------------------------------------------------------------------------------------ boundaries
@pytest.mark.parametrize(
    ("tokens", "state"),
    [
        (0, "healthy"),
        (99_999, "healthy"),
        (100_000, "warning"),
        (149_999, "warning"),
        (150_000, "critical"),
        (179_999, "critical"),
        (180_000, "emergency"),
        (200_000, "emergency"),
        (200_001, "overflow"),
    ],
)
def test_by_the_window_each_state_begins_exactly_at_its_share(tokens: int, state: str) -> None:
    assert judge(tokens, WHOLE).by_window == state


@pytest.mark.parametrize(
    ("tokens", "state"),
    [
        (150_299, "healthy"),
        (150_300, "critical"),
        (161_989, "critical"),
        (161_990, "emergency"),
        (200_000, "emergency"),
    ],
)
def test_by_the_line_critical_begins_at_90_and_emergency_at_97_percent(tokens: int, state: str) -> None:
    assert judge(tokens, LINED).by_line == state


@given(st.integers(10, 1_000_000))
def test_in_any_window_that_it_divides_a_share_is_met_exactly(hundredths: int) -> None:
    window = Window(None, 100 * hundredths, 100 * hundredths)

    for percent, state in ((50, "warning"), (75, "critical"), (90, "emergency")):
        assert judge(percent * hundredths, window).by_window == state
        assert judge(percent * hundredths - 1, window).by_window != state
    assert judge(97 * hundredths, window).by_line == "emergency"
    assert judge(97 * hundredths - 1, window).by_line == "critical"


# ---------------------------------------------------------------------------------------- which one decided
@given(used_tokens, windows)
def test_the_state_is_the_worse_of_both_measures(tokens: int, window: Window) -> None:
    health = judge(tokens, window)

    assert health.state.severity == max(health.by_window.severity, health.by_line.severity)


@pytest.mark.parametrize(
    ("by_window", "by_line", "state", "decided_by"),
    [
        ("healthy", "healthy", "healthy", "window"),
        ("warning", "healthy", "warning", "window"),
        ("warning", "critical", "critical", "line"),
        ("critical", "critical", "critical", "window"),
        ("critical", "emergency", "emergency", "line"),
        ("overflow", "emergency", "overflow", "window"),
    ],
)
def test_the_line_decides_only_where_it_alone_makes_it_this_bad(
    by_window: str, by_line: str, state: str, decided_by: str
) -> None:
    health = Health(HealthState(by_window), HealthState(by_line))

    assert (health.state, health.decided_by) == (state, decided_by)


def test_a_session_about_to_be_compacted_is_an_emergency_though_its_window_is_not_full() -> None:
    health = judge(166_000, LINED)

    assert (health.by_window, health.by_line, health.decided_by) == ("critical", "emergency", "line")


@given(used_tokens, used_tokens, windows)
def test_more_tokens_are_never_healthier(one: int, other: int, window: Window) -> None:
    less, more = sorted((one, other))

    assert judge(less, window).state.severity <= judge(more, window).state.severity


def test_severity_rises_from_healthy_to_overflow() -> None:
    assert [state.severity for state in HealthState] == [0, 1, 2, 3, 4]
    assert [*HealthState] == ["healthy", "warning", "critical", "emergency", "overflow"]


# ------------------------------------------------------------------------------------------------ hysteresis
@given(states, used_tokens, windows)
def test_a_worse_state_is_entered_at_once(previous: HealthState, tokens: int, window: Window) -> None:
    now = judge(tokens, window).state

    if now.severity >= previous.severity:
        assert follow(previous, tokens, window) == now


@given(states, used_tokens, windows)
def test_the_state_that_follows_is_never_better_than_now_nor_worse_than_both(
    previous: HealthState, tokens: int, window: Window
) -> None:
    now, after = judge(tokens, window).state, follow(previous, tokens, window)

    assert now.severity <= after.severity <= max(now.severity, previous.severity)


@pytest.mark.parametrize(
    ("previous", "threshold"),
    [("warning", 100_000), ("critical", 150_000), ("emergency", 180_000), ("overflow", 200_001)],
)
def test_a_state_is_left_only_past_the_margin(previous: str, threshold: int) -> None:
    state = HealthState(previous)

    assert follow(state, threshold - MARGIN, WHOLE) == state
    assert follow(state, threshold - MARGIN - 1, WHOLE).severity == state.severity - 1


@given(windows, st.integers(0, 210_000), st.lists(st.integers(-MARGIN // 2, MARGIN // 2), max_size=20))
def test_going_up_and_down_within_the_margin_changes_the_state_at_most_upwards(
    window: Window, around: int, swings: list[int]
) -> None:
    seen = [judge(around, window).state]
    for swing in swings:
        seen.append(follow(seen[-1], max(0, around + swing), window))

    assert [state.severity for state in seen] == sorted(state.severity for state in seen)


def test_a_state_left_far_behind_is_dropped_in_one_step() -> None:
    assert follow(HealthState.OVERFLOW, 20_000, LINED) == "healthy"


def test_a_fall_lands_where_the_margin_still_holds() -> None:
    # From overflow to a token short of critical: overflow is left, critical not yet.
    assert follow(HealthState.OVERFLOW, 149_999, WHOLE) == "critical"


def test_the_line_has_the_margin_too() -> None:
    assert follow(HealthState.EMERGENCY, 161_990 - MARGIN, LINED) == "emergency"
    assert follow(HealthState.EMERGENCY, 161_990 - MARGIN - 1, LINED) == "critical"


# ------------------------------------------------------------------------------------------- own thresholds
def test_own_thresholds_move_every_boundary() -> None:
    own = Thresholds(warning=0.1, critical=0.2, emergency=0.3)

    found = [judge(tokens, WHOLE, own).state for tokens in (19_999, 20_000, 40_000, 60_000, 200_001)]

    assert found == ["healthy", "warning", "critical", "emergency", "overflow"]
    assert follow(HealthState.EMERGENCY, 57_000, WHOLE, own) == "emergency"


def test_the_last_threshold_may_be_the_whole_window() -> None:
    assert judge(199_999, WHOLE, Thresholds(emergency=1.0)).by_window == "critical"


@pytest.mark.parametrize(
    ("shares", "sentence"),
    [
        ((0.0, 0.75, 0.9), r"warningThreshold is 0; give a share above 0 and up to 1"),
        ((-0.5, 0.75, 0.9), r"warningThreshold is -0\.5; "),
        ((float("nan"), 0.75, 0.9), r"warningThreshold is nan; "),
        (
            (0.5, 0.5, 0.9),
            r"criticalThreshold is 0\.5; give a share above warningThreshold \(0\.5\) and up to 1",
        ),
        ((0.5, 0.4, 0.9), r"criticalThreshold is 0\.4; "),
        ((0.5, 0.75, 0.7), r"emergencyThreshold is 0\.7; give a share above criticalThreshold \(0\.75\)"),
        ((0.5, 0.75, 1.01), r"emergencyThreshold is 1\.01; "),
        ((50, 75, 90), r"warningThreshold is 50; "),
    ],
)
def test_impossible_thresholds_are_refused_by_name(shares: tuple[float, float, float], sentence: str) -> None:
    with pytest.raises(ConfigError, match=f"^{sentence}"):
        Thresholds(*shares)
