"""How figures are written."""

import pytest

from brimline.core.health import HealthState
from brimline.surfaces.cli.figures import percent, sparkline, word


@pytest.mark.parametrize(
    ("part", "shown"), [(2_500, "1.3%"), (6_500, "3.3%"), (3_500, "1.8%"), (4_500, "2.3%"), (0, "0.0%")]
)
def test_half_a_tenth_of_a_percent_rounds_up_as_in_the_brief(part: int, shown: str) -> None:
    assert percent(part, 200_000) == shown


def test_more_than_everything_and_less_than_nothing_can_be_written() -> None:
    assert (percent(250, 100), percent(-5, 100)) == ("250.0%", "-5.0%")


def test_a_state_is_never_shown_by_its_emoji_alone() -> None:
    assert [word(state, plain=True) for state in HealthState] == [
        "Healthy",
        "Warning",
        "Critical",
        "Emergency",
        "Overflow",
    ]
    assert all(word(state, plain=False).endswith(word(state, plain=True)) for state in HealthState)


def test_a_curve_keeps_its_peaks_when_it_is_narrowed() -> None:
    values = [0] * 500 + [100] + [0] * 500

    curve = sparkline(values, 100)

    assert len(curve) <= 60
    assert "█" in curve


def test_an_empty_curve_is_empty() -> None:
    assert sparkline([], 100) == ""
    assert sparkline([0, 0], 0) == "▁▁"
