"""What any surface shows: versioned values, the same as JSON and as text.

Sizes are in tokens, shares are 0..1, money is in USD, times are UTC in ISO 8601.
"""

from datetime import UTC, datetime

import msgspec

from brimline.core.advice import Recommendation, advise
from brimline.core.analyzer import Analysis, CategoryUse, Change, NamedItem
from brimline.core.budget import PoolUse
from brimline.core.health import HealthState
from brimline.core.tokens import Provenance


class WindowView(msgspec.Struct, frozen=True):
    """A window: its size, its line, and how the line is known."""

    size: int
    line: int
    line_source: str


class UsedView(msgspec.Struct, frozen=True):
    """What of the window is in use."""

    tokens: int
    share: float
    provenance: Provenance


class HealthByView(msgspec.Struct, frozen=True):
    """The state by each measure, and which of them decided."""

    window: HealthState
    line: HealthState
    decided_by: str


class ItemView(msgspec.Struct, frozen=True):
    """A line beneath a category."""

    name: str
    tokens: int
    last_used: str | None
    uses: int


class CategoryView(msgspec.Struct, frozen=True):
    """A category and its items, largest first."""

    name: str
    tokens: int
    share: float
    provenance: Provenance
    items: list[ItemView]


class PoolView(msgspec.Struct, frozen=True):
    """A pool: parents hold the sums of their children, but borrow only from outside themselves."""

    path: str
    guaranteed: int
    used: int
    borrowed: int
    idle: int
    over: int


class PaceView(msgspec.Struct, frozen=True):
    """How fast the window fills."""

    tokens_per_turn: float
    turns_to_line: int | None
    minutes_to_line: float | None


class RecommendationView(msgspec.Struct, frozen=True):
    """What would free room."""

    action: str
    target: str
    frees_tokens: int
    why: str


class ChangeView(msgspec.Struct, frozen=True):
    """What a category gained or lost since the request before."""

    name: str
    tokens: int


class StatusView(msgspec.Struct, frozen=True, kw_only=True):
    """A window at one request. The last block of fields is null where no session stands behind it."""

    schema: str = "brimline/status@1"
    session: str | None = None
    model: str | None = None
    window: WindowView
    used: UsedView
    available: int
    health: HealthState
    health_by: HealthByView
    categories: list[CategoryView]
    pools: list[PoolView]
    pace: PaceView
    recommendations: list[RecommendationView]
    changed: list[ChangeView] = []
    reported_tokens: int | None = None
    accounted_tokens: int | None = None
    residual_tokens: int | None = None
    error_share: float | None = None
    path: str | None = None
    client_version: str | None = None
    request: int | None = None
    requests: int | None = None
    at: str | None = None
    warnings: list[str] = []


class ConfigView(msgspec.Struct, frozen=True):
    """Every setting in force, and where each came from."""

    tokenManagement: dict[str, object]  # noqa: N815 - the brief's name for the block
    origins: dict[str, str]
    schema: str = "brimline/config@1"
    warnings: list[str] = []


class CheckView(msgspec.Struct, frozen=True):
    """A settings file that is right, and the keys it sets."""

    path: str
    keys: list[str]
    schema: str = "brimline/config-check@1"


def view_status(analysis: Analysis, changed: tuple[Change, ...] = ()) -> StatusView:
    """Return *analysis* as a view, without what only a session has."""
    window = analysis.snapshot.window
    health = analysis.health
    return StatusView(
        model=window.model,
        window=WindowView(window.size_tokens, window.line_tokens, window.line_source),
        used=UsedView(analysis.used.tokens, analysis.used_share, analysis.used.provenance),
        available=analysis.available_tokens,
        health=health.state,
        health_by=HealthByView(health.by_window, health.by_line, health.decided_by),
        categories=[_view_category(use, window.size_tokens) for use in analysis.categories],
        pools=[_view_pool(use) for use in analysis.pools],
        pace=PaceView(
            round(analysis.pace.tokens_per_turn, 1),
            analysis.pace.turns_to_line,
            None if analysis.pace.minutes_to_line is None else round(analysis.pace.minutes_to_line, 1),
        ),
        recommendations=[_view_advice(advice) for advice in advise(analysis.snapshot)],
        changed=[ChangeView(change.category, change.tokens) for change in changed],
        at=iso(analysis.snapshot.at),
    )


def _view_category(use: CategoryUse, window_tokens: int) -> CategoryView:
    items = [_view_item(item) for item in use.items]
    tokens = max(0, use.tokens)
    return CategoryView(use.category, tokens, tokens / window_tokens, use.provenance, items)


def _view_item(named: NamedItem) -> ItemView:
    item = named.item
    return ItemView(named.name, max(0, item.tokens), iso(item.last_used), item.uses)


def _view_pool(use: PoolUse) -> PoolView:
    return PoolView(use.path, use.guaranteed, use.used, use.borrowed, use.idle, use.over)


def _view_advice(advice: Recommendation) -> RecommendationView:
    return RecommendationView(advice.action, advice.target, advice.frees_tokens, advice.why)


def iso(at: float | None) -> str | None:
    """Return Unix time *at* as UTC in ISO 8601, or None for None."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
