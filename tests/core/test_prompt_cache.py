"""The simulated prompt cache: what is read, written and paid, and why something was rebuilt."""

from collections.abc import Sequence
from time import perf_counter

import pytest

from bench.caching import growing_requests
from brimline.core.cache_rules import FIVE_MINUTES, HALF_AN_HOUR, ONE_HOUR, rules_for
from brimline.core.errors import InputError
from brimline.core.prompt_cache import (
    Block,
    Cause,
    Mark,
    PromptCache,
    Sent,
    Served,
    shared_blocks,
    simulate,
)
from brimline.core.usage import Usage

ANTHROPIC = rules_for("claude-opus-5")
SYSTEM = Block("system", 10_000)


def named(names: str, tokens: int = 1_000) -> tuple[Block, ...]:
    """Return a block for each letter, behind the system prompt."""
    return (SYSTEM, *(Block(name, tokens) for name in names))


def served(*requests: Sent, model: str = "claude-opus-5") -> list[Served]:
    return list(simulate(requests, rules_for(model)))


def ends(blocks: Sequence[Block], *at: int) -> tuple[Mark, ...]:
    return tuple(Mark(number, FIVE_MINUTES) for number in (*at, len(blocks)))


# ------------------------------------------------------------------------------- reading and writing
def test_what_was_written_is_read_and_only_the_rest_is_written() -> None:
    first, second = served(Sent(named("a"), 0), Sent(named("abc"), 10))
    assert first == Served(Usage(0, 11_000, 0, 0), Cause.FIRST)
    assert second == Served(Usage(0, 2_000, 0, 11_000))


def test_what_stands_behind_the_last_mark_is_not_cached() -> None:
    first, second = served(Sent(named("ab"), 0, ends((), 2)[:1]), Sent(named("ab"), 1, ends((), 2)[:1]))
    assert first.usage == Usage(1_000, 11_000, 0, 0)
    assert second.usage == Usage(1_000, 0, 0, 11_000)


def test_an_entry_lives_five_minutes_from_its_last_use() -> None:
    causes = [one.cause for one in served(*(Sent(named("a"), at) for at in (0, 299, 598, 899)))]
    assert causes == [Cause.FIRST, Cause.NONE, Cause.NONE, Cause.EXPIRED]


def test_an_hour_is_dearer_to_write_and_lives_an_hour() -> None:
    marks = (Mark(2, ONE_HOUR),)
    first, second = served(Sent(named("a"), 0, marks), Sent(named("a"), 3_500, marks))
    assert first.usage.cache_write_1h_tokens == 11_000
    assert second.usage.cache_read_tokens == 11_000


def test_lifetimes_may_be_mixed_the_longer_one_first() -> None:
    blocks = named("a")
    marks = (Mark(1, ONE_HOUR), Mark(2, FIVE_MINUTES))
    first, second = served(Sent(blocks, 0, marks), Sent(blocks, 1_000, marks))
    assert first.usage == Usage(0, 1_000, 10_000, 0)
    assert second == Served(Usage(0, 1_000, 0, 10_000), Cause.EXPIRED)


def test_a_short_prefix_is_not_cached_and_nothing_says_so() -> None:
    small = (Block("a", 500),)
    first, second = served(Sent(small, 0), Sent(small, 1))
    assert first.usage == second.usage == Usage(500)
    assert second.cause is Cause.MINIMUM


def test_what_another_session_left_is_read_by_the_first_request() -> None:
    cache = PromptCache(ANTHROPIC)
    cache.warm((SYSTEM,), until=100, lifetime=ONE_HOUR)
    blocks = named("a")
    assert cache.send(Sent(blocks, 50, ends(blocks, 1))).usage == Usage(0, 1_000, 0, 10_000)


def test_an_old_prefix_is_still_found_after_going_back() -> None:
    results = served(Sent(named("ab"), 0), Sent(named("abcd"), 1), Sent(named("abx"), 2))
    assert results[-1].usage == Usage(0, 1_000, 0, 12_000)
    assert not results[-1].is_bust  # what was left behind was not sent again


def test_a_request_without_blocks_costs_nothing() -> None:
    assert served(Sent((), 0), Sent((), 1))[1] == Served(Usage())


# ------------------------------------------------------------------------------------- busts, and why
def test_a_changed_block_makes_all_behind_it_anew_and_is_named() -> None:
    before, after = named("abcd"), named("axcd")
    result = served(Sent(before, 0, ends(before, 2)), Sent(after, 1, ends(after, 2)))[1]
    assert (result.cause, result.at_block, result.block) == (Cause.CHANGED, 2, "x")
    assert result.usage == Usage(0, 3_000, 0, 11_000)
    assert result.rewritten_tokens == 2_000
    assert result.is_bust


def test_a_deep_cut_without_a_mark_there_falls_back_to_the_system_prompt() -> None:
    before = named("abcdefghijklmnopqrstuvwxyz")
    after = (*before[:2], *before[3:])
    kept = served(Sent(before, 0, ends(before, 1)), Sent(after, 1, ends(after, 1)))[1]
    assert kept.usage.cache_read_tokens == 10_000
    assert (kept.block, kept.rewritten_tokens) == ("c", 25_000)  # `a` too


