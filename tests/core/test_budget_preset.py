"""The preset `claude-code` is what the sessions say it is."""

from pathlib import Path

import pytest

from brimline.core.budget import PRESETS, Budget
from tools.fit_preset import STEP, Use, fit, measure, typical

WINDOW = 200_000


@pytest.fixture(scope="module")
def windows(claude_folders: list[Path]) -> list[Use]:
    sessions = [path for folder in claude_folders for path in sorted(folder.glob("projects/*/*.jsonl"))]
    return [use for path in sessions for use in measure(path)]


@pytest.mark.data
def test_the_preset_is_within_two_steps_of_what_the_sessions_give(windows: list[Use]) -> None:
    budget = Budget(WINDOW, PRESETS["claude-code"])
    preset = {path: tokens / WINDOW for path, tokens in budget.guarantees.items()}

    assert {path: preset[path] for path in fit(windows)} == pytest.approx(fit(windows), abs=2 * STEP)


@pytest.mark.data
def test_three_of_four_windows_fit_each_guarantee_but_for_a_step(windows: list[Use]) -> None:
    guarantees = Budget(WINDOW, PRESETS["claude-code"]).guarantees

    for path in fit(windows):
        upper_quartile = typical(windows, path)[2]
        assert upper_quartile <= guarantees[path] + STEP * WINDOW, path
