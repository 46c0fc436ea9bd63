"""What a benchmark hands over: one row for each figure, and a sentence where it cannot be had here.

A benchmark is a module of this folder whose docstring's first line is its title and which has
`measure() -> Iterable[Row]`; it raises `Skipped` where what it needs is absent. `python -m bench` runs each
in a process of its own and writes docs/benchmarks.md.
"""

from typing import NamedTuple


class Row(NamedTuple):
    """One figure: what was measured, what we wanted, what was reached (all as text with units)."""

    what: str
    wanted: str
    reached: str
    met: bool | None
    """Whether the wish was met; None where there was none."""


class Skipped(Exception):  # noqa: N818  (no error: the sentence says what is absent)
    """Raised when a benchmark cannot run here; its text says what is missing."""
