"""The window holds what went in."""

from brimline.core.usage import Usage

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
