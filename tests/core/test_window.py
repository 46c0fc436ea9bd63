"""A window has a size some model has, and a line inside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.core.errors import ConfigError
from brimline.core.window import (
    LARGEST_WINDOW_TOKENS,
    SMALLEST_WINDOW_TOKENS,
    LineSource,
    Window,
    check_window_tokens,
    default_line_tokens,
)

sizes = st.integers(SMALLEST_WINDOW_TOKENS, LARGEST_WINDOW_TOKENS)


def test_an_unnamed_window_holds_200_000_tokens() -> None:
    assert Window(None) == Window(None, 200_000, 200_000, LineSource.DEFAULT)


@given(sizes)
def test_any_size_a_model_may_have_is_taken(size: int) -> None:
    assert check_window_tokens(size) == size
    assert Window("m", size, default_line_tokens(size)).size_tokens == size


@pytest.mark.parametrize("size", [-200_000, 0, 999, 100_000_001])
def test_a_size_no_model_has_is_refused_with_the_allowed_range(size: int) -> None:
    with pytest.raises(
        ConfigError, match=f"^window is {size}; give a window between 1,000 and 100,000,000 tokens$"
    ):
        Window("m", size, 1)


def test_the_key_that_holds_a_refused_size_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^window\.size is 5; "):
        check_window_tokens(5, "window.size")


@pytest.mark.parametrize("line", [-1, 0, 200_001])
def test_a_line_outside_its_window_is_refused(line: int) -> None:
    with pytest.raises(ConfigError, match=f"a line of {line} tokens lies outside its window of 200000"):
        Window("m", 200_000, line)


@pytest.mark.parametrize(
    ("size", "line"),
    [(200_000, 168_000), (1_000_000, 968_000), (64_000, 32_000), (32_000, 16_000), (1_000, 500)],
)
def test_the_line_leaves_room_for_an_answer_and_at_least_half_the_window(size: int, line: int) -> None:
    assert default_line_tokens(size) == line


@given(sizes)
def test_the_line_of_any_window_lies_inside_it(size: int) -> None:
    assert 0 < default_line_tokens(size) < size
