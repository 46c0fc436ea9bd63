from datetime import UTC, datetime, timedelta, timezone

import pytest

from brimline.core.ports import PriceList
from brimline.core.usage import Usage
from brimline.pricing import PriceTable, price

EACH = {
    "input": Usage(input_tokens=1000),
    "output": Usage(output_tokens=1000),
    "cache read": Usage(cache_read_tokens=1000),
    "5 m write": Usage(cache_write_5m_tokens=1000),
    "1 h write": Usage(cache_write_1h_tokens=1000),
}
PUBLISHED = {  # USD per million: input, output, cache read, 5 m write, 1 h write
    "claude-fable-5": (10, 50, 1, 12.5, 20),
    "claude-fable-5-2": (8, 40, 0.2, 10, 16),
    "claude-haiku-4-5-20251001": (1, 5, 0.1, 1.25, 2),
    "claude-haiku-5-5": (0.1, 0.5, 0.01, 0.125, 0.2),
    "claude-opus-4-5-20251101": (5, 25, 0.5, 6.25, 10),
    "claude-opus-5": (5, 25, 0.5, 6.25, 10),
    "claude-opus-5-5": (4, 20, 0.2, 5, 8),
    "claude-sonnet-4-5-20250929": (3, 15, 0.3, 3.75, 6),
    "claude-sonnet-5": (2, 10, 0.2, 2.5, 4),
    "claude-sonnet-5-5": (2, 10, 0.1, 2.5, 4),
    "gpt-4.1": (2, 8, 0.5, 2, 2),
    "gpt-5": (1.25, 10, 0.125, 1.25, 1.25),
}
CCUSAGE = {  # tokens of 3,472 real requests, and what ccusage 20.0.24 makes of them in USD
    "claude-fable-5": ((23_257, 0, 1_572_434, 45_371_731, 317_951), 92.950531),
    "claude-haiku-4-5-20251001": ((44_246, 384_198, 804_380, 7_543_056, 22_752), 3.0013191),
    "claude-opus-4-5-20251101": ((53_963, 3_867_181, 2_040_550, 130_272_953, 77_057), 111.90809775),
    "claude-opus-4-6": ((22_412, 0, 3_808_544, 107_923_593, 70_796), 93.9291965),
    "claude-opus-5": ((3_590, 0, 782_890, 68_677_754, 318_611), 50.151002),
    "claude-sonnet-4-6": ((8, 0, 37_880, 228_639, 1_564), 0.3193557),
    "claude-sonnet-5": ((497, 0, 514_519, 22_070_114, 127_051), 7.7436028),
}
LAST_TIERED_SECOND = datetime(2026, 3, 12, 23, 59, 59, tzinfo=UTC)
FIRST_FLAT_SECOND = datetime(2026, 3, 13, tzinfo=UTC)


def cost_usd(model: str, usage: Usage, at: datetime | None = None) -> float:
    found = price(model, at)
    assert found is not None
    return found.cost_usd(usage)


@pytest.mark.parametrize("model", PUBLISHED)
def test_a_model_costs_what_its_vendor_publishes(model: str) -> None:
    figures = [cost_usd(model, usage) * 1000 for usage in EACH.values()]
    assert figures == pytest.approx(PUBLISHED[model])


@pytest.mark.parametrize("model", CCUSAGE)
def test_real_sessions_cost_what_ccusage_says(model: str) -> None:
    (fresh, write_5m, write_1h, read, output), expected_usd = CCUSAGE[model]
    usage = Usage(
        input_tokens=fresh,
        cache_write_5m_tokens=write_5m,
        cache_write_1h_tokens=write_1h,
        cache_read_tokens=read,
        output_tokens=output,
    )
    assert cost_usd(model, usage) == pytest.approx(expected_usd)


def test_the_figures_of_one_request_add_up() -> None:
    usage = Usage(
        input_tokens=1, cache_write_5m_tokens=2, cache_write_1h_tokens=3, cache_read_tokens=4, output_tokens=5
    )
    assert cost_usd("claude-opus-5", usage) == pytest.approx((5 + 2 * 6.25 + 3 * 10 + 4 * 0.5 + 5 * 25) / 1e6)


@pytest.mark.parametrize(("cached", "input_rate", "output_rate"), [(199_000, 3, 15), (199_001, 6, 22.5)])
def test_beyond_a_threshold_the_whole_request_costs_more(
    cached: int, input_rate: float, output_rate: float
) -> None:
    usage = Usage(input_tokens=1000, cache_read_tokens=cached, output_tokens=100)
    expected = (1000 * input_rate + cached * input_rate / 10 + 100 * output_rate) / 1e6
    assert cost_usd("claude-sonnet-4-5", usage) == pytest.approx(expected)


def test_output_does_not_count_towards_a_threshold() -> None:
    usage = Usage(input_tokens=200_000, output_tokens=64_000)
    assert cost_usd("claude-sonnet-4-5", usage) == pytest.approx(0.6 + 0.96)


@pytest.mark.parametrize("model", ["claude-opus-4-6", "claude-sonnet-4-6"])
def test_a_dated_price_starts_at_midnight_utc(model: str) -> None:
    large = Usage(input_tokens=300_000)
    assert cost_usd(model, large, LAST_TIERED_SECOND) == pytest.approx(2 * cost_usd(model, large))
    assert cost_usd(model, large, FIRST_FLAT_SECOND) == cost_usd(model, large)


def test_a_time_is_compared_in_utc_whatever_its_zone() -> None:
    large = Usage(input_tokens=300_000)
    tokyo = FIRST_FLAT_SECOND.astimezone(timezone(timedelta(hours=9)))
    assert cost_usd("claude-opus-4-6", large, tokyo) == pytest.approx(1.5)
    assert cost_usd("claude-opus-4-6", large, LAST_TIERED_SECOND.replace(tzinfo=None)) == pytest.approx(3)


def test_the_oldest_price_holds_for_all_time_before() -> None:
    usage = Usage(input_tokens=1_000_000)
    assert cost_usd("o3", usage, datetime(1970, 1, 1, tzinfo=UTC)) == pytest.approx(10)
    assert cost_usd("o3", usage) == pytest.approx(2)


def test_the_price_list_agrees_with_the_price_at_that_second() -> None:
    prices: PriceList = PriceTable()
    large = Usage(cache_read_tokens=300_000, output_tokens=1)
    for at in (LAST_TIERED_SECOND, FIRST_FLAT_SECOND):
        assert prices.cost_usd("claude-opus-4-6", large, at.timestamp()) == cost_usd(
            "claude-opus-4-6", large, at
        )


@pytest.mark.parametrize(
    "model",
    [
        "",
        "<synthetic>",
        "claude",
        "claude-opus-4-10",
        "claude-opus-9",
        "claude-opus-4.6:batch",
        "gpt-0",
        "llama-4",
    ],
)
def test_an_unknown_model_has_no_price(model: str) -> None:
    assert price(model) is None
    assert PriceTable().cost_usd(model, Usage(input_tokens=1), 0.0) is None


def test_fast_mode_has_a_price_of_its_own() -> None:
    usage = Usage(input_tokens=1000, output_tokens=1000)
    assert cost_usd("claude-opus-5-fast", usage) == pytest.approx(2 * cost_usd("claude-opus-5", usage))
    assert price("claude-opus-4-5-fast") is None
