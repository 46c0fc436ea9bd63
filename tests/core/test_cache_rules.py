"""The rules of prompt caches: dated, and in step with the price table."""

from datetime import UTC, datetime

import pytest

from brimline.core.cache_rules import (
    BREAKS_FROM,
    FIVE_MINUTES,
    HALF_AN_HOUR,
    ONE_HOUR,
    UNPAID,
    Layer,
    Setting,
    is_surely_cold,
    rules_for,
)
from brimline.pricing import price

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("claude-opus-5", 512),
        ("claude-fable-5", 512),
        ("claude-sonnet-5", 1_024),
        ("claude-opus-4-8", 1_024),
        ("claude-opus-4-7", 4_096),
        ("claude-opus-4-6", 4_096),
        ("claude-opus-4-5-20251101", 4_096),
        ("claude-haiku-4-5-20251001", 4_096),
        ("claude-3-5-haiku-20241022", 2_048),
        ("claude-sonnet-4-5", 1_024),
        ("anthropic/claude-opus-4-1", 1_024),
        ("gpt-5.6", 1_024),
    ],
)
def test_each_model_has_its_shortest_cached_prefix(model: str, tokens: int) -> None:
    assert rules_for(model).minimum_tokens == tokens


def test_anthropic_caches_what_is_marked_for_two_lifetimes() -> None:
    rules = rules_for("claude-opus-5")
    assert rules.provider == "anthropic"
    assert rules.lifetimes == (FIVE_MINUTES, ONE_HOUR)
    assert (rules.breakpoints, rules.lookback_blocks, rules.marked) == (4, 20, True)
    assert [lifetime.write_weight for lifetime in rules.lifetimes] == [1.25, 2.0]


@pytest.mark.parametrize("model", ["gpt-5.6", "gpt-5.6-luna", "openai/gpt-6-sol", "gpt-6.1-terra"])
def test_openai_has_writes_paid_and_marks_from_gpt_5_6_on(model: str) -> None:
    rules = rules_for(model)
    assert rules.lifetimes == (HALF_AN_HOUR,)
    assert (rules.provider, rules.marked, rules.breakpoints, rules.lookback_blocks) == (
        "openai",
        True,
        4,
        None,
    )


@pytest.mark.parametrize(
    "model", ["gpt-4o-2024-08-06", "gpt-4.1", "gpt-5", "gpt-5-2025-08-07", "gpt-5.5", "o3"]
)
def test_openai_cached_unpaid_in_steps_before(model: str) -> None:
    rules = rules_for(model)
    assert rules.lifetimes == (UNPAID,)
    assert (rules.marked, rules.step_tokens) == (False, 128)


@pytest.mark.parametrize(
    "model",
    [
        "claude-opus-5",
        "claude-sonnet-4-5",
        "claude-opus-4-5",
        "gpt-4.1",
        "gpt-4o",
        "gpt-5",
        "gpt-5.6",
        "gpt-6.1-sol",
        "o4-mini",
    ],
)
def test_weights_agree_with_the_price_table(model: str) -> None:
    rules = rules_for(model)
    found = price(model, NOW)
    assert found is not None
    rates = found.tiers[0]
    assert rates.cache_read / rates.input == pytest.approx(rules.read_weight)
    assert rates.cache_write_5m / rates.input == pytest.approx(rules.lifetimes[0].write_weight)
    assert rates.cache_write_1h / rates.input == pytest.approx(rules.lifetimes[-1].write_weight)


def test_every_rule_set_says_its_day() -> None:
    assert rules_for("claude-opus-5").as_of == rules_for("gpt-5.6").as_of == "2026-11-22"


def test_every_setting_breaks_from_some_layer() -> None:
    assert set(BREAKS_FROM) == set(Setting)
    assert BREAKS_FROM[Setting.MODEL] is Layer.TOOLS
    assert BREAKS_FROM[Setting.THINKING] is Layer.MESSAGES


@pytest.mark.parametrize(("idle", "cold"), [(301, False), (347, False), (360, False), (361, True)])
def test_an_entry_is_surely_cold_only_after_a_margin(idle: float, cold: bool) -> None:
    assert is_surely_cold(idle, FIVE_MINUTES) is cold
