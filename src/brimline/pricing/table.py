"""Dated prices per model, tiers included, and the price of one call."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import groupby
from math import inf
from operator import attrgetter
from typing import Any, NamedTuple

from brimline.core.usage import Usage
from brimline.pricing.names import spellings

# Neither dataclasses nor pathlib nor msgspec: to load them takes a quarter of a refresh of `usage`.
_FILE = os.path.join(os.path.dirname(__file__), "prices.json")  # noqa: PTH118, PTH120
_MILLION = 1_000_000


class Rates(NamedTuple):
    """USD per million tokens, for calls whose window holds more than `above_tokens`."""

    since: str
    """First day (UTC, ISO 8601) of these rates; "" where none is known."""
    above_tokens: int
    input: float
    output: float
    cache_read: float
    cache_write_5m: float
    cache_write_1h: float


class Price(NamedTuple):
    """What one model costs from one day on: its tiers by ascending `above_tokens`, the first 0."""

    model: str
    tiers: tuple[Rates, ...]

    def cost_usd(self, usage: Usage) -> float:
        """Return the price in USD of *one* request; a sum of requests would land in the wrong tier."""
        rates = self.tiers[0] if len(self.tiers) == 1 else self.rates(usage)
        return (
            usage.input_tokens * rates.input
            + usage.output_tokens * rates.output
            + usage.cache_read_tokens * rates.cache_read
            + usage.cache_write_5m_tokens * rates.cache_write_5m
            + usage.cache_write_1h_tokens * rates.cache_write_1h
        ) / _MILLION

    def rates(self, usage: Usage) -> Rates:
        """Return the tier that *usage* falls into: it applies to every token of the request.

        Anthropic and OpenAI both compare the whole input, cached or not, with the threshold.
        """
        held = usage.window_tokens
        return next(
            tier for tier in reversed(self.tiers) if held > tier.above_tokens or not tier.above_tokens
        )


class ModelRow(NamedTuple):
    """A model as `prices.json` has it; `prices` is ordered by day, then by tier."""

    provider: str
    id: str
    names: tuple[str, ...]
    window_tokens: int | None
    prices: tuple[Rates, ...]


class PriceTable:
    """The table as a `PriceList`: about half a microsecond a call."""

    __slots__ = ()

    def cost_usd(self, model: str, usage: Usage, at: float) -> float | None:
        """Return the price of one request in USD at Unix time *at*, or None for an unknown model."""
        for start, dated in _history(model):
            if at >= start:
                return dated.cost_usd(usage)
        return None


def price(model: str, at: datetime | None = None) -> Price | None:
    """Return the price of *model* at *at* (naive means UTC; None means the newest), or None if unknown.

    >>> sonnet = price("claude-sonnet-4-5-20250929")
    >>> sonnet.cost_usd(Usage(input_tokens=25_000, output_tokens=5_000)) if sonnet else None
    0.15
    """
    seconds = inf if at is None else (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    return next((dated for start, dated in _history(model) if seconds >= start), None)


def find_model(model: str) -> ModelRow | None:
    """Return the row of the model that goes by this name, or None."""
    rows = _rows_by_name()
    return next((rows[name] for name in spellings(model) if name in rows), None)


@lru_cache(maxsize=1024)
def _history(model: str) -> tuple[tuple[float, Price], ...]:
    """Return (first second, price), the newest first; the oldest price holds for all time before."""
    row = find_model(model)
    if row is None:
        return ()
    dated = [
        (_first_second(since), Price(model=row.id, tiers=tuple(tiers)))
        for since, tiers in groupby(row.prices, attrgetter("since"))
    ]
    oldest = (-inf, dated[0][1])
    return (*reversed(dated[1:]), oldest)


def _first_second(since: str) -> float:
    return datetime.fromisoformat(since).replace(tzinfo=UTC).timestamp() if since else -inf


@cache
def _rows_by_name() -> Mapping[str, ModelRow]:
    """Return every model under each of its names, read once and only when first asked for."""
    with open(_FILE, encoding="utf-8") as file:  # noqa: PTH123 - see _FILE
        models: list[dict[str, Any]] = json.load(file)["models"]
    return {name: row for row in map(_read_row, models) for name in row.names}


def _read_row(model: dict[str, Any]) -> ModelRow:
    prices = tuple(Rates(**rates) for rates in model.pop("prices"))
    return ModelRow(**model, prices=prices)
