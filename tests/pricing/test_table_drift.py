"""The table against genai-prices, its source; skipped in words where that is not installed."""

import importlib
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import brimline.pricing.table
from brimline.core.usage import Usage
from brimline.pricing import price
from brimline.pricing.table import ModelRow, _rows_by_name

genai_prices = pytest.importorskip(
    "genai_prices",
    reason="genai-prices is not installed; it comes with requirements-dev.txt",
    exc_type=ImportError,
)

TOOL = Path(__file__).parents[2] / "tools" / "generate_prices.py"
TABLE = Path(brimline.pricing.table.__file__).with_name("prices.json")
ROWS = {row.id: row for row in _rows_by_name().values()}
STANDARD = [row.id for row in ROWS.values() if not row.id.endswith("-fast")]
DAYS = [datetime(year, month, 13, tzinfo=UTC) for year in (2024, 2025, 2026) for month in (1, 3, 8, 11)]
USAGES = [
    Usage(
        input_tokens=held // 5,
        cache_write_5m_tokens=held // 10,
        cache_write_1h_tokens=held // 10,
        cache_read_tokens=held - held // 5 - 2 * (held // 10),
        output_tokens=1000,
    )
    for held in (100, 100_000, 100_001, 200_000, 200_001, 272_000, 272_001, 900_000)
]


def source_cost_usd(row: ModelRow, name: str, usage: Usage, at: datetime) -> float:
    """Return what genai-prices says one request costs."""
    found = genai_prices.calc_price(
        genai_prices.Usage(
            input_tokens=usage.window_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            cache_write_1h_tokens=usage.cache_write_1h_tokens,
            cache_read_tokens=usage.cache_read_tokens,
            output_tokens=usage.output_tokens,
        ),
        model_ref=name,
        provider_id=row.provider,
        genai_request_timestamp=at,
    )
    return float(found.total_price)


def test_the_committed_table_is_what_make_prices_writes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, TOOL, tmp_path / "prices.json"], check=True)
    assert (tmp_path / "prices.json").read_text() == TABLE.read_text(), "run `make prices`"


@pytest.mark.parametrize("model", STANDARD)
def test_our_arithmetic_agrees_with_its_source_at_every_date_and_tier(model: str) -> None:
    for at in DAYS:
        dated = price(model, at)
        assert dated is not None
        for usage in USAGES:
            assert dated.cost_usd(usage) == pytest.approx(source_cost_usd(ROWS[model], model, usage, at))


@pytest.mark.parametrize("model", STANDARD)
def test_every_name_of_a_model_is_that_model_to_the_source_too(model: str) -> None:
    usage, at = USAGES[0], DAYS[-1]
    expected = source_cost_usd(ROWS[model], model, usage, at)
    for name in ROWS[model].names:
        assert source_cost_usd(ROWS[model], name, usage, at) == pytest.approx(expected), name


def test_every_claude_model_of_the_source_is_in_the_table() -> None:
    source = importlib.import_module("genai_prices.data")
    (anthropic,) = (provider for provider in source.providers if provider.id == "anthropic")
    assert {model.id for model in anthropic.models} <= ROWS.keys()
