"""What a session cost, part by part, and the brief's scenario."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from brimline.adapters.claude_code.session import Request, Session
from brimline.core.usage import Usage
from brimline.core.window import DEFAULT_WINDOW_TOKENS
from brimline.pricing import Rates, price
from brimline.pricing.scenario import OPTIMISED, TRADITIONAL, Scenario, Side, compare

SCENARIO_MODEL = "claude-sonnet-4-5"
"""The model whose prices the brief uses: $0.003 and $0.015 per 1,000 tokens."""


class CostPart(msgspec.Struct, frozen=True):
    """A sort of token, how many, and what they cost."""

    name: str
    tokens: int
    usd: float


class SessionCost(msgspec.Struct, frozen=True, kw_only=True):
    """What the main conversation of a session cost; `uncached_usd` is the same without a prompt cache."""

    session: str
    models: list[str]
    requests: int
    unpriced_requests: int
    parts: list[CostPart]
    total_usd: float
    uncached_usd: float
    per_request_usd: float


class SideView(msgspec.Struct, frozen=True):
    """One column of the scenario."""

    input_tokens: int
    output_tokens: int
    input_usd: float
    output_usd: float
    cost_usd: float
    session_tokens: int
    sessions_per_budget: int
    remaining_share: float


class ScenarioView(msgspec.Struct, frozen=True, kw_only=True):
    """The brief's comparison of two ways of working, computed from today's table."""

    model: str
    window: int
    traditional: SideView
    optimised: SideView
    saved_usd: float
    saved_cost_share: float
    saved_tokens_share: float
    sessions_factor: float
    remaining_gain: float


class CostView(msgspec.Struct, frozen=True, kw_only=True):
    """A session's cost (null where there is no session) and the scenario."""

    schema: str = "brimline/cost@1"
    session: SessionCost | None
    scenario: ScenarioView
    warnings: list[str] = []


def view_cost(session: Session | None, warnings: Sequence[str] = ()) -> CostView:
    """Return the cost of *session* (None for none) and the scenario beside it."""
    cost = _session_cost(session) if session else None
    return CostView(session=cost, scenario=_view_scenario(brief_scenario()), warnings=list(warnings))


class _Priced(NamedTuple):
    """A request's usage and the rates it was billed at."""

    usage: Usage
    rates: Rates


def _session_cost(session: Session) -> SessionCost:
    priced = [_Priced(request.usage, rates) for request in session.requests if (rates := _rates(request))]
    parts = [
        CostPart(name, sum(tokens(bill.usage) for bill in priced), _rounded(_usd(priced, tokens, rate)))
        for name, tokens, rate in _PARTS
    ]
    total = sum(_usd(priced, tokens, rate) for _, tokens, rate in _PARTS)
    uncached = _usd(priced, lambda usage: usage.window_tokens, lambda rates: rates.input)
    return SessionCost(
        session=session.session_id,
        models=sorted({request.model for request in session.requests}),
        requests=len(session.requests),
        unpriced_requests=len(session.requests) - len(priced),
        parts=parts,
        total_usd=_rounded(total),
        uncached_usd=_rounded(uncached + parts[-1].usd),
        per_request_usd=_rounded(total / len(priced)) if priced else 0.0,
    )


def _rates(request: Request) -> Rates | None:
    """Return the rates of *request*: those of its day, in the tier that its whole window falls into."""
    at = None if request.at is None else datetime.fromtimestamp(request.at, UTC)
    dated = price(request.model, at)
    return dated.rates(request.usage) if dated else None


_PARTS: tuple[tuple[str, Callable[[Usage], int], Callable[[Rates], float]], ...] = (
    ("Input", lambda usage: usage.input_tokens, lambda rates: rates.input),
    ("Cache writes (5 min)", lambda usage: usage.cache_write_5m_tokens, lambda rates: rates.cache_write_5m),
    ("Cache writes (1 h)", lambda usage: usage.cache_write_1h_tokens, lambda rates: rates.cache_write_1h),
    ("Cache reads", lambda usage: usage.cache_read_tokens, lambda rates: rates.cache_read),
    ("Output", lambda usage: usage.output_tokens, lambda rates: rates.output),
)


def _usd(bills: Iterable[_Priced], tokens: Callable[[Usage], int], rate: Callable[[Rates], float]) -> float:
    return sum(tokens(bill.usage) * rate(bill.rates) for bill in bills) / 1_000_000


def _rounded(usd: float) -> float:
    """Return *usd* to a millionth: what lies beyond is the noise of binary fractions."""
    return round(usd, 6)


def _view_scenario(scenario: Scenario) -> ScenarioView:
    return ScenarioView(
        model=scenario.model,
        window=scenario.window_tokens,
        traditional=_view_side(scenario.traditional),
        optimised=_view_side(scenario.optimised),
        saved_usd=_rounded(scenario.saved_usd),
        saved_cost_share=scenario.saved_cost_share,
        saved_tokens_share=scenario.saved_tokens_share,
        sessions_factor=scenario.sessions_factor,
        remaining_gain=scenario.remaining_gain,
    )


def _view_side(side: Side) -> SideView:
    return SideView(
        side.usage.input_tokens,
        side.usage.output_tokens,
        _rounded(side.input_usd),
        _rounded(side.output_usd),
        _rounded(side.cost_usd),
        side.session_tokens,
        side.sessions_per_budget,
        side.remaining_share,
    )


def brief_scenario() -> Scenario:
    """Return the brief's cost analysis at the prices of `SCENARIO_MODEL`."""
    rates = price(SCENARIO_MODEL)
    assert rates is not None  # noqa: S101 - a test holds the table to having it
    return compare(TRADITIONAL, OPTIMISED, rates, DEFAULT_WINDOW_TOKENS)
