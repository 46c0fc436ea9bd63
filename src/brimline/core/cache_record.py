"""Where the rebuilds of a recorded session came from: expiry, a changed prefix, or nobody knows."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from brimline.core.cache_rules import CacheRules, Lifetime
from brimline.core.usage import Usage

LOST_SHARE = 0.05
"""Less of the cached prefix than this lost is no rebuild: a retried answer, a reminder that went."""


class Recorded(NamedTuple):
    """A request as it was recorded: when it was *sent* (Unix time) and what it used.

    `compacted` says that the client cut the window before it, `changed` names the block or setting that
    is known to differ from the request before ("" for none).
    """

    at: float
    usage: Usage
    compacted: bool = False
    changed: str = ""


class RebuildCause(StrEnum):
    """Why a recorded request read less than was cached."""

    EXPIRED = "expired"
    COMPACTED = "compacted"
    CHANGED = "changed prefix"
    UNEXPLAINED = "unexplained"


class Rebuild(NamedTuple):
    """A request (1-based) that had to write again what had been cached, and what that cost."""

    turn: int
    cause: RebuildCause
    block: str
    """What changed; "" unless that is known."""
    gap_seconds: float
    lost_tokens: int
    extra_units: float
    """The lost tokens, as far as they were sent again, at the price of a write less that of a read."""


def find_rebuilds(
    requests: Iterable[Recorded], rules: CacheRules, margin_seconds: float = 0.0
) -> Iterator[Rebuild]:
    """Yield the rebuilds of one session; an entry counts as expired from its lifetime plus the margin on."""
    lifetime = rules.lifetimes[0]
    for turn, (before, now) in enumerate(pairwise(requests), 2):
        lifetime = _lifetime(before.usage, rules, lifetime)
        cached = before.usage.cache_read_tokens + before.usage.cache_write_tokens
        lost = cached - now.usage.cache_read_tokens
        if lost > LOST_SHARE * cached:
            gap = now.at - before.at
            cause = _cause(now, expired=gap > lifetime.seconds + margin_seconds)
            extra = _extra_units(now.usage, lost, rules)
            yield Rebuild(turn, cause, now.changed if cause is RebuildCause.CHANGED else "", gap, lost, extra)


def written_lifetime(usage: Usage, rules: CacheRules) -> Lifetime | None:
    """Return the lifetime that most of what *usage* wrote has, or None where it wrote nothing."""
    if not usage.cache_write_tokens:
        return None
    return rules.lifetimes[-1 if usage.cache_write_1h_tokens > usage.cache_write_5m_tokens else 0]


def _lifetime(usage: Usage, rules: CacheRules, known: Lifetime) -> Lifetime:
    return written_lifetime(usage, rules) or known


def _cause(now: Recorded, *, expired: bool) -> RebuildCause:
    if now.compacted:
        return RebuildCause.COMPACTED
    if expired:
        return RebuildCause.EXPIRED
    return RebuildCause.CHANGED if now.changed else RebuildCause.UNEXPLAINED


def _extra_units(usage: Usage, lost_tokens: int, rules: CacheRules) -> float:
    written = written_lifetime(usage, rules)
    weight = written.write_weight if written else 1.0
    again = min(lost_tokens, usage.window_tokens - usage.cache_read_tokens)
    return again * (weight - rules.read_weight)