def test_a_removed_end_is_named_by_what_stood_there() -> None:
    before, after = named("abc"), named("ab")
    result = served(Sent(before, 0, ends(before, 1)), Sent(after, 1, ends(after, 1)))[1]
    assert (result.cause, result.block) == (Cause.CHANGED, "c")


def test_a_setting_is_a_block_without_tokens_and_names_itself() -> None:
    on = (SYSTEM, Block("thinking on", 0), *named("abc")[1:])
    off = (SYSTEM, Block("thinking off", 0), *named("abc")[1:])
    marked = [Sent(blocks, at, ends(blocks, 1)) for at, blocks in enumerate((on, off, on))]
    _, second, third = served(*marked)
    assert (second.cause, second.block) == (Cause.CHANGED, "thinking off")
    assert second.usage.cache_read_tokens == 10_000
    assert third.usage.cache_read_tokens == 13_000  # the entry of the first is still there


def test_a_turn_of_more_than_twenty_blocks_misses_what_is_there() -> None:
    before, after = named("a"), named("a" + "bcdefghijklmnopqrstuvwxyz"[:20])
    result = served(Sent(before, 0), Sent(after, 1))[1]
    assert (result.cause, result.usage.cache_read_tokens) == (Cause.MISSED, 0)
    assert result.rewritten_tokens == 11_000
    near = served(Sent(before, 0), Sent(after, 1, ends(after, 15)))[1]
    assert near.usage.cache_read_tokens == 11_000


def test_a_change_after_expiry_is_an_expiry_and_no_bust() -> None:
    result = served(Sent(named("abc"), 0), Sent(named("axc"), 1_000))[1]
    assert (result.cause, result.is_bust) == (Cause.EXPIRED, False)


# ----------------------------------------------------------------------------------------- OpenAI
def test_openai_before_5_6_reads_whatever_agrees_in_steps_and_writes_for_nothing() -> None:
    before = (Block("a", 1_000), Block("b", 1_000))
    after = (Block("a", 1_000), Block("b", 1_000), Block("c", 500))
    first, second = served(Sent(before, 0), Sent(after, 1), model="gpt-5")
    assert first.usage == Usage(2_000)
    assert second.usage == Usage(500 + 2_000 - 1_920, 0, 0, 1_920)


def test_openai_before_5_6_needs_no_mark_where_two_prompts_part() -> None:
    one, two = named("abc"), named("xyz")
    assert served(Sent(one, 0), Sent(two, 1), model="gpt-5")[1].usage.cache_read_tokens == 9_984


def test_openai_before_5_6_reads_nothing_short() -> None:
    one, two = (Block("a", 600), Block("b", 600)), (Block("a", 600), Block("c", 600))
    assert served(Sent(one, 0), Sent(two, 1), model="gpt-5")[1].usage.cache_read_tokens == 0


def test_openai_from_5_6_pays_for_writes_and_looks_back_over_all_blocks() -> None:
    before, after = named("a"), named("abcdefghijklmnopqrstuvwxyz")
    first, second = served(Sent(before, 0), Sent(after, 1_700), model="gpt-5.6")
    assert first.usage == Usage(0, 11_000)
    assert second.usage == Usage(0, 25_000, 0, 11_000)


# ---------------------------------------------------------------------------------------- refusals
@pytest.mark.parametrize(
    ("marks", "sentence"),
    [
        (ends((), 1, 2, 3, 4), "5 cache breakpoints; at most 4"),
        ((Mark(7, FIVE_MINUTES),), "outside the 5 blocks"),
        ((Mark(-1, FIVE_MINUTES),), "outside the 5 blocks"),
        ((Mark(1, HALF_AN_HOUR),), "anthropic has no cache lifetime 30m; it has 5m and 1h"),
        ((Mark(1, FIVE_MINUTES), Mark(2, ONE_HOUR)), "longer lifetime stands behind"),
    ],
)
def test_marks_that_the_provider_refuses_are_refused(marks: tuple[Mark, ...], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        PromptCache(ANTHROPIC).send(Sent(named("abcd"), 0, marks))


# ------------------------------------------------------------------------------------------- speed
@pytest.mark.parametrize(
    ("before", "after", "shared"),
    [
        ("", "", 0),
        ("a", "", 0),
        ("abc", "abc", 3),
        ("abc", "abcd", 3),
        ("abc", "xbc", 0),
        ("abcde", "abxde", 2),
    ],
)
def test_what_two_requests_share_is_found_by_halves(before: str, after: str, shared: int) -> None:
    assert shared_blocks(named(before)[1:], named(after)[1:]) == shared


@pytest.mark.timing
@pytest.mark.parametrize("model", ["claude-opus-5", "gpt-5", "gpt-5.6"])
def test_a_thousand_requests_of_two_thousand_blocks_take_well_under_a_second(model: str) -> None:
    requests = growing_requests(1_000, 2_000)
    begun = perf_counter()
    results = list(simulate(requests, rules_for(model)))
    assert perf_counter() - begun < 0.6
    assert sum(result.is_bust for result in results) == 10
