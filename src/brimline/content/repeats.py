"""Lines that already stand in an earlier block of the window, so that a reference can stand for them.

A second read of a file, the read of a file just written, the same part of two diffs: what repeats is found
line by line, without the numbers that a client puts before lines, so that a read at another offset or after
an edit is recognised. A reference names a block that is visible and holds the lines itself: lines that are
references there are not offered again, and a block that is dropped must be forgotten.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from brimline.content.source import numbered_lines

FEWEST_LINES: Final = 3
"""Shorter runs score well and read badly: a file of references to two lines here and two there."""

FEWEST_TOKENS: Final = 40
"""About twice what a reference costs."""

_FURTHEST_BACK: Final = 50
"""Lines a run is followed upwards from where it was found: enough to find its start, and still linear."""

_NOT_SEEN: Final = -1
_HIDDEN: Final = -2

Count: TypeAlias = Callable[[str], int]
"""Tokens of a text."""


class Numbering(NamedTuple):
    """How a client numbers lines: what to add to a line's index, and how the sum is written."""

    offset: int
    width: int
    mark: str

    def prefix(self, index: int) -> str:
        """Return what stands before the text of line *index* (from 0)."""
        return f"{index + self.offset:>{self.width or 1}}{self.mark}"


class Run(NamedTuple):
    """Lines `start` to `stop` (from 0, `stop` not included) that are the lines of `block` from `there` on."""

    start: int
    stop: int
    block: str
    there: int
    numbering: Numbering | None
    """How the lines are numbered here; None where they are not."""
    numbering_there: Numbering | None


class _Page(NamedTuple):
    """The lines of a block without their numbers, and how each was numbered."""

    texts: list[str]
    numberings: list[Numbering | None]


class _Block(NamedTuple):
    """The same, with an id for each text."""

    ids: list[int]
    numberings: list[Numbering | None]


def _page(lines: Sequence[str]) -> _Page:
    page = _Page(list(lines), [None] * len(lines))
    for line in numbered_lines(lines):
        page.texts[line.at] = line.text
        page.numberings[line.at] = Numbering(line.number - line.at, line.width, line.mark)
    return page


