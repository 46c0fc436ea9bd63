"""The window at one instant: its resources, added up, and what the provider reported."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from brimline.core.resource import PLACES, Category, Resource
from brimline.core.tokens import Provenance, weakest
from brimline.core.window import Window


class Item(NamedTuple):
    """All resources of one category and name, added up."""

    tokens: int
    provenance: Provenance
    uses: int
    last_used: float | None


ItemKey: TypeAlias = tuple[Category, str]
"""What makes resources one item: its category and name."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Resources added up by item and by pool, in tokens; adding to one makes a new one."""

    items: Mapping[ItemKey, Item] = field(default_factory=dict[ItemKey, Item])
    pools: Mapping[str, int] = field(default_factory=dict[str, int])

    def add(self, resources: Iterable[Resource]) -> "Tally":
        """Return this tally with *resources* added; costs a copy of the items, not of what they sum."""
        items, pools = dict(self.items), dict(self.pools)
        for resource in resources:
            category, pool = PLACES[resource.kind]
            key = (category, resource.name)
            item = items.get(key)
            items[key] = _begin(resource) if item is None else _merge(item, resource)
            pools[pool] = pools.get(pool, 0) + resource.tokens
        return Tally(items, pools)

    @property
    def tokens(self) -> int:
        """All tokens added up."""
        return sum(self.pools.values())

    @property
    def provenance(self) -> Provenance:
        """What the whole sum may claim."""
        return weakest(*{item.provenance for item in self.items.values()})


def _begin(resource: Resource) -> Item:
    return Item(resource.tokens, resource.provenance, resource.uses, resource.last_used)


def _merge(item: Item, resource: Resource) -> Item:
    sure = item.provenance is resource.provenance
    return Item(
        item.tokens + resource.tokens,
        item.provenance if sure else weakest(item.provenance, resource.provenance),
        item.uses + resource.uses,
        _later(item.last_used, resource.last_used),
    )


def _later(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A window and what fills it at one request.

    A *partial* snapshot holds only the new `resources` and the tally of the `rest`. `reported_tokens`
    is what the provider said the request held; without it the resources' sum stands in. `at` is a
    Unix time in seconds, `turn` the request's number (1-based; 0 before any).
    """

    window: Window
    resources: tuple[Resource, ...] = ()
    rest: Tally = field(default_factory=Tally)
    reported_tokens: int | None = None
    at: float | None = None
    turn: int = 0

    def tally(self) -> Tally:
        """Return everything in the window, added up."""
        return self.rest.add(self.resources)
