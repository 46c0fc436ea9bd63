"""The fit of predicted to reported growth."""

import pytest

from brimline.adapters.claude_code.steps import Step
from brimline.app.calibrate import FEW_STEPS, view_calibration


def test_a_model_whose_growth_is_predicted_has_slope_one() -> None:
    steps = [Step("claude-x", predicted, predicted) for predicted in (100, 5_000, 20)]

    (fit,) = view_calibration(steps, sessions=1).models

    assert (fit.steps, fit.slope, fit.median_abs_error_tokens) == (3, 1.0, 0)
    assert (fit.within_2_tokens_share, fit.total_error_share, fit.drifts) == (1.0, 0.0, False)


def test_errors_are_counted_within_two_tokens_and_summed_with_their_sign() -> None:
    steps = [Step("m", 100, 102), Step("m", 100, 103), Step("m", 100, 95)]

    (fit,) = view_calibration(steps, sessions=1).models

    assert fit.within_2_tokens_share == pytest.approx(1 / 3)
    assert fit.median_abs_error_tokens == 3
    assert fit.total_error_share == 0.0


def test_a_few_unseen_reminders_do_not_move_the_slope() -> None:
    steps = [Step("m", 1_000, 1_000)] * 30 + [Step("m", 1_000, 6_000)] * 9

    (fit,) = view_calibration(steps, sessions=1).models

    assert fit.slope == 1.0
    assert not fit.drifts


def test_another_tokenizer_is_warned_of() -> None:
    steps = [Step("claude-next", 1_000 + i, round(1.2 * (1_000 + i))) for i in range(FEW_STEPS)]

    view = view_calibration(steps, sessions=1)

    assert view.models[0].drifts
    (warning,) = view.warnings
    assert warning.startswith("claude-next counts +20.0% against our tokenizer over 20 steps")


def test_too_few_steps_raise_no_alarm() -> None:
    view = view_calibration([Step("m", 10, 20)] * (FEW_STEPS - 1), sessions=1)

    assert view.warnings == []


def test_a_step_that_predicts_nothing_does_not_break_the_fit() -> None:
    (fit,) = view_calibration([Step("m", 0, 0)], sessions=1).models

    assert (fit.slope, fit.total_error_share) == (1.0, 0.0)


def test_models_come_with_the_most_steps_first() -> None:
    steps = [Step("few", 1, 1), Step("many", 1, 1), Step("many", 1, 1)]

    assert [fit.model for fit in view_calibration(steps, sessions=1).models] == ["many", "few"]
