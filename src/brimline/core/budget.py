"""The window divided: who is guaranteed how many tokens, and who borrows whose idle room.

Elastic as Linux cgroups and the HTB queueing discipline are: a pool's guarantee is always its own,
room it leaves idle is lent, nearest relatives first, and goes back the moment its owner wants it.
`reserved` is lent only to critical operations.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from brimline.core.errors import BudgetError
from brimline.core.pool import RESERVED, Pool, check_shares, walk

STANDARD = (
    Pool("reserved", 0.05),
    Pool("system", 0.05, (Pool("prompt", 0.01), Pool("modes", 0.015), Pool("symbols", 0.025))),
    Pool("dynamic", 0.15, (Pool("mcp", 0.075), Pool("skills", 0.05), Pool("agents", 0.025))),
    Pool("working", 0.75, (Pool("conversation", 0.5), Pool("context", 0.15), Pool("buffer", 0.1))),
)
"""The brief's division: of 200,000 tokens 10,000 / 10,000 / 30,000 / 150,000."""

CLAUDE_CODE = (
    Pool("reserved", 0.05),
    Pool("system", 0.275, (Pool("prompt", 0.25), Pool("modes", 0.02), Pool("symbols", 0.005))),
    Pool("dynamic", 0.085, (Pool("mcp", 0.005), Pool("skills", 0.06), Pool("agents", 0.02))),
    Pool("working", 0.59, (Pool("conversation", 0.18), Pool("context", 0.245), Pool("buffer", 0.165))),
)
"""Fitted to 44 real sessions (docs/decisions/0006-presets.md): tool definitions weigh most at the start."""

PRESETS: Mapping[str, tuple[Pool, ...]] = {"standard": STANDARD, "claude-code": CLAUDE_CODE}


@dataclass(frozen=True, slots=True)
class PoolUse:
    """How one pool stands, in tokens; a parent's figures are the sums of its children's, but for `borrowed`.

    A parent's `borrowed` came from outside it: loans among its own children are its own use.
    `used` = own use within the guarantee + `borrowed` + `over` (what nobody could lend);
    `idle` is the part of its guarantee that neither it nor a borrower uses.
    """

    path: str
    guaranteed: int
    used: int
    borrowed: int
    idle: int
    over: int


