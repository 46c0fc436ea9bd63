"""Fit the preset `claude-code` to the session data and print how (docs/decisions/0006-presets.md).

Usage: python tools/fit_preset.py

Reads sessions/claude-code-sessions.tar.xz in the folder that BRIMLINE_DATA names (default: ../shared/data).
"""

import os
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil
from pathlib import Path
from statistics import mean, quantiles

from brimline.adapters.claude_code.composition import Composition, compose
from brimline.adapters.claude_code.transcript import last_model, read_session
from brimline.core.budget import PRESETS, Budget, apportion
from brimline.core.pool import RESERVED
from brimline.tokenizers.meter import meter_for

ROOT = Path(__file__).parents[1]
ARCHIVE = Path("sessions", "claude-code-sessions.tar.xz")
WINDOW_TOKENS = 200_000
STEP = 0.005
STEPS = round(1 / STEP)
RESERVED_STEPS = 10
SIGN = "dynamic/agents"
"""Only clients that list their agents in the transcript name what else they add; before, it is residual."""

Use = Counter[str]
"""Tokens in one window, by pool."""


def main() -> None:
    """Print a row for each pool: what was measured, and the share that follows."""
    data = Path(os.environ.get("BRIMLINE_DATA", ROOT.parent / "shared" / "data"))
    if not (data / ARCHIVE).is_file():
        sys.exit(f"needs {ARCHIVE} in {data}; BRIMLINE_DATA names the folder")
    with tempfile.TemporaryDirectory() as scratch, tarfile.open(data / ARCHIVE) as tar:
        tar.extractall(scratch, filter="data")
        sessions = sorted(Path(scratch).glob("*/projects/*/*.jsonl"))
        windows = [use for path in sessions for use in measure(path)]
    print(f"{len(sessions)} sessions, {len(windows)} windows of at most {WINDOW_TOKENS:,} tokens")
    _print_table(windows)
    for preset in PRESETS:
        _print_borrowing(preset, windows)


# ------------------------------------------------------------------------------------------- measuring
def measure(path: Path) -> Iterator[Use]:
    """Yield the use of each segment's largest request and of the session's last."""
    meter = meter_for(last_model(path))
    session = read_session(path, meter)
    turn = len(session.requests)
    turns = {turn}
    while turn:
        first = compose(session, turn, output_stays=meter.output_stays).base_turn
        turns.add(max(range(first, turn + 1), key=lambda t: session.requests[t - 1].usage.window_tokens))
        turn = first - 1
    for turn in sorted(turns - {0}):
        composition = compose(session, turn, output_stays=meter.output_stays)
        if composition.reported_tokens <= WINDOW_TOKENS:
            yield _by_pool(composition)


def _by_pool(composition: Composition) -> Use:
    use: Use = Counter()
    for resource in composition.resources:
        use[resource.kind.pool] += resource.tokens
    return use


# --------------------------------------------------------------------------------------------- fitting
def typical(windows: Sequence[Use], pool: str) -> tuple[float, float, float, int]:
    """Return the quartiles of *pool*'s tokens, and over how many windows: those that tell it apart."""
    tells = windows if pool.startswith(("working/", "system/prompt")) else [w for w in windows if w[SIGN]]
    low, middle, high = quantiles([window[pool] for window in tells], n=4, method="inclusive")
    return low, middle, high, len(tells)


def fit(windows: Sequence[Use]) -> dict[str, float]:
    """Return the share of each pool.

    The fixed part gets its upper quartile, rounded up to a step and at least one; the working pools get
    what is left, in proportion to theirs.
    """
    leaves = [path for path in Budget(WINDOW_TOKENS).leaves if path != RESERVED]
    high = {path: typical(windows, path)[2] for path in leaves}
    working = [path for path in leaves if path.startswith("working/")]
    steps = {path: max(1, ceil(high[path] / WINDOW_TOKENS / STEP)) for path in leaves if path not in working}
    rest = STEPS - RESERVED_STEPS - sum(steps.values())
    steps |= dict(zip(working, apportion(rest, [high[path] for path in working]), strict=True))
    return {path: count / STEPS for path, count in steps.items()}


# -------------------------------------------------------------------------------------------- printing
def _print_table(windows: Sequence[Use]) -> None:
    print("| pool | windows | lower quartile | median | upper quartile | share | of 200,000 |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for path, share in fit(windows).items():
        low, middle, high, told = typical(windows, path)
        tokens = f"{low:,.0f} | {middle:,.0f} | {high:,.0f}"
        print(f"| {path} | {told} | {tokens} | {share:.3f} | {share * WINDOW_TOKENS:,.0f} |")


def _print_borrowing(preset: str, windows: Sequence[Use]) -> None:
    budget = Budget(WINDOW_TOKENS, PRESETS[preset])
    borrowed = [_borrowed(budget, window) for window in windows]
    print(f"{preset}: {mean(borrowed):,.0f} tokens borrowed in the mean window")


def _borrowed(budget: Budget, window: Use) -> int:
    pools = budget.allocate({path: max(0, tokens) for path, tokens in window.items()}, critical=True)
    return sum(pool.borrowed for pool in pools if pool.path in budget.leaves)


if __name__ == "__main__":
    main()
