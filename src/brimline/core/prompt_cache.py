"""Simulates a provider's prompt cache: what each of a sequence of requests reads, writes and pays.

A request is a sequence of blocks in prefix order (tools, system, messages). Every prefix that was ever
seen has a number: the same blocks in the same order have the same number, so that "is this prefix
cached" is one look into a dictionary. A request takes over the numbers of what it shares with the one
before and numbers only the rest (docs/design/prompt-cache.md).
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from brimline.core.cache_rules import CacheRules, Lifetime
from brimline.core.errors import InputError
from brimline.core.usage import Usage


class Block(NamedTuple):
    """One block: what it is known by (its bytes' hash, or a name that stands for them), and its tokens.

    A setting that is part of what is cached is a block of no tokens, standing where its layer begins
    (`brimline.core.cache_rules.BREAKS_FROM`).
    """

    key: Hashable
    tokens: int


class Mark(NamedTuple):
    """A breakpoint: the prefix of the first `blocks` blocks is to be cached for this lifetime."""

    blocks: int
    lifetime: Lifetime


class Sent(NamedTuple):
    """A request: its blocks in prefix order, when it was sent (Unix time, seconds), and its marks.

    Without marks there is one after the last block, with the default lifetime, as automatic caching sets it.
    """

    blocks: Sequence[Block]
    at: float
    marks: tuple[Mark, ...] = ()


class Cause(StrEnum):
    """Why a request did not read all that the request before it had left in the cache."""

    NONE = "none"
    """It did."""
    FIRST = "first request"
    """There was none before it."""
    MINIMUM = "below the minimum"
    """What is marked is too short to be cached."""
    EXPIRED = "expired"
    """What was cached had outlived its lifetime."""
    CHANGED = "changed prefix"
    """A block before the end of what was cached and alive is another one."""
    MISSED = "missed"
    """It was there, but no mark was near enough to find it."""


class Served(NamedTuple):
    """What became of a request."""

    usage: Usage
    """Read, written and uncached tokens: together all its tokens. The default lifetime's writes count as
    `cache_write_5m_tokens`, the longer one's as `cache_write_1h_tokens`; unpaid writes as input."""
    cause: Cause = Cause.NONE
    at_block: int | None = None
    """For `CHANGED`, the first block (0-based) that differs from the request before."""
    block: Hashable = None
    """Its key; that of the block that stood there before, where the request ends before it."""
    rewritten_tokens: int = 0
    """Tokens that were cached and alive behind what was read, and were sent and paid for anew."""

    @property
    def is_bust(self) -> bool:
        """Tell whether something cached and alive had to be paid for anew."""
        return self.rewritten_tokens > 0


class _Entry(NamedTuple):
    expires: float
    lifetime: Lifetime


class _Chain(NamedTuple):
    """A request's blocks, and the number of the prefix that ends with each (the empty one first)."""

    blocks: tuple[Block, ...]
    numbers: list[int]


ROOT = 0
"""The number of the empty prefix."""


class PromptCache:
    """One provider's cache, as far as one conversation sees it."""

    def __init__(self, rules: CacheRules) -> None:
        self.rules = rules
        self._numbers: dict[tuple[int, Block], int] = {}
        self._tokens: list[int] = [0]
        self._entries: dict[int, _Entry] = {}
        self._before: _Chain = _Chain((), [ROOT])
        self._begun = False

    def warm(self, blocks: Sequence[Block], until: float, lifetime: Lifetime) -> None:
        """Let the prefix of *blocks* be cached until the time *until*: another conversation wrote it."""
        self._entries[self._chain(tuple(blocks), 0).numbers[-1]] = _Entry(until, lifetime)

    def send(self, request: Sent) -> Served:
        """Return what becomes of *request*, which is sent no earlier than the one before.

        Raises `InputError` for marks that the provider would refuse.
        """
        blocks = tuple(request.blocks)
        shared = shared_blocks(self._before.blocks, blocks)
        chain = self._chain(blocks, shared)
        marks = self._effective(chain, self._marks(request))
        hit = self._hit(chain, marks, request.at)
        served = self._explain(chain, request, marks, hit, shared)
        self._keep(chain, request.at, marks, hit)
        self._before, self._begun = chain, True
        return served

    # ------------------------------------------------------------------------------ the prefix
    def _chain(self, blocks: tuple[Block, ...], shared: int) -> _Chain:
        numbers = self._before.numbers[: shared + 1]
        above = numbers[-1]
        for block in blocks[shared:]:
            known = self._numbers.get((above, block))
            if known is None:
                known = self._numbers[above, block] = len(self._tokens)
                self._tokens.append(self._tokens[above] + block.tokens)
            above = known
            numbers.append(above)
        return _Chain(blocks, numbers)

    def _marks(self, request: Sent) -> tuple[Mark, ...]:
        if not (self.rules.marked and request.marks):
            return (Mark(len(request.blocks), self.rules.lifetimes[0]),)
        marks = tuple(sorted(request.marks))
        if len(marks) > self.rules.breakpoints:
            raise InputError(
                f"a request has {len(marks)} cache breakpoints; at most {self.rules.breakpoints} may be set"
            )
        if not 0 <= marks[0].blocks <= marks[-1].blocks <= len(request.blocks):
            raise InputError(
                f"a cache breakpoint lies outside the {len(request.blocks)} blocks of its request"
            )
        other = next((mark.lifetime for mark in marks if mark.lifetime not in self.rules.lifetimes), None)
        if other is not None:
            names = " and ".join(lifetime.name for lifetime in self.rules.lifetimes)
            raise InputError(f"{self.rules.provider} has no cache lifetime {other.name}; it has {names}")
        seconds = [mark.lifetime.seconds for mark in marks]
        if seconds != sorted(seconds, reverse=True):
            raise InputError(
                "a cache breakpoint of a longer lifetime stands behind a shorter one's; swap them"
            )
        return marks

    def _effective(self, chain: _Chain, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
        return tuple(mark for mark in marks if self._size(chain, mark.blocks) >= self.rules.minimum_tokens)

    def _size(self, chain: _Chain, blocks: int) -> int:
        return self._tokens[chain.numbers[blocks]]

    # ------------------------------------------------------------------------------ what is read
    def _alive(self, number: int, at: float) -> bool:
        entry = self._entries.get(number)
        return entry is not None and at <= entry.expires

    def _hit(self, chain: _Chain, marks: tuple[Mark, ...], at: float) -> int:
        """Return how many blocks the longest cached prefix holds that a mark finds."""
        hit = max((self._found(chain, mark.blocks, at) for mark in marks), default=0)
        return hit if self._size(chain, hit) >= self.rules.minimum_tokens else 0

    def _found(self, chain: _Chain, blocks: int, at: float) -> int:
        lookback = self.rules.lookback_blocks
        nearest = 0 if lookback is None else max(0, blocks - lookback)
        return next((n for n in range(blocks, nearest, -1) if self._alive(chain.numbers[n], at)), 0)

    # ------------------------------------------------------------------------------ what is kept
    def _keep(self, chain: _Chain, at: float, marks: tuple[Mark, ...], hit: int) -> None:
        """Write what is marked, and let what was read or marked live on from *at*."""
        if not self.rules.marked and marks:
            lifetime = marks[-1].lifetime
            self._entries.update(dict.fromkeys(chain.numbers[1:], _Entry(at + lifetime.seconds, lifetime)))
            return
        for mark in marks:
            self._live_on(chain.numbers[mark.blocks], at, mark.lifetime)
        if hit:
            number = chain.numbers[hit]
            self._live_on(number, at, self._entries[number].lifetime)

    def _live_on(self, number: int, at: float, lifetime: Lifetime) -> None:
        """Write an entry, or refresh it: one that is alive keeps its lifetime if that is the longer."""
        known = self._entries.get(number)
        if known is not None and at <= known.expires and known.lifetime.seconds > lifetime.seconds:
            lifetime = known.lifetime
        self._entries[number] = _Entry(at + lifetime.seconds, lifetime)

    # ------------------------------------------------------------------------------ what it means
    def _usage(self, chain: _Chain, marks: tuple[Mark, ...], hit: int) -> Usage:
        read = self._size(chain, hit)
        read -= read % self.rules.step_tokens
        written = dict.fromkeys(self.rules.lifetimes, 0)
        done = read
        for mark in marks:
            size = max(self._size(chain, mark.blocks), done)
            written[mark.lifetime] += size - done
            done = size
        short, *long = written.values()
        unpaid = short if self.rules.lifetimes[0].write_weight == 1 else 0
        rest = self._size(chain, len(chain.blocks)) - done
        return Usage(rest + unpaid, short - unpaid, sum(long), read)

    def _explain(
        self, chain: _Chain, request: Sent, marks: tuple[Mark, ...], hit: int, shared: int
    ) -> Served:
        usage = self._usage(chain, marks, hit)
        if not self._begun:
            return Served(usage, Cause.FIRST)
        behind = [number for number in self._before.numbers[hit + 1 :] if number in self._entries]
        if not behind:
            return Served(usage, Cause.NONE if marks or not chain.blocks else Cause.MINIMUM)
        alive = next((n for n in self._depths(hit) if self._alive(self._before.numbers[n], request.at)), 0)
        if not alive:
            return Served(usage, Cause.EXPIRED)
        rewritten = self._rewritten(chain, marks, hit, alive)
        if shared >= alive:
            return Served(usage, Cause.MISSED, rewritten_tokens=rewritten)
        there = chain if shared < len(chain.blocks) else self._before
        return Served(usage, Cause.CHANGED, shared, there.blocks[shared].key, rewritten)

    def _depths(self, hit: int) -> range:
        """Return the lengths of the last request's prefixes that are longer than *hit*, the longest first."""
        return range(len(self._before.blocks), hit, -1)

    def _rewritten(self, chain: _Chain, marks: tuple[Mark, ...], hit: int, alive: int) -> int:
        """Return the tokens behind *hit* that the last request had alive in the cache, and are sent again."""
        cached = set(self._before.blocks[hit:alive])
        end = marks[-1].blocks if marks else len(chain.blocks)
        return sum(block.tokens for block in chain.blocks[hit : max(hit, end)] if block in cached)


def simulate(requests: Iterable[Sent], rules: CacheRules) -> Iterator[Served]:
    """Yield what becomes of each of *requests*, in the order of their times."""
    cache = PromptCache(rules)
    return (cache.send(request) for request in requests)


def shared_blocks(before: tuple[Block, ...], after: tuple[Block, ...]) -> int:
    """Return how many blocks two requests have in common from their beginnings.

    Slices are compared as wholes, which is quick where blocks are the same objects: first all, then halves.
    """
    low, high = 0, min(len(before), len(after))
    if before[:high] == after[:high]:
        return high
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (middle, high) if before[low:middle] == after[low:middle] else (low, middle)
    return low
