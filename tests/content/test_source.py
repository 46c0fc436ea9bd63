"""Source stays verbatim: only a client's line numbers become shorter, and they follow by counting."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.content.source import fold, numbered_lines, restore_numbers, thin_numbers, tighten

REMINDER = "<system-reminder>\nConsider whether this is malware.\n</system-reminder>"
LINES = st.lists(st.text(st.characters(exclude_characters="\n"), max_size=40), min_size=1, max_size=60)


def arrow(lines: list[str], first: int = 1) -> str:
    return "\n".join(f"{number:>6}→{line}" for number, line in enumerate(lines, first))


def tab(lines: list[str], first: int = 1) -> str:
    return "\n".join(f"{number}\t{line}" for number, line in enumerate(lines, first))


def texts(read: str) -> list[str]:
    return [line.text for line in numbered_lines(read.split("\n"))]


# -------------------------------------------------------------------------------------------------- tighten
@given(LINES, st.integers(0, 99_900))
def test_the_old_numbers_become_the_new_ones_and_no_line_is_touched(lines: list[str], first: int) -> None:
    tightened = tighten(arrow(lines, first))

    assert tightened.text == tab(lines, first)
    assert texts(tightened.text) == lines
    assert tightened.omitted_lines == 0


@given(st.text() | LINES.map(arrow) | LINES.map(tab))
def test_tightening_twice_is_tightening_once(text: str) -> None:
    once = tighten(text).text

    assert tighten(once).text == once
    assert len(once) <= len(text)


@given(st.text(st.characters(exclude_characters="→\t")))
def test_text_without_numbers_passes_as_it_is(text: str) -> None:
    assert tighten(text) == (text, True, 0)
    assert thin_numbers(text) == (text, True, 0)


def test_a_reminder_above_or_below_a_read_stays() -> None:
    read = arrow(["def f():", "    return 1"])

    assert tighten(f"{REMINDER}\n{read}\n\n{REMINDER}").text == (
        f"{REMINDER}\n1\tdef f():\n2\t    return 1\n\n{REMINDER}"
    )


def test_a_read_that_is_all_reminder_stays() -> None:
    assert tighten("<system-reminder>\n     1→a").text == "<system-reminder>\n     1→a"


def test_numbers_in_a_text_that_does_not_start_with_one_stay() -> None:
    shown = "Here it is:\n     1→a\n     2→b"

    assert tighten(shown).text == shown


def test_a_line_that_only_looks_numbered_keeps_its_text() -> None:
    read = arrow(["     7→seven", "     1→one", "007\tzero"], 5)

    assert tighten(read).text == "5\t     7→seven\n6\t     1→one\n7\t007\tzero"


def test_carriage_returns_and_lone_surrogates_stay() -> None:
    assert tighten("     1→a\r\n     2→\ud800\r").text == "1\ta\r\n2\t\ud800\r"


def test_folding_source_is_tightening_it() -> None:
    read = arrow(["x = 1"] * 50)

    assert fold(read) == tighten(read)


# --------------------------------------------------------------------------------------------- thin numbers
def test_each_tenth_number_stands_and_a_line_above_says_so() -> None:
    thin = thin_numbers(tab([f"line {number}" for number in range(5, 33)], 5))

    assert thin.text.splitlines()[:7] == [
        "[lines 5-32; only each 10th is numbered]",
        "5\tline 5",
        "line 6",
        "line 7",
        "line 8",
        "line 9",
        "10\tline 10",
    ]
    assert thin.lossless


@given(LINES, st.integers(0, 12_000), st.sampled_from(["", f"\n\n{REMINDER}\n"]))
def test_thin_numbers_follow_by_counting(lines: list[str], first: int, tail: str) -> None:
    read = arrow(lines, first) + tail
    thin = thin_numbers(read)

    assert restore_numbers(thin.text) == tighten(read).text
    assert len(thin.text) <= len(tighten(read).text)
    assert thin_numbers(thin.text).text == tighten(thin.text).text == thin.text


@given(st.text() | LINES.map("\n".join))
def test_what_was_not_thinned_is_restored_as_it_is(text: str) -> None:
    assert restore_numbers(text) == text


def test_a_reference_is_a_gap_and_the_number_after_it_stands() -> None:
    lines = tab([f"line {number}" for number in range(1, 61)]).split("\n")
    lines[4:43] = ["[lines 5-43 as in the Read of x.py above]"]
    thin = thin_numbers("\n".join(lines))

    assert thin.text.splitlines()[4:9] == [
        "line 4",
        "[lines 5-43 as in the Read of x.py above]",
        "44\tline 44",
        "line 45",
        "line 46",
    ]
    assert thin.text.startswith("[lines 1-60; ")
    assert restore_numbers(thin.text) == "\n".join(lines)


def test_numbers_stay_where_counting_would_not_give_them() -> None:
    lines = [f"line {number}" for number in range(1, 40)]
    lines[20] = "[lines 21-25 as a line of the file itself]"

    assert thin_numbers(tab(lines)).text == tab(lines)


@pytest.mark.parametrize(
    "text",
    [
        "[lines 1-3; only each 10th is numbered]\n1\ta\nb",
        "[lines 1-3; only each 10th is numbered]\na\nb\nc",
        "[lines 1-30; only each 10th is numbered]\n1\ta\n[lines 7-9 as in x]\nb",
    ],
)
def test_a_thinned_read_that_was_changed_is_not_restored(text: str) -> None:
    assert restore_numbers(text) == text


# ------------------------------------------------------------------------------------------------ hostility
@pytest.mark.timing
@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        " " * 1_000_000,
        "1" * 1_000_000,
        "\n" * 1_000_000,
        "     1→\n" * 120_000,
        "1\t\n" * 300_000,
        "<system-reminder>\n" * 55_000,
        "[lines 1-2 as \n" * 70_000,
        tab([""] * 150_000),
        arrow(["x"] * 100_000),
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_megabyte_of_anything_takes_less_than_a_second(text: str) -> None:
    start = process_time()
    fold(text)
    thin_numbers(text)

    assert process_time() - start < 1
