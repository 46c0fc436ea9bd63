"""How our counts fit the usage that the API reported in the user's own sessions, by model."""

from collections.abc import Iterable, Sequence
from statistics import median

import msgspec

from brimline.adapters.claude_code.steps import Step

CLOSE_TOKENS = 2
DRIFT_SHARE = 0.01
"""A slope further than this from 1 says that a model counts otherwise than we do."""

FEW_STEPS = 20
"""Below this many steps a slope tells nothing."""


class ModelFit(msgspec.Struct, frozen=True, kw_only=True):
    """How well one model's growth is predicted, over all its fully visible steps.

    `slope` is reported growth per predicted token (1 is right); `total_error_share` is signed,
    predicted less reported as a share of reported.
    """

    model: str
    steps: int
    slope: float
    median_abs_error_tokens: float
    within_2_tokens_share: float
    total_error_share: float
    drifts: bool


class CalibrateView(msgspec.Struct, frozen=True, kw_only=True):
    """The fit of every model seen, most steps first."""

    schema: str = "brimline/calibrate@1"
    sessions: int
    models: list[ModelFit]
    warnings: list[str] = []


def view_calibration(steps: Iterable[Step], sessions: int, warnings: Sequence[str] = ()) -> CalibrateView:
    """Return the fit of *steps* by model."""
    by_model: dict[str, list[Step]] = {}
    for step in steps:
        by_model.setdefault(step.model, []).append(step)
    fits = sorted((_fit(model, found) for model, found in by_model.items()), key=lambda fit: -fit.steps)
    drifting = [_drift_warning(fit) for fit in fits if fit.drifts]
    return CalibrateView(sessions=sessions, models=fits, warnings=[*warnings, *drifting])


def _fit(model: str, steps: Sequence[Step]) -> ModelFit:
    errors = [step.predicted - step.reported for step in steps]
    slope = _slope(steps)
    return ModelFit(
        model=model,
        steps=len(steps),
        slope=round(slope, 5),
        median_abs_error_tokens=median(abs(error) for error in errors),
        within_2_tokens_share=sum(abs(error) <= CLOSE_TOKENS for error in errors) / len(steps),
        total_error_share=sum(errors) / max(1, sum(step.reported for step in steps)),
        drifts=len(steps) >= FEW_STEPS and abs(slope - 1) > DRIFT_SHARE,
    )


def _slope(steps: Sequence[Step]) -> float:
    """Return the slope through the origin with the least sum of absolute errors.

    That is the median of reported / predicted, each weighted by predicted: a few steps with an unseen
    reminder do not move it, another tokenizer does.
    """
    ratios = sorted((step.reported / step.predicted, step.predicted) for step in steps if step.predicted > 0)
    half, passed = sum(weight for _, weight in ratios) / 2, 0
    for ratio, weight in ratios:
        passed += weight
        if passed >= half:
            return ratio
    return 1.0


def _drift_warning(fit: ModelFit) -> str:
    return (
        f"{fit.model} counts {fit.slope - 1:+.1%} against our tokenizer over {fit.steps} steps;"
        " its tokenizer has changed, so take its exact counts as estimates"
    )