class Shown:
    """The lines of the blocks that stand in the window, added in the order they came."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._blocks: dict[str, _Block] = {}
        self._places: dict[tuple[int, ...], tuple[str, int]] = {}

    def add(self, block: str, lines: Sequence[str], runs: Iterable[Run] = ()) -> None:
        """Add the *lines* of *block*, of which *runs* are already only references."""
        page = _page(lines)
        ids = [self._ids.setdefault(text, len(self._ids)) for text in page.texts]
        for run in runs:
            ids[run.start : run.stop] = [_HIDDEN] * (run.stop - run.start)
        self._blocks[block] = _Block(ids, page.numberings)
        # Of lines that occur more than once the newest block is remembered, and there the first place.
        for at in range(len(ids) - FEWEST_LINES, -1, -1):
            self._places[tuple(ids[at : at + FEWEST_LINES])] = block, at

    def forget(self, block: str) -> None:
        """Offer the lines of *block* no more: it no longer stands in the window, or never did."""
        self._blocks.pop(block, None)

    def find(self, lines: Sequence[str], count: Count) -> list[Run]:
        """Return what `find_runs` does."""
        page = _page(lines)
        here = _Block([self._ids.get(text, _NOT_SEEN) for text in page.texts], page.numberings)
        runs: list[Run] = []
        at = 0
        while at + FEWEST_LINES <= len(lines):
            run = self._around(here, at, runs[-1].stop if runs else 0)
            if run and _pays(page.texts[run.start : run.stop], count):
                runs.append(run)
                at = run.stop
            else:
                # Whatever reaches further than a run that does not pay holds the first line after it.
                at = max(at, run.stop - FEWEST_LINES if run else at) + 1
        return runs

    def _around(self, here: _Block, at: int, floor: int) -> Run | None:
        """Return the run of lines around line *at*, not beginning before *floor*."""
        name, place = self._places.get(tuple(here.ids[at : at + FEWEST_LINES]), ("", 0))
        there = self._blocks.get(name)
        if there is None:
            return None
        back = _reach(here, at, there, place, range(-1, max(floor - at, -_FURTHEST_BACK) - 1, -1))
        on = _reach(here, at, there, place, range(len(here.ids) - at))
        start = place - back
        return Run(at - back, at + on, name, start, here.numberings[at], there.numberings[place])


def _reach(here: _Block, at: int, there: _Block, place: int, steps: range) -> int:
    """Return for how many *steps* from lines *at* and *place* the lines are the same, numbered in one way."""
    numberings = here.numberings[at], there.numberings[place]
    for reached, step in enumerate(steps):
        i, j = at + step, place + step
        if not 0 <= j < len(there.ids) or here.ids[i] != there.ids[j]:
            return reached
        if (here.numberings[i], there.numberings[j]) != numberings:
            return reached
    return len(steps)


def _pays(texts: Sequence[str], count: Count) -> bool:
    # Forty lines are forty tokens: further ones need no count.
    return len(texts) >= FEWEST_LINES and count("\n".join(texts[:FEWEST_TOKENS])) >= FEWEST_TOKENS


def find_runs(lines: Sequence[str], earlier: Shown, count: Count) -> list[Run]:
    """Return the runs of *lines* that stand in *earlier* blocks, in order and apart.

    Each has at least `FEWEST_LINES` lines and, by *count* and without line numbers, `FEWEST_TOKENS` tokens;
    numbered lines of a run have numbers that go up by one. Time is linear in the lines.
    """
    return earlier.find(lines, count)


def refer(run: Run, name: str) -> str:
    """Return the line that stands for *run*, whose block is called *name* ("the Read of x.py").

    >>> run = Run(2, 5, "toolu_1", 8, Numbering(1, 6, "→"), Numbering(-7, 0, "→"))
    >>> refer(run, "the Read of x.py")
    '[lines 3-5 as lines 1-3 in the Read of x.py above]'
    """
    size = run.stop - run.start
    place = _numbers(run.there, size, run.numbering_there)
    if run.numbering is None:
        return f"[{size} lines as lines {place} in {name} above]"
    mine = _numbers(run.start, size, run.numbering)
    return f"[lines {mine} as {'' if mine == place else f'lines {place} '}in {name} above]"


def _numbers(start: int, size: int, numbering: Numbering | None) -> str:
    first = start + (numbering.offset if numbering else 1)
    return f"{first}-{first + size - 1}"


def replace_runs(lines: Sequence[str], runs: Iterable[Run], names: Mapping[str, str]) -> list[str]:
    """Return *lines* with a reference for each of *runs* (in order); *names* says how a block is called."""
    replaced: list[str] = []
    done = 0
    for run in runs:
        replaced += [*lines[done : run.start], refer(run, names[run.block])]
        done = run.stop
    return replaced + list(lines[done:])


def expand_runs(
    replaced: Sequence[str], runs: Iterable[Run], blocks: Mapping[str, Sequence[str]]
) -> list[str]:
    """Return the lines of which `replace_runs` made *replaced*, given the whole lines of each of *blocks*."""
    runs = list(runs)
    texts = {name: _page(blocks[name]).texts for name in {run.block for run in runs}}
    lines: list[str] = []
    done = 0
    for run in runs:
        ahead = run.start - len(lines)
        lines += [*replaced[done : done + ahead], *_expand(run, texts[run.block])]
        done += ahead + 1
    return lines + list(replaced[done:])


def _expand(run: Run, there: Sequence[str]) -> list[str]:
    texts = there[run.there : run.there + run.stop - run.start]
    if run.numbering is None:
        return list(texts)
    return [run.numbering.prefix(run.start + step) + text for step, text in enumerate(texts)]
