"""Sends a recording's windows through a simulated prompt cache, under the settings of a scenario."""

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from brimline.core.cache_costs import cost_units
from brimline.core.cache_record import written_lifetime
from brimline.core.cache_rules import FIVE_MINUTES, CacheRules, Lifetime, is_surely_cold, rules_for
from brimline.core.prompt_cache import Block, Mark, PromptCache, Sent, Served
from brimline.core.recording import Recording, Turn

PING_SHARE = 0.9
"""When a cache is kept alive, in lifetimes after its last use."""


class Scenario(NamedTuple):
    """What differs besides edits: tokens before the messages that are never sent, and cache settings.

    *five_minutes* takes that lifetime whatever was recorded; *keep_alives* repeats a request that often,
    each time before its cache would expire.
    """

    unsent_tokens: int = 0
    five_minutes: bool = False
    keep_alives: int = 0


AS_RECORDED = Scenario()


class CachedSender:
    """Sends windows one after the other; `last_cost` is what the last one cost, in input-token units."""

    def __init__(self, recording: Recording, scenario: Scenario = AS_RECORDED) -> None:
        first = recording.epochs[0].turns[0]
        self.rules: CacheRules = rules_for(first.model)
        self.last_cost = 0.0
        self._pings = scenario.keep_alives
        recorded = written_lifetime(first.usage, self.rules) or FIVE_MINUTES
        self._lifetime: Lifetime = FIVE_MINUTES if scenario.five_minutes else recorded
        self._system = Block("system", max(0, recording.system_tokens - scenario.unsent_tokens))
        self._cache = PromptCache(self.rules)
        self._last: Sent | None = None
        if first.usage.cache_read_tokens:
            self._cache.warm((self._system,), first.at, self._lifetime)

    def is_cold(self, at: float) -> bool:
        """Tell whether all that was sent before has surely left the cache by the time *at*."""
        if self._last is None:
            return False
        kept = self._pings * PING_SHARE * self._lifetime.seconds
        return is_surely_cold(at - self._last.at - kept, self._lifetime)

    def send(self, turn: Turn, body: Sequence[Block]) -> Served:
        """Send *body* behind the system part, and before it what kept the cache alive until then."""
        # A clock that jumped back must not send a request before the one that it follows.
        at = max(turn.at, self._last.at) if self._last else turn.at
        self.last_cost = self._keep_alive(at)
        blocks = (self._system, *turn.settings, *body)
        self._last = Sent(blocks, at, (Mark(1, self._lifetime), Mark(len(blocks), self._lifetime)))
        served = self._cache.send(self._last)
        self.last_cost += cost_units(served.usage, self.rules)
        return served

    def end(self) -> float:
        """Return what it costs to keep the cache alive after the last request: nobody knows that it is."""
        return self._keep_alive(inf)

    def _keep_alive(self, until: float) -> float:
        cost = 0.0
        if self._last is None:
            return cost
        for _ in range(self._pings):
            again = self._last._replace(at=self._last.at + PING_SHARE * self._lifetime.seconds)
            if again.at >= until:
                break
            cost += cost_units(self._cache.send(again).usage, self.rules)
            self._last = again
        return cost
