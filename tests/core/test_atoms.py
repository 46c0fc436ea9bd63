"""What counts as an atom is frozen: a change here changes every figure of every replay."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.core.atoms import (
    LONGEST_IDENTIFIER,
    SHORTEST_QUOTE,
    Atom,
    Family,
    identifiers,
    negatives,
    quotable,
    quotes,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("open src/brimline/core/atoms.py:12:3", {"src/brimline/core/atoms.py"}),
        (r"D:\oh-my-posh\src\cli\init.go", {r"D:\oh-my-posh\src\cli\init.go"}),
        ("see https://example.org/a?b=c.", {"https://example.org/a"}),
        ("commit 48f428f9 and 4f8c1176-7025", {"48f428f9", "4f8c1176", "7025"}),
        ("call os.path.join(), parse_args or fooBarBaz", {"os.path.join", "parse_args", "fooBarBaz"}),
        ("port 8080 at 12 of 123", {"8080"}),
        ("the quick brown fox jumps", set()),
        ("HTTPServer CONSTANT_NAME __init__", {"CONSTANT_NAME"}),
        ("a/b", set()),
        ("x" * 300 + "_y", set()),
    ],
)
def test_identifiers_are_what_is_told_apart_by_its_shape(text: str, found: set[str]) -> None:
    assert identifiers(text) == found


def test_a_quote_is_a_line_long_enough_to_be_told_apart() -> None:
    assert quotes("  return 1\n    if value is None:\n}\n") == {"if value is None:"}


@pytest.mark.parametrize("numbered", ["     7→    if value is None:", "7\t    if value is None:"])
def test_what_can_be_quoted_of_a_read_is_without_its_numbers(numbered: str) -> None:
    assert quotable(numbered) == {"if value is None:"}


def test_a_search_that_found_nothing_leaves_an_atom() -> None:
    assert list(negatives("No files found")) == ["no files found"]


@given(st.text())
def test_any_text_has_atoms_of_the_right_length(text: str) -> None:
    assert all(4 <= len(name) <= LONGEST_IDENTIFIER for name in identifiers(text))
    assert all(len(line) >= SHORTEST_QUOTE for line in quotable(text) | quotes(text))


@given(st.text(alphabet="ab_./A1 \n"), st.text(alphabet="ab_./A1 \n"))
def test_a_text_has_the_identifiers_of_both_its_halves(one: str, other: str) -> None:
    """Cutting lines out of a block can only take atoms away, never make new ones."""
    assert identifiers(f"{one}\n{other}") == identifiers(one) | identifiers(other)


@pytest.mark.timing
@pytest.mark.parametrize("unit", ["a", "/", "a/", "_", "a.", "\\", "aB", ":1", "no ", "1"])
def test_no_text_takes_more_than_linear_time(unit: str) -> None:
    text = unit * (500_000 // len(unit))
    start = time.process_time()

    identifiers(text)
    list(negatives(text))

    assert time.process_time() - start < 2


def test_atoms_of_different_families_are_different() -> None:
    assert Atom(Family.QUOTE, "x") != Atom(Family.IDENTIFIER, "x")
