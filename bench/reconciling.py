"""Predicting windows, against what the API reported.

A step is two requests of one model with one tool call and one text result between them, all such steps of
the session data. The error of a window is what was accounted and the residual, less what was reported, at
the last request of a session; the residual was fixed at its first, or after its last compaction.
"""

import os
import statistics
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from bench.figures import Row, Skipped
from brimline.adapters.claude_code.composition import compose
from brimline.app.calibrate import ModelFit, view_calibration
from brimline.app.sessions import Loaded, load_session, load_steps
from brimline.stores.sessions_index import memory_index

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("BRIMLINE_DATA", ROOT.parent / "shared" / "data"))
FIFTH = ("sonnet-5", "opus-5", "fable-5")
FEW_STEPS = 40
CLOSE_SHARE = 0.95
WHOLE_SHARE = 0.003


def measure() -> Iterator[Row]:
    """Yield a row for each model's steps, and for the windows of each family."""
    archive = DATA / "sessions" / "claude-code-sessions.tar.xz"
    if not archive.is_file():
        raise Skipped(f"{archive.name} is not in {archive.parent}; BRIMLINE_DATA names the data folder.")
    with tempfile.TemporaryDirectory() as scratch, closing(memory_index()) as store:
        with tarfile.open(archive) as tar:
            tar.extractall(scratch, filter="data")
        files = sorted(Path(scratch).glob("*/projects/*/*.jsonl"))
        steps = [step for file in files for step in load_steps(file, store).steps]
        fits = view_calibration(steps, len(files)).models
        yield from (step_row(fit) for fit in fits if fit.steps >= FEW_STEPS)
        yield from window_rows([load_session(file, store) for file in files])


def step_row(fit: ModelFit) -> Row:
    """Say how close one model's steps are predicted."""
    close, whole = fit.within_2_tokens_share, fit.total_error_share
    fifth = is_fifth(fit.model)
    return Row(
        f"{fit.model}, {fit.steps} steps",
        "≥ 95 % within ±2 tokens, total error ≤ 0.3 %" if fifth else "what can be reached",
        f"{close:.1%} within ±2, total {whole:+.3%}, slope {fit.slope:.4f}",
        (close >= CLOSE_SHARE and abs(whole) <= WHOLE_SHARE) if fifth else None,
    )


def is_fifth(model: str) -> bool:
    """Tell whether *model* is of the fifth family."""
    return any(name in model for name in FIFTH)


def window_rows(sessions: Sequence[Loaded]) -> Iterator[Row]:
    """Say how far windows lie from what was reported, by family."""
    for name, fifth in (("models of the fifth family", True), ("models before it", False)):
        shares = [
            compose(one.session, len(one.session.requests), output_stays=one.meter.output_stays).error_share
            for one in sessions
            if is_fifth(one.session.requests[-1].model) is fifth
        ]
        reached = f"median {statistics.median(shares):.2%}, largest {max(shares):.2%}"
        yield Row(f"error of the window, {name}, {len(shares)} sessions", "small, and said", reached, None)


if __name__ == "__main__":
    for row in measure():
        print(*row, sep=" | ")