@dataclass(frozen=True)
class Budget:
    """A window's tokens divided among a tree of pools.

    Raises `BudgetError` when the shares do not add up to 1 (within 0.001) or the window is not positive.
    """

    window_tokens: int
    pools: tuple[Pool, ...] = STANDARD

    def __post_init__(self) -> None:
        """Refuse a budget that does not add up."""
        if self.window_tokens <= 0:
            raise BudgetError(f"a window of {self.window_tokens} tokens cannot be divided; give it a size")
        check_shares("the budget", 1.0, self.pools)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The paths of the pools that hold tokens themselves, in order."""
        return tuple(path for path, pool in walk(self.pools) if not pool.children)

    @cached_property
    def members(self) -> dict[str, tuple[str, ...]]:
        """The leaves that every pool holds, by its path, parents before children; a leaf holds itself."""
        return {path: tuple(_under(path, self.leaves)) for path, _ in walk(self.pools)}

    @cached_property
    def guarantees(self) -> dict[str, int]:
        """Tokens guaranteed to every pool by path; the leaves add up to the window exactly."""
        shares = [pool.share for _, pool in walk(self.pools) if not pool.children]
        leaves = dict(zip(self.leaves, apportion(self.window_tokens, shares), strict=True))
        return {path: _sum(members, leaves) for path, members in self.members.items()}

    def place(self, used: Mapping[str, int]) -> dict[str, int]:
        """Return *used*, tokens by any pool's path, as tokens by the leaves of this budget.

        What has no leaf here goes to its nearest relative: a leaf of its name, else one that shares more of
        its path, else the larger. `reserved` takes in strangers only where it is the only pool.
        """
        placed: dict[str, int] = {}
        for path, tokens in used.items():
            leaf = path if path in self.leaves else self._relative_of(path)
            placed[leaf] = placed.get(leaf, 0) + tokens
        return placed

    def _relative_of(self, path: str) -> str:
        name = path.rpartition("/")[2]
        hosts = [leaf for leaf in self.leaves if not _is_reserved(leaf)] or self.leaves
        return max(
            hosts,
            key=lambda leaf: (name in leaf.split("/"), _steps_shared(leaf, path), self.guarantees[leaf]),
        )

    def allocate(self, used: Mapping[str, int], *, critical: bool = False) -> tuple[PoolUse, ...]:
        """Return how every pool stands when its leaves use *used* tokens (by path, each >= 0).

        *critical* releases the reserved pool to those whom nobody else can lend to. Raises `BudgetError`
        for a path that is no leaf, or a use below zero. The sum over leaves of own use, `borrowed` and
        `idle` is always the window.
        """
        for path, tokens in used.items():
            if path not in self.leaves:
                raise BudgetError(f"no pool {path!r} in this budget; it has {', '.join(self.leaves)}")
            if tokens < 0:
                raise BudgetError(f"pool {path!r} cannot use {tokens} tokens; count them from 0")
        return _Loans(self, used).settle(critical=critical)


class _Loans:
    """One settlement: idle room goes to whoever is over, from the nearest relatives first, reserved last."""

    def __init__(self, budget: Budget, used: Mapping[str, int]) -> None:
        self.budget = budget
        self.used = {path: used.get(path, 0) for path in budget.leaves}
        guaranteed = budget.guarantees
        self.want = {path: max(0, self.used[path] - guaranteed[path]) for path in budget.leaves}
        self.idle = {path: max(0, guaranteed[path] - self.used[path]) for path in budget.leaves}
        self.borrowed = dict.fromkeys(budget.leaves, 0)
        self.lent_within = dict.fromkeys(budget.members, 0)

    def settle(self, *, critical: bool) -> tuple[PoolUse, ...]:
        leaves = self.budget.leaves
        for pool, members in reversed(self.budget.members.items()):
            self.lent_within[pool] = self._lend(_lenders(members), members)
        self._lend(_lenders(leaves), leaves)
        if critical:
            self._lend(leaves, leaves)
        return tuple(self._stand(path, members) for path, members in self.budget.members.items())

    def _lend(self, lenders: Sequence[str], borrowers: Sequence[str]) -> int:
        """Move idle room, and return how much: each lender gives, and each borrower gets, in proportion."""
        wants, idles = [self.want[path] for path in borrowers], [self.idle[path] for path in lenders]
        moved = min(sum(wants), sum(idles))
        if not moved:
            return 0
        for path, tokens in zip(borrowers, apportion(moved, wants), strict=True):
            self.want[path] -= tokens
            self.borrowed[path] += tokens
        for path, tokens in zip(lenders, apportion(moved, idles), strict=True):
            self.idle[path] -= tokens
        return moved

    def _stand(self, path: str, members: Sequence[str]) -> PoolUse:
        return PoolUse(
            path=path,
            guaranteed=self.budget.guarantees[path],
            used=_sum(members, self.used),
            borrowed=_sum(members, self.borrowed) - _sum(_under(path, self.lent_within), self.lent_within),
            idle=_sum(members, self.idle),
            over=_sum(members, self.want),
        )


def apportion(whole: int, weights: Sequence[float]) -> list[int]:
    """Split *whole* tokens in proportion to *weights* (each >= 0), exactly: largest remainders get the rest.

    Never gives a part more than its weight when *whole* <= the sum of whole-numbered weights. Weights that
    are all zero get nothing.
    """
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    exact = [whole * weight / total for weight in weights]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda i: parts[i] - exact[i])
    for i in by_remainder[: whole - sum(parts)]:
        parts[i] += 1
    return parts


def _is_reserved(path: str) -> bool:
    return path.partition("/")[0] == RESERVED


def _lenders(paths: Iterable[str]) -> list[str]:
    return [path for path in paths if not _is_reserved(path)]


def _steps_shared(one: str, other: str) -> int:
    """Return how many steps down from the top two paths have in common."""
    steps = zip(one.split("/"), other.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], steps))


def _under(path: str, leaves: Iterable[str]) -> Iterator[str]:
    return (leaf for leaf in leaves if leaf == path or leaf.startswith(f"{path}/"))


def _sum(members: Iterable[str], tokens: Mapping[str, int]) -> int:
    return sum([tokens[path] for path in members])
