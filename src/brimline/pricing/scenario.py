"""The brief's cost analysis and performance table, computed for any two ways of working."""

from dataclasses import dataclass

from brimline.core.errors import InputError
from brimline.core.usage import Usage
from brimline.pricing.table import Price

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Approach:
    """A way of working: what a typical session is billed for, and what it leaves in the window."""

    usage: Usage
    """Billed tokens of one session, priced as one request."""
    session_tokens: int
    """Tokens an average session holds in the window at its end, at least 1."""


TRADITIONAL = Approach(usage=Usage(input_tokens=150_000, output_tokens=10_000), session_tokens=200_000)
"""The brief: everything loaded up front."""
OPTIMISED = Approach(usage=Usage(input_tokens=25_000, output_tokens=5_000), session_tokens=20_000)
"""The brief: loaded when needed, cleaned up after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One column of the table; shares are 0..1."""

    usage: Usage
    session_tokens: int
    input_usd: float
    output_usd: float
    cost_usd: float
    sessions_per_budget: int
    """Whole average sessions that fit into one window."""
    remaining_share: float
    """Share of the window free after an average session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Two columns and what lies between them; a share below 0 says that the second is worse."""

    model: str
    window_tokens: int
    traditional: Side
    optimised: Side
    saved_usd: float
    saved_cost_share: float
    saved_tokens_share: float
    sessions_factor: float
    """How many times as many average sessions one budget lasts."""
    remaining_gain: float
    """Difference of the remaining shares."""


def compare(traditional: Approach, optimised: Approach, price: Price, window_tokens: int) -> Scenario:
    """Return both columns and the improvement, each figure computed.

    Raises:
        InputError: the window or a session has no tokens.
    """
    before, after = (_side(approach, price, window_tokens) for approach in (traditional, optimised))
    return Scenario(
        model=price.model,
        window_tokens=window_tokens,
        traditional=before,
        optimised=after,
        saved_usd=before.cost_usd - after.cost_usd,
        saved_cost_share=_saved_share(before.cost_usd, after.cost_usd),
        saved_tokens_share=_saved_share(before.session_tokens, after.session_tokens),
        sessions_factor=before.session_tokens / after.session_tokens,
        remaining_gain=after.remaining_share - before.remaining_share,
    )


def _side(approach: Approach, price: Price, window_tokens: int) -> Side:
    if approach.session_tokens < 1 or window_tokens < 1:
        raise InputError("a scenario's window and its sessions need at least 1 token each; give larger ones")
    cost_usd = price.cost_usd(approach.usage)
    output_usd = approach.usage.output_tokens * price.rates(approach.usage).output / _MILLION
    return Side(
        usage=approach.usage,
        session_tokens=approach.session_tokens,
        input_usd=cost_usd - output_usd,
        output_usd=output_usd,
        cost_usd=cost_usd,
        sessions_per_budget=window_tokens // approach.session_tokens,
        remaining_share=max(0.0, 1 - approach.session_tokens / window_tokens),
    )


def _saved_share(before: float, after: float) -> float:
    return 1 - after / before if before else 0.0
