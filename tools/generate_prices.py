"""Write `src/brimline/pricing/prices.json` from genai-prices (`make prices`).

Usage: python tools/generate_prices.py [FILE]

What is kept: every Claude model of Anthropic, each with its fast mode where it has one, and OpenAI's
text models whose window is known. genai-prices falls back to a more general price where a special
one is missing (a cache read without a price is input); here that is written out, so that each row of
the file is complete. A rule this cannot express faithfully stops it: a wrong price is worse than an
unknown model.
"""

import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from genai_prices.data import providers
from genai_prices.types import (
    ClauseContains,
    ClauseEquals,
    ClauseOr,
    ClauseRegex,
    ClauseStartsWith,
    MatchLogic,
    ModelInfo,
    ModelPrice,
    StartDateConstraint,
    TieredPrices,
)

TABLE = Path(__file__).parents[1] / "src" / "brimline" / "pricing" / "prices.json"

NOT_TEXT = ("audio", "computer-use", "image", "moderation", "realtime", "search", "transcribe", "tts")
"""Parts of OpenAI ids that are priced in tokens but are no text models."""

FALLBACKS = {
    "input": ("input_mtok",),
    "output": ("output_mtok",),
    "cache_read": ("cache_read_mtok", "input_mtok"),
    "cache_write_5m": ("cache_write_mtok", "input_mtok"),
    "cache_write_1h": ("cache_write_1h_mtok", "cache_write_mtok", "input_mtok"),
}
"""Our figure -> genai-prices' keys in the order in which it bills that token."""

DATE_RULE = re.compile(r"-(?:\[-@\])?(?:\\d\{8\}|\\d\{4\}-\\d\{2\}-\\d\{2\})\$$|\[-@\]\\d\{8\}\$$")
PARTIAL_DATE = re.compile(r"[-@](?:20\d*)?$")
VERSION_TAIL = re.compile(r"-v$")


class Row(NamedTuple):
    """A model as the file has it."""

    provider: str
    id: str
    names: list[str]
    window_tokens: int | None
    prices: list[dict[str, str | float]]


def write_table(target: Path) -> None:
    """Write the whole table to *target*, a model per block, sorted by provider and id."""
    blocks = ",\n".join(f"  {render_row(row)}" for row in sorted(collect_rows()))
    head = json.dumps(f"genai-prices {version('genai-prices')}")
    target.write_text(f'{{\n "generated_from": {head},\n "models": [\n{blocks}\n ]\n}}\n', encoding="utf-8")


def render_row(row: Row) -> str:
    """Return *row* as JSON, a line for the model and one for each dated price and tier of it."""
    head = json.dumps({name: value for name, value in row._asdict().items() if name != "prices"})
    lines = ",\n".join(f"   {json.dumps(price)}" for price in row.prices)
    return f'{head[:-1]}, "prices": [\n{lines}\n  ]}}'


def collect_rows() -> Iterator[Row]:
    """Yield a row for each kept model and for each fast mode."""
    for provider in providers:
        if provider.id in {"anthropic", "openai"}:
            for model in provider.models:
                if is_kept(provider.id, model):
                    yield row_of(provider.id, model, dated_prices(model), fast="")
                    yield from fast_rows(provider.id, model)


def is_kept(provider: str, model: ModelInfo) -> bool:
    """Say whether *model* is a text model of *provider* with prices for input and output."""
    if provider == "anthropic":
        return True
    prices = dated_prices(model)[-1][1]
    keys = {key for key, value in vars(prices).items() if value is not None}
    text_only = not any("audio" in key or "image" in key for key in keys)
    named_text = not any(part in model.id for part in NOT_TEXT) and not model.id.startswith("ft:")
    return (
        model.context_window is not None
        and {"input_mtok", "output_mtok"} <= keys
        and text_only
        and named_text
    )


def fast_rows(provider: str, model: ModelInfo) -> Iterator[Row]:
    """Yield the row of *model*'s fast mode, named `<id>-fast`, where it has one."""
    for variant in model.price_variants or ():
        if variant.when == {"speed": "fast"}:
            if variant.constraint is not None:
                raise SystemExit(f"{model.id}: a dated fast mode needs a rule here")
            yield row_of(provider, model, [("", variant.prices)], fast="-fast")


def row_of(provider: str, model: ModelInfo, dated: list[tuple[str, ModelPrice]], fast: str) -> Row:
    """Return the row of *model* under `id + fast`."""
    return Row(
        provider=provider,
        id=model.id + fast,
        names=sorted({name + fast for name in [model.id, *names_of(model.id, model.match)]}),
        window_tokens=model.context_window,
        prices=[rates for start, price in dated for rates in tiers_of(start, price)],
    )


def names_of(model: str, rule: MatchLogic) -> Iterator[str]:
    """Yield the names *rule* stands for, without dates (the reader strips those before it looks)."""
    match rule:
        case ClauseOr(or_=parts):
            for part in parts:
                yield from names_of(model, part)
        case ClauseEquals(equals=name):
            yield name
        case ClauseStartsWith(starts_with=prefix):
            yield PARTIAL_DATE.sub("", prefix)
        case ClauseContains(contains=name):
            yield VERSION_TAIL.sub("", name)
        case ClauseRegex(regex=pattern) if DATE_RULE.search(pattern):
            yield DATE_RULE.sub("", pattern).removeprefix("^").replace("\\.", ".")
        case _:
            raise SystemExit(f"{model}: a matching rule this tool does not know: {rule}")


def dated_prices(model: ModelInfo) -> list[tuple[str, ModelPrice]]:
    """Return (first day in UTC or "", prices), oldest first."""
    if isinstance(model.prices, ModelPrice):
        return [("", model.prices)]
    dated = [(start_of(model.id, price.constraint), price.prices) for price in model.prices]
    if [start for start, _ in dated] != sorted({start for start, _ in dated}):
        raise SystemExit(f"{model.id}: its prices are not in the order of their dates")
    return dated


def start_of(model: str, constraint: object) -> str:
    """Return the day a price starts, "" for always."""
    if constraint is None:
        return ""
    if not isinstance(constraint, StartDateConstraint):
        raise SystemExit(f"{model}: a price condition this tool does not know: {constraint}")
    day: date = constraint.start_date
    return day.isoformat()


def tiers_of(start: str, price: ModelPrice) -> Iterator[dict[str, str | float]]:
    """Yield one complete row of rates (USD per million tokens) for each tier of *price*."""
    found = [value for value in vars(price).values() if isinstance(value, TieredPrices)]
    for above in sorted({0, *(tier.start for value in found for tier in value.tiers)}):
        rates = {name: rate_of(price, keys, above) for name, keys in FALLBACKS.items()}
        yield {"since": start, "above_tokens": above, **rates}


def rate_of(price: ModelPrice, keys: tuple[str, ...], above: int) -> float:
    """Return the rate of the first of *keys* that has one, in the tier that starts at *above*."""
    value = next(found for key in keys if (found := vars(price).get(key)) is not None)
    if isinstance(value, Decimal):
        return float(value)
    reached = [tier.price for tier in value.tiers if tier.start <= above]
    return float(reached[-1] if reached else value.base)


if __name__ == "__main__":
    write_table(Path(sys.argv[1]) if len(sys.argv) > 1 else TABLE)
