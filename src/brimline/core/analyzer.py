"""What a snapshot means: use by pool and category, state, pace, and what changed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from brimline.core.budget import Budget, PoolUse
from brimline.core.health import Health, HealthState, Thresholds, judge
from brimline.core.resource import Category
from brimline.core.snapshot import Item, Snapshot, Tally
from brimline.core.tokens import Count, Provenance, weakest

PACE_TURNS = 10
"""Requests that the pace is taken over: enough to even out a large read, few enough to follow a new task."""


class NamedItem(NamedTuple):
    """One line beneath a category."""

    name: str
    item: Item


@dataclass(frozen=True, slots=True)
class CategoryUse:
    """A category's tokens, and its items, largest first."""

    category: Category
    tokens: int
    provenance: Provenance
    items: tuple[NamedItem, ...]


class Mark(NamedTuple):
    """The window at an earlier request: Unix time in seconds (None if unknown) and tokens held."""

    at: float | None
    tokens: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the window fills; `turns_to_line` and `minutes_to_line` are None while it does not."""

    tokens_per_turn: float
    turns_to_line: int | None
    minutes_to_line: float | None


class Change(NamedTuple):
    """Tokens that a category gained (or lost, < 0) since an earlier tally."""

    category: Category
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What a snapshot means under a budget."""

    snapshot: Snapshot
    used: Count
    available_tokens: int
    health: Health
    categories: tuple[CategoryUse, ...]
    pools: tuple[PoolUse, ...]
    pace: Pace

    @property
    def state(self) -> HealthState:
        """The worse of both measures."""
        return self.health.state

    @property
    def used_share(self) -> float:
        """Share of the window in use, 0..1 (above 1 at overflow)."""
        return self.used.tokens / self.snapshot.window.size_tokens


def analyze(
    snapshot: Snapshot,
    budget: Budget,
    history: Sequence[Mark] = (),
    *,
    thresholds: Thresholds | None = None,
) -> Analysis:
    """Return what *snapshot* means under *budget*; *history* holds the earlier requests, oldest first."""
    tally = snapshot.tally()
    used = _used(snapshot, tally)
    health = judge(used.tokens, snapshot.window, thresholds)
    critical = health.state.severity >= HealthState.EMERGENCY.severity
    # A residual below zero (we counted more than was reported) takes no room from anybody.
    placed = {path: max(0, tokens) for path, tokens in budget.place(tally.pools).items()}
    return Analysis(
        snapshot=snapshot,
        used=used,
        available_tokens=snapshot.window.size_tokens - used.tokens,
        health=health,
        categories=by_category(tally),
        pools=budget.allocate(placed, critical=critical),
        pace=measure_pace(
            [*history[-PACE_TURNS:], Mark(snapshot.at, used.tokens)], snapshot.window.line_tokens
        ),
    )


def _used(snapshot: Snapshot, tally: Tally) -> Count:
    if snapshot.reported_tokens is not None:
        return Count(snapshot.reported_tokens, Provenance.REPORTED)
    return Count(tally.tokens, tally.provenance)


def by_category(tally: Tally) -> tuple[CategoryUse, ...]:
    """Return *tally* by category in their fixed order; all are there, empty or not."""
    # Plain tuples, since no two have both tokens and name in common, sort without a call for each.
    members: dict[Category, list[tuple[int, str, Item]]] = {category: [] for category in Category}
    for (category, name), item in tally.items.items():
        members[category].append((-item.tokens, name, item))
    return tuple(_category_use(category, sorted(items)) for category, items in members.items())


def _category_use(category: Category, largest_first: list[tuple[int, str, Item]]) -> CategoryUse:
    return CategoryUse(
        category=category,
        tokens=-sum(negative for negative, _, _ in largest_first),
        provenance=weakest(*{item.provenance for _, _, item in largest_first}),
        items=tuple([NamedItem(name, item) for _, name, item in largest_first]),
    )


def measure_pace(marks: Sequence[Mark], line_tokens: int) -> Pace:
    """Return the pace of the last `PACE_TURNS` steps of *marks* (oldest first) and when it meets the line."""
    recent = marks[-PACE_TURNS - 1 :]
    steps = len(recent) - 1
    per_turn = (recent[-1].tokens - recent[0].tokens) / steps if steps > 0 else 0.0
    if per_turn <= 0:
        return Pace(per_turn, None, None)
    turns = max(0, line_tokens - recent[-1].tokens) / per_turn
    return Pace(per_turn, int(turns), _minutes(recent, turns))


def _minutes(recent: Sequence[Mark], turns: float) -> float | None:
    first, last = recent[0].at, recent[-1].at
    # A clock that jumped backwards tells nothing about the next hour.
    if first is None or last is None or last <= first:
        return None
    return turns * (last - first) / (len(recent) - 1) / 60


def compare(before: Tally, after: Tally) -> tuple[Change, ...]:
    """Return what each category gained or lost between two tallies; unchanged ones are left out."""
    grown = Counter(dict.fromkeys(Category, 0))
    for (category, _), item in after.items.items():
        grown[category] += item.tokens
    for (category, _), item in before.items.items():
        grown[category] -= item.tokens
    return tuple(Change(category, tokens) for category, tokens in grown.items() if tokens)
