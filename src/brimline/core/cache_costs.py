"""What requests and cuts cost under a prompt cache, in input-token units (1 = one uncached input token).

The derivation of the break-even stands in docs/design/prompt-cache.md.
"""

from typing import NamedTuple

from brimline.core.cache_rules import CacheRules, Lifetime
from brimline.core.errors import InputError
from brimline.core.usage import Usage

MILLION = 1_000_000


def cost_units(usage: Usage, rules: CacheRules) -> float:
    """Return what the input of one request costs; its output is not counted."""
    short, long = rules.lifetimes[0], rules.lifetimes[-1]
    return (
        usage.input_tokens
        + rules.read_weight * usage.cache_read_tokens
        + short.write_weight * usage.cache_write_5m_tokens
        + long.write_weight * usage.cache_write_1h_tokens
    )


def units_to_usd(units: float, input_usd_per_million: float) -> float:
    """Return what *units* cost at this input price."""
    return units * input_usd_per_million / MILLION


class Weights(NamedTuple):
    """What one token costs (units): written to the cache, and read from it."""

    write: float
    read: float


def weights_of(rules: CacheRules, lifetime: Lifetime) -> Weights:
    """Return the weights of a cache with this lifetime. An unpaid write still pays for the input."""
    return Weights(lifetime.write_weight, rules.read_weight)


class Cut(NamedTuple):
    """A cut of cached history.

    `removed_tokens` is net of what stands in its place; `behind_tokens` is what was cached behind the
    last prefix that can still be read, less what was removed.
    """

    removed_tokens: float
    behind_tokens: float


def break_even_requests(cut: Cut, weights: Weights) -> float:
    """Return n* = ((w - r) / r) * S / d: more further requests than this, and a cut of warm history pays.

    The request that makes the cut is one of them. Source: derived in docs/design/prompt-cache.md; checks:
    d = 2,000 and S = 50,000 give 287.5, d = 50,000 and S = 10,000 give 2.3 (w = 1.25, r = 0.1). Raises
    `InputError` where nothing is removed.
    """
    if cut.removed_tokens <= 0:
        raise InputError(f"a cut must remove tokens to pay at all; this one removes {cut.removed_tokens}")
    return (weights.write - weights.read) / weights.read * cut.behind_tokens / cut.removed_tokens


def saved_warm(cut: Cut, requests: float, weights: Weights) -> float:
    """Return the units saved by cutting history that is cached and alive: n*r*d - S*(w - r)."""
    lost = cut.behind_tokens * (weights.write - weights.read)
    return requests * weights.read * cut.removed_tokens - lost


def saved_cold(removed_tokens: float, requests: float, weights: Weights) -> float:
    """Return the units saved by a cut where nothing is cached: w*d + (n - 1)*r*d, whatever lies behind it.

    The same holds at admission: what was never sent is neither written nor read.
    """
    if requests <= 0:
        return 0.0
    return removed_tokens * (weights.write + (requests - 1) * weights.read)


saved_at_admission = saved_cold


class Chances(NamedTuple):
    """What is not known of a cut: that the cache is alive, and that something cut is needed again (0..1).

    `fetch_units` is what one such need costs: the round trip and what comes back.
    """

    alive: float = 1.0
    needed: float = 0.0
    fetch_units: float = 0.0


def expected_saving(cut: Cut, requests: float, weights: Weights, chances: Chances) -> float:
    """Return the expected units saved: P*warm + (1 - P)*cold - p_f*c_f, with *requests* expected.

    It pays where this is positive: P*S*(w - r) + p_f*c_f < E[n]*r*d + (1 - P)*(w - r)*d.
    """
    warm = saved_warm(cut, requests, weights)
    cold = saved_cold(cut.removed_tokens, requests, weights)
    return chances.alive * warm + (1 - chances.alive) * cold - chances.needed * chances.fetch_units
