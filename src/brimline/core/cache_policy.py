"""Which lifetime and how many keep-alives the gaps of a user's sessions call for."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import floor
from typing import NamedTuple

from brimline.core.cache_rules import CacheRules, Lifetime

PING_MARGIN_SECONDS = 30.0
"""A keep-alive is sent this long before the entry would die: it must arrive in time."""


class Turn(NamedTuple):
    """When a request was sent (Unix time), its tokens, and how many it shares with the one before.

    A session's first shares what another session had left in the cache.
    """

    at: float
    window_tokens: int
    kept_tokens: int


class CachePolicy(NamedTuple):
    """A lifetime, and how many keep-alives may follow each request before the entry is let go."""

    lifetime: Lifetime
    keep_alives: int = 0

    @property
    def name(self) -> str:
        """Say the policy, as in `5m + 3 keep-alives`."""
        noun = "keep-alive" if self.keep_alives == 1 else "keep-alives"
        return f"{self.lifetime.name} + {self.keep_alives} {noun}" if self.keep_alives else self.lifetime.name


class PolicyCost(NamedTuple):
    """What a policy costs (units): all requests, and of that the keep-alives.

    `rebuilds` are those after an expiry.
    """

    units: float
    ping_units: float
    rebuilds: int
    pings: int


def policy_cost(turns: Sequence[Turn], policy: CachePolicy, rules: CacheRules) -> PolicyCost:
    """Return what the requests of one session, ordered by time, cost under *policy*.

    Nobody knows that a request was the last, so keep-alives follow it too; each reads the whole window.
    """
    if not turns:
        return PolicyCost(0.0, 0.0, 0, 0)
    write, read = policy.lifetime.write_weight, rules.read_weight
    units = read * turns[0].kept_tokens + write * (turns[0].window_tokens - turns[0].kept_tokens)
    pinged, rebuilds, pings = 0.0, 0, 0
    for before, turn in pairwise(turns):
        sent, alive = _bridge(turn.at - before.at, policy)
        kept = turn.kept_tokens if alive else 0
        units += read * kept + write * (turn.window_tokens - kept)
        pinged += sent * read * before.window_tokens
        rebuilds += not alive
        pings += sent
    pinged += policy.keep_alives * read * turns[-1].window_tokens
    return PolicyCost(units + pinged, pinged, rebuilds, pings + policy.keep_alives)


def _bridge(gap_seconds: float, policy: CachePolicy) -> tuple[int, bool]:
    """Return how many keep-alives a gap sees, and whether the entry is alive at its end."""
    every = policy.lifetime.seconds - PING_MARGIN_SECONDS
    sent = min(policy.keep_alives, max(0, floor(gap_seconds / every)))
    return sent, gap_seconds <= sent * every + policy.lifetime.seconds


class PolicyAdvice(NamedTuple):
    """The cheapest policy, what it and today's cost (units), and the share of today's cost it would save."""

    policy: CachePolicy
    cost: PolicyCost
    today: PolicyCost
    saved_share: float


def policies(rules: CacheRules, keep_alives: int) -> Iterable[CachePolicy]:
    """Yield every lifetime with up to *keep_alives* keep-alives, plain lifetimes first."""
    return (CachePolicy(lifetime, k) for k in range(keep_alives + 1) for lifetime in rules.lifetimes)


def advise_policy(
    sessions: Sequence[Sequence[Turn]],
    today: Sequence[CachePolicy],
    rules: CacheRules,
    keep_alives: int = 0,
) -> PolicyAdvice:
    """Return the one policy that would have been cheapest for all *sessions*.

    *today* is the policy each of them had; *keep_alives* is how many the user allows. Of equal costs the one
    with fewer keep-alives wins.
    """
    spent = _sum(policy_cost(*one, rules) for one in zip(sessions, today, strict=True))
    costs = {
        policy: _sum(policy_cost(turns, policy, rules) for turns in sessions)
        for policy in policies(rules, keep_alives)
    }
    best = min(costs, key=lambda policy: costs[policy].units)
    saved = 1 - costs[best].units / spent.units if spent.units else 0.0
    return PolicyAdvice(best, costs[best], spent, saved)


def _sum(costs: Iterable[PolicyCost]) -> PolicyCost:
    all_costs = list(costs)
    return PolicyCost(
        sum(cost.units for cost in all_costs),
        sum(cost.ping_units for cost in all_costs),
        sum(cost.rebuilds for cost in all_costs),
        sum(cost.pings for cost in all_costs),
    )
