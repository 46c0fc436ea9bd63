"""A pool: a named share of the window that may lend what it does not need."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import fsum
from typing import cast

from brimline.core.errors import BudgetError

SHARE_TOLERANCE = 0.001
"""How far sibling shares may be off their parent's share: room for decimals written by hand."""

DEEPEST_TREE = 8
"""Pools within pools that a tree may have: beyond what anybody writes by hand, below what recursion bears."""

RESERVED = "reserved"
"""The one pool that never lends, except to a critical operation."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A node of the budget's tree.

    `share` is of the whole window, 0..1; a pool with `children` holds exactly their shares.
    """

    name: str
    share: float
    children: tuple["Pool", ...] = ()

    def __post_init__(self) -> None:
        """Refuse shares that cannot be, naming the pool."""
        if not self.name.strip() or "/" in self.name or not self.name.isprintable():
            raise BudgetError(f"pool name {self.name!r} must be a printable word without '/'")
        if not 0 <= self.share <= 1 + SHARE_TOLERANCE:
            raise BudgetError(f"pool {self.name!r} has share {self.share}; a share lies between 0 and 1")
        if self.children:
            check_shares(self.name, self.share, self.children)


def check_shares(owner: str, whole: float, pools: tuple[Pool, ...]) -> None:
    """Raise `BudgetError` unless *pools* have distinct names and their shares add up to *whole*."""
    names = [pool.name for pool in pools]
    if not names:
        raise BudgetError(f"{owner} holds no pool; give it at least one")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BudgetError(f"{owner} holds pool {twice[0]!r} twice; give each pool its own name")
    total = fsum(pool.share for pool in pools)
    # 1 - 0.999 is a hair above 0.001 in binary.
    if abs(total - whole) > SHARE_TOLERANCE + 1e-9:
        told = f"{', '.join(names)}) add up to {total:.4g}, not {whole:.4g}"
        raise BudgetError(f"the shares in {owner} ({told}; mend one of them")


def parse_pools(block: Mapping[str, object], owner: str = "pools") -> tuple[Pool, ...]:
    """Read a tree of pools from plain data: name -> share (0..1), or name -> the pools inside.

    Raises `BudgetError` naming the pool whose value is neither, or that lies too deep.
    """
    return _parse_pools(block, owner, DEEPEST_TREE)


def _parse_pools(block: Mapping[str, object], owner: str, depth: int) -> tuple[Pool, ...]:
    if not block:
        raise BudgetError(f"{owner} is empty; give it a share (0..1) or pools inside it")
    if not depth:
        raise BudgetError(f"{owner} lies more than {DEEPEST_TREE} pools deep; make the tree flatter")
    return tuple(_parse_pool(name, value, f"{owner}.{name}", depth) for name, value in block.items())


def _parse_pool(name: str, value: object, path: str, depth: int) -> Pool:
    if isinstance(value, Mapping):
        children = _parse_pools(cast("Mapping[str, object]", value), path, depth - 1)
        return Pool(name, fsum(child.share for child in children), children)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise BudgetError(f"{path} is {value!r:.60}; give it a share (0..1) or pools inside it")
    return Pool(name, float(value))


def walk(pools: tuple[Pool, ...], above: str = "") -> Iterator[tuple[str, Pool]]:
    """Yield every pool with its path (`dynamic/mcp`), parents before children, in order."""
    for pool in pools:
        path = f"{above}{pool.name}"
        yield path, pool
        yield from walk(pool.children, f"{path}/")
