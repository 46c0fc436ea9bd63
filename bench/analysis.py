"""Analysing a window of 2,000 resources.

A long session made up after real ones: a fixed part of listings, each its own item, then turns of prompt,
thinking, text, calls, shell results and reads of files that come again. From nothing means building the
resources, the budget, the snapshot, the analysis and the advice; with 5 new ones a kept tally stands for
the 2,000. Median of many rounds.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice

from bench.figures import Row
from brimline.core.advice import Recommendation, advise
from brimline.core.analyzer import Analysis, Mark, analyze
from brimline.core.budget import Budget
from brimline.core.resource import Kind, Resource
from brimline.core.snapshot import Snapshot, Tally
from brimline.core.window import Window

RESOURCES = 2_000
NEW = 5
ROUNDS = 200
SLOWEST_WHOLE_MS = 5.0
SLOWEST_PARTIAL_MS = 0.5

WINDOW = Window("claude-opus-4-5", 200_000, 167_000)
HISTORY = tuple(Mark(60.0 * turn, 30_000 + 400 * turn) for turn in range(300))
FIXED = {
    Kind.RESIDUAL: 1,
    Kind.MEMORY_FILE: 6,
    Kind.MCP_SERVER: 12,
    Kind.SKILL_LISTING: 80,
    Kind.AGENT: 40,
    Kind.REMINDER: 11,
}
FILES = 250
TURN = (
    (Kind.THINKING, "thinking"),
    (Kind.ASSISTANT_TEXT, "assistant"),
    (Kind.TOOL_CALL, "Read"),
    (Kind.FILE, ""),
    (Kind.TOOL_CALL, "Bash"),
    (Kind.TOOL_RESULT, "Bash"),
    (Kind.TOOL_RESULT, "Grep"),
)


def measure() -> Iterator[Row]:
    """Yield a row for the whole window, and one for a kept tally with new resources."""
    resources = fill(RESOURCES)
    kept, new = Tally().add(resources), resources[-NEW:]
    items = len(kept.items)
    whole = milliseconds(from_nothing)
    partial = milliseconds(lambda: with_new(kept, new))
    yield row(f"{RESOURCES:,} resources ({items} items) from nothing", whole, SLOWEST_WHOLE_MS)
    yield row(f"{NEW} new ones on a kept tally of them", partial, SLOWEST_PARTIAL_MS)


def from_nothing() -> tuple[Analysis, tuple[Recommendation, ...]]:
    """Build everything and analyse it."""
    budget = Budget(WINDOW.size_tokens)
    snapshot = Snapshot(window=WINDOW, resources=fill(RESOURCES), reported_tokens=150_000, at=18e3, turn=300)
    return analyze(snapshot, budget, HISTORY), advise(snapshot)


def with_new(kept: Tally, new: tuple[Resource, ...]) -> tuple[Analysis, tuple[Recommendation, ...]]:
    """Analyse what is new on top of what was added up before."""
    budget = Budget(WINDOW.size_tokens)
    snapshot = Snapshot(window=WINDOW, resources=new, rest=kept, reported_tokens=150_000, at=18e3, turn=300)
    return analyze(snapshot, budget, HISTORY), advise(snapshot)


def fill(count: int) -> tuple[Resource, ...]:
    """Return a window of *count* resources: the fixed part, then turn after turn."""
    fixed = [Resource(kind, f"{kind} {i}", 60 + i) for kind, times in FIXED.items() for i in range(times)]
    return (*fixed, *islice(_turns(), count - len(fixed)))


def _turns() -> Iterator[Resource]:
    for number, (kind, name) in enumerate(cycle(TURN)):
        turn = number // len(TURN) + 1
        yield Resource(kind, name or f"src/file{turn % FILES}.py", 40 + number % 97, turn=turn, uses=1)


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of *work*, the collector off as `timeit` has it."""
    work()
    gc.disable()
    try:
        return statistics.median(_time(work) for _ in range(ROUNDS))
    finally:
        gc.enable()


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def row(what: str, reached_ms: float, slowest_ms: float) -> Row:
    """Return a row that is met where it took less than *slowest_ms*."""
    return Row(what, f"< {slowest_ms:g} ms", f"{reached_ms:.2f} ms", reached_ms < slowest_ms)


def main() -> None:
    """Print the figures."""
    for what, wanted, reached, met in measure():
        print(f"{what}: {reached} (wanted {wanted}, {'met' if met else 'not met'})")


if __name__ == "__main__":
    main()
