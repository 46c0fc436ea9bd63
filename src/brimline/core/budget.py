"""The window divided: who is guaranteed how many tokens, and who borrows whose idle room.

Elastic as Linux cgroups and the HTB queueing discipline are: a pool's guarantee is always its own,
room it leaves idle is lent, nearest relatives first, and goes back the moment its owner wants it.
`reserved` is lent only to critical operations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

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
    Pool("system", 0.22, (Pool("prompt", 0.18), Pool("modes", 0.03), Pool("symbols", 0.01))),
    Pool("dynamic", 0.08, (Pool("mcp", 0.04), Pool("skills", 0.03), Pool("agents", 0.01))),
    Pool("working", 0.65, (Pool("conversation", 0.25), Pool("context", 0.2), Pool("buffer", 0.2))),
)
"""Fitted to measured Claude Code sessions (docs/design/budget.md): tool definitions weigh most at the start."""

PRESETS: Mapping[str, tuple[Pool, ...]] = {"standard": STANDARD, "claude-code": CLAUDE_CODE}


@dataclass(frozen=True, slots=True)
class PoolUse:
    """How one pool stands, in tokens; a parent's figures are the sums of its children's.

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
            raise BudgetError(f"a window of {self.window_tokens} tokens cannot be divided; give a positive size")
        check_shares("the budget", 1.0, self.pools)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The paths of the pools that hold tokens themselves, in order."""
        return tuple(path for path, pool in walk(self.pools) if not pool.children)

    @cached_property
    def guarantees(self) -> dict[str, int]:
        """Tokens guaranteed to every pool by path; the leaves add up to the window exactly."""
        shares = [pool.share for _, pool in walk(self.pools) if not pool.children]
        leaves = dict(zip(self.leaves, apportion(self.window_tokens, shares), strict=True))
        return {path: _sum_under(path, leaves) for path, _ in walk(self.pools)}

    def allocate(self, used: Mapping[str, int], *, critical: bool = False) -> tuple[PoolUse, ...]:
        """Return how every pool stands when its leaves use *used* tokens (by path, each >= 0).

        *critical* releases the reserved pool to borrowers. Raises `BudgetError` for a path that is
        no leaf. The sum over leaves of own use, `borrowed` and `idle` is always the window.
        """
        stranger = next((path for path in used if path not in self.leaves), None)
        if stranger is not None:
            raise BudgetError(f"no pool {stranger!r} in this budget; it has {', '.join(self.leaves)}")
        return _Loans(self, used, critical=critical).settle()


class _Loans:
    """One settlement: idle room goes to those over their guarantee, nearest relatives first."""

    def __init__(self, budget: Budget, used: Mapping[str, int], *, critical: bool) -> None:
        self.budget = budget
        self.used = {path: used.get(path, 0) for path in budget.leaves}
        guaranteed = budget.guarantees
        self.want = {path: max(0, self.used[path] - guaranteed[path]) for path in budget.leaves}
        self.idle = {path: max(0, guaranteed[path] - self.used[path]) for path in budget.leaves}
        self.borrowed = dict.fromkeys(budget.leaves, 0)
        self.critical = critical

    def settle(self) -> tuple[PoolUse, ...]:
        for path, pool in reversed(list(walk(self.budget.pools))):
            if pool.children:
                self._lend([leaf for leaf in self.budget.leaves if leaf.startswith(f"{path}/")])
        self._lend(self.budget.leaves)
        return tuple(self._stand(path) for path, _ in walk(self.budget.pools))

    def _lend(self, members: Sequence[str]) -> None:
        """Move idle room among *members*: each gets, and each gives, in proportion."""
        lenders = [path for path in members if self.critical or path.split("/")[0] != RESERVED]
        wants, idles = [self.want[path] for path in members], [self.idle[path] for path in lenders]
        moved = min(sum(wants), sum(idles))
        for path, tokens in zip(members, apportion(moved, wants), strict=True):
            self.want[path] -= tokens
            self.borrowed[path] += tokens
        for path, tokens in zip(lenders, apportion(moved, idles), strict=True):
            self.idle[path] -= tokens

    def _stand(self, path: str) -> PoolUse:
        return PoolUse(
            path=path,
            guaranteed=self.budget.guarantees[path],
            used=_sum_under(path, self.used),
            borrowed=_sum_under(path, self.borrowed),
            idle=_sum_under(path, self.idle),
            over=_sum_under(path, self.want),
        )


def apportion(whole: int, weights: Sequence[float]) -> list[int]:
    """Split *whole* tokens in proportion to *weights* (each >= 0), exactly: largest remainders get the rest.

    Never gives a part more than its weight when *whole* <= sum of integer weights. All zero weights give zeros
    for a *whole* of 0.
    """
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    exact = [whole * weight / total for weight in weights]
    # A hair of tolerance keeps 200,000 x 0.015 = 2,999.9999... at 3,000.
    parts = [int(share + 1e-6) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda i: parts[i] - exact[i])
    for i in by_remainder[: whole - sum(parts)]:
        parts[i] += 1
    return parts


def _sum_under(path: str, leaves: Mapping[str, int]) -> int:
    return sum(tokens for leaf, tokens in leaves.items() if leaf == path or leaf.startswith(f"{path}/"))
