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


_NOTHING = Item(0, Provenance.EXACT, 0, None)


@dataclass(slots=True)
class _Sum:
    """An item while it is added up: a new value for each resource would take twice as long."""

    tokens: int
    provenance: Provenance
    uses: int
    last_used: float | None

    def add(self, resource: Resource) -> None:
        self.tokens += resource.tokens
        self.uses += resource.uses
        if resource.provenance is not self.provenance:
            self.provenance = weakest(self.provenance, resource.provenance)
        if self.last_used is None:
            self.last_used = resource.last_used
        elif resource.last_used is not None:
            self.last_used = max(self.last_used, resource.last_used)

    def item(self) -> Item:
        return Item(self.tokens, self.provenance, self.uses, self.last_used)


ItemKey: TypeAlias = tuple[Category, str]
"""What makes resources one item: its category and name."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Resources added up by item and by pool, in tokens; adding to one makes a new one."""

    items: Mapping[ItemKey, Item] = field(default_factory=dict[ItemKey, Item])
    pools: Mapping[str, int] = field(default_factory=dict[str, int])

    def add(self, resources: Iterable[Resource]) -> "Tally":
        """Return this tally with *resources* added; costs a copy of the items, not of what they sum."""
        pools = dict(self.pools)
        sums: dict[ItemKey, _Sum] = {}
        for resource in resources:
            category, pool = PLACES[resource.kind]
            pools[pool] = pools.get(pool, 0) + resource.tokens
            key = (category, resource.name)
            growing = sums.get(key)
            if growing is None:
                growing = sums[key] = _Sum(*self.items.get(key, _NOTHING))
            growing.add(resource)
        return Tally({**self.items, **{key: growing.item() for key, growing in sums.items()}}, pools)

    @property
    def tokens(self) -> int:
        """All tokens added up."""
        return sum(self.pools.values())

    @property
    def provenance(self) -> Provenance:
        """What the whole sum may claim."""
        return weakest(*{item.provenance for item in self.items.values()})


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
