"""What a snapshot means: use by pool and category, state, pace, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from brimline.core.budget import Budget, PoolUse
from brimline.core.health import Health, HealthState, Thresholds, judge
from brimline.core.resource import Category
from brimline.core.snapshot import Item, Snapshot, Tally
from brimline.core.tokens import Count, Provenance, weakest

PACE_TURNS = 10
"""Requests that the pace is taken over: long enough to even out one large read, short enough to follow a new task."""


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
    known = {path: tokens for path, tokens in tally.pools.items() if path in budget.leaves}
    return Analysis(
        snapshot=snapshot,
        used=used,
        available_tokens=snapshot.window.size_tokens - used.tokens,
        health=health,
        categories=by_category(tally),
        pools=budget.allocate(known, critical=critical),
        pace=measure_pace([*history, Mark(snapshot.at, used.tokens)], snapshot.window.line_tokens),
    )


def _used(snapshot: Snapshot, tally: Tally) -> Count:
    if snapshot.reported_tokens is not None:
        return Count(snapshot.reported_tokens, Provenance.REPORTED)
    return Count(tally.tokens, tally.provenance)


def by_category(tally: Tally) -> tuple[CategoryUse, ...]:
    """Return *tally* by category in their fixed order; all are there, empty or not."""
    members: dict[Category, list[NamedItem]] = {category: [] for category in Category}
    for (category, name), item in tally.items.items():
        members[category].append(NamedItem(name, item))
    return tuple(_category_use(category, items) for category, items in members.items())


def _category_use(category: Category, items: list[NamedItem]) -> CategoryUse:
    items.sort(key=lambda named: (-named.item.tokens, named.name))
    return CategoryUse(
        category=category,
        tokens=sum(named.item.tokens for named in items),
        provenance=weakest(*(named.item.provenance for named in items)),
        items=tuple(items),
    )


def measure_pace(marks: Sequence[Mark], line_tokens: int) -> Pace:
    """Return the pace of the last `PACE_TURNS` steps of *marks* (oldest first) and when it meets the line."""
    recent = marks[-PACE_TURNS - 1 :]
    steps = len(recent) - 1
    grown = recent[-1].tokens - recent[0].tokens if steps > 0 else 0
    per_turn = grown / steps if steps > 0 else 0.0
    room = max(0, line_tokens - marks[-1].tokens)
    if per_turn <= 0:
        return Pace(per_turn, None, None)
    turns = room / per_turn
    return Pace(per_turn, int(turns), _minutes(recent, turns))


def _minutes(recent: Sequence[Mark], turns: float) -> float | None:
    first, last = recent[0].at, recent[-1].at
    # A clock that jumped backwards tells nothing about the next hour.
    if first is None or last is None or last <= first:
        return None
    return turns * (last - first) / (len(recent) - 1) / 60


def compare(before: Tally, after: Tally) -> tuple[Change, ...]:
    """Return what each category gained or lost between two tallies; unchanged ones are left out."""
    earlier = {use.category: use.tokens for use in by_category(before)}
    changes = (Change(use.category, use.tokens - earlier[use.category]) for use in by_category(after))
    return tuple(change for change in changes if change.tokens)
