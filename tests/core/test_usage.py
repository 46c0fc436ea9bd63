"""Usage adds up figure by figure, and the window holds what went in."""

from hypothesis import given
from hypothesis import strategies as st

from brimline.core.usage import Usage

tokens = st.integers(0, 1_000_000)
usages = st.builds(
    Usage,
    input_tokens=tokens,
    cache_write_5m_tokens=tokens,
    cache_write_1h_tokens=tokens,
    cache_read_tokens=tokens,
    output_tokens=tokens,
)

ONE_OF_EACH = Usage(
    input_tokens=1,
    cache_write_5m_tokens=10,
    cache_write_1h_tokens=100,
    cache_read_tokens=1_000,
    output_tokens=10_000,
)


def test_cache_writes_count_whatever_their_lifetime() -> None:
    assert ONE_OF_EACH.cache_write_tokens == 110


def test_the_window_holds_input_writes_and_reads_but_no_output() -> None:
    assert ONE_OF_EACH.window_tokens == 1_111


@given(usages, usages)
def test_a_sum_holds_what_both_hold(one: Usage, other: Usage) -> None:
    both = one + other

    assert both.window_tokens == one.window_tokens + other.window_tokens
    assert both.cache_write_tokens == one.cache_write_tokens + other.cache_write_tokens
    assert both.output_tokens == one.output_tokens + other.output_tokens
    assert both == other + one


@given(usages)
def test_adding_no_usage_changes_nothing(usage: Usage) -> None:
    assert usage + Usage() == usage
