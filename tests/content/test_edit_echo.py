"""An edit's answer keeps its sentence; the snippet, which the call's input says, goes."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.content.edit_echo import fold, tighten

SAID = "The file /home/dev/x.py has been updated."
OPENING = f"{SAID} Here's the result of running `cat -n` on a snippet of the edited file:"


@pytest.mark.parametrize("mark", ["→", "\t"])
def test_the_snippet_goes_and_the_sentence_stays(mark: str) -> None:
    text = f"{OPENING}\n     9{mark}def f():\n    10{mark}    return 1\r\n    11{mark}"

    assert tighten(text) == (SAID, False, 3)


def test_what_a_client_adds_below_the_snippet_stays() -> None:
    reminder = "\n\n<system-reminder>\nThe file has problems: 1→ is no number.\n</system-reminder>"

    assert tighten(f"{OPENING}\n     1→a{reminder}") == (SAID + reminder, False, 1)


@pytest.mark.parametrize(
    "text",
    [
        "The file /home/dev/x.py has been updated successfully.",
        "The file x.py has been updated. All occurrences of 'a' were successfully replaced with 'b'.",
        "File created successfully at: /home/dev/x.py",
        "<tool_use_error>String to replace not found in file.\nString: a</tool_use_error>",
        f"It said: {OPENING}\n     1→a",
        "",
    ],
)
def test_any_other_answer_stays(text: str) -> None:
    assert tighten(text) == (text, True, 0)


@given(st.lists(st.text(st.characters(exclude_characters="\n"))), st.text())
def test_tightening_twice_or_folding_is_tightening_once(lines: list[str], tail: str) -> None:
    text = OPENING + "".join(f"\n{number:>6}→{line}" for number, line in enumerate(lines, 1)) + tail
    once = tighten(text)

    assert fold(text) == once
    assert tighten(once.text).text == once.text


@pytest.mark.timing
@pytest.mark.parametrize("text", [OPENING + "\n     1→a" * 100_000, "The file " * 110_000, OPENING * 10_000])
def test_a_megabyte_of_anything_takes_less_than_a_second(text: str) -> None:
    start = process_time()
    fold(text)

    assert process_time() - start < 1
