import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.content import log
from brimline.content.shrunk import whole

ANY = st.text(st.characters(exclude_categories=()))
LINES = st.lists(
    st.sampled_from(
        [
            "",
            "2026-01-02 10:00:00 INFO  served request 17 in 3 ms",
            "2026-01-02 10:00:09 INFO  served request 99999 in 81 ms",
            "fetched 0a1b2c3d4e5f from the object store",
            "fetched 99ffee001122 from the object store",
            "a line that is always the same, and long",
            "Error: cannot open x.go:17",
            "warning: unused variable y",
            "\x1b[31mFAILED\x1b[0m tests/test_a.py::test_b",
            "\x1b[32mok\x1b[0m   ",
            " 10%\r 50%\r100%",
            "[… 3 more lines like this]",
            "[… 3 more of the line above]",
            "crlf\r",
        ]
    )
    | ANY,
    max_size=60,
)
TEXTS = LINES.map("\n".join)


def served(count: int) -> list[str]:
    return [f"2026-01-02 10:00:{at:02d} INFO served request {at * 7} in {at} ms" for at in range(count)]


def test_colours_go_and_nothing_else() -> None:
    assert log.tighten("\x1b[1;31mred\x1b[0m \x1b]0;title\x07and \x1b(Bplain") == ("red and plain", False, 0)


def test_a_line_drawn_over_shows_its_last_state() -> None:
    assert log.tighten(" 10%\r 50%\r100% done\nnext").text == "100% done\nnext"


def test_an_error_that_was_drawn_over_stays() -> None:
    assert log.tighten("1 of 3\rerror: 2 of 3 \r3 of 3").text == "error: 2 of 3\n3 of 3"


def test_spaces_at_line_ends_go() -> None:
    assert log.tighten("a  \nb\t\r\nc ").text == "a\nb\nc"


def test_equal_lines_are_counted_and_can_be_written_out_again() -> None:
    text = "\n".join(["start", *["waiting for the server"] * 40, "up", ""])
    shrunk = log.tighten(text)
    assert shrunk == ("start\nwaiting for the server\n[… 39 more of the line above]\nup\n", True, 0)
    assert log.repeat_runs(shrunk.text) == text


def test_short_runs_cost_less_as_they_are() -> None:
    assert log.tighten("ab\nab\nab\n") == whole("ab\nab\nab\n")


def test_lines_alike_are_folded_between_the_first_and_the_last() -> None:
    lines = served(30)
    shrunk = log.fold("\n".join(lines))
    assert shrunk == (f"{lines[0]}\n[… 28 more lines like this]\n{lines[-1]}", False, 28)


def test_errors_stay_with_two_lines_on_either_side() -> None:
    lines = served(40)
    lines[20] = "2026-01-02 10:00:20 ERROR request 140 lost"
    folded = log.fold("\n".join(lines)).text.split("\n")
    assert folded[2:7] == lines[18:23]
    assert folded == [lines[0], "[… 33 more lines like this]", *lines[18:23], lines[-1]]


def test_short_lines_alike_give_a_text_its_form_and_stay() -> None:
    text = "\n".join(["one line of its own kind", "---", "another one, quite unlike", "---", "---------"] * 3)
    assert log.fold(text).omitted_lines == 0


def test_an_excerpt_keeps_both_ends_and_the_errors() -> None:
    lines = [f"{chr(97 + at % 26) * 40} {at}" for at in range(60)]
    lines[30] = "panic: it broke"
    shrunk = log.excerpt("\n".join(lines), head=2, tail=3)
    assert shrunk.text.split("\n") == [
        *lines[:2],
        "[… 26 lines between]",
        *lines[28:33],
        "[… 24 lines between]",
        *lines[-3:],
    ]
    assert shrunk.omitted_lines == 50


@pytest.mark.parametrize(
    "line",
    [
        "Error: no",
        "2 tests FAILED",
        "panic: runtime",
        "Traceback (most recent call last):",
        "warning: unused",
        "E       assert 1 == 2",
        "bash: x: command not found",
        "✗ renders",
        "not ok 3 - adds",
        "TypeError",
        "        ^",
    ],
)
def test_what_may_tell_of_trouble_is_error_like(line: str) -> None:
    assert log.is_error_like(line)


@pytest.mark.parametrize("line", ["", "served 3 requests", "exit code 0", "done in 3 s", "--- PASS: TestA"])
def test_what_went_well_is_not_error_like(line: str) -> None:
    assert not log.is_error_like(line)


@given(TEXTS)
def test_tightening_twice_changes_nothing(text: str) -> None:
    once = log.tighten(text)
    assert log.tighten(once.text).text == once.text


@given(TEXTS)
def test_what_is_called_lossless_can_be_rebuilt(text: str) -> None:
    shrunk = log.tighten(text)
    if shrunk.lossless:
        assert text in {shrunk.text, log.repeat_runs(shrunk.text)}
    assert shrunk.omitted_lines == 0


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    once, cut = log.fold(text), log.excerpt(text)
    assert log.fold(once.text).text == once.text
    assert log.excerpt(cut.text).text == cut.text


@given(TEXTS)
def test_every_error_like_line_survives(text: str) -> None:
    shown = log.tighten(text).text.split("\n")
    for shrunk in (log.fold(text), log.excerpt(text)):
        kept = set(shrunk.text.split("\n"))
        assert all(line in kept or shrunk.text == text for line in shown if log.is_error_like(line))


@given(TEXTS)
def test_folding_gives_lines_of_the_text_in_their_order_and_marks(text: str) -> None:
    shown = iter(log.tighten(text).text.split("\n"))
    folded = log.fold(text)
    if folded.text != text:
        assert all(line in shown for line in folded.text.split("\n") if not line.startswith("[… "))


@given(TEXTS)
def test_nothing_gets_longer(text: str) -> None:
    for shrink in (log.tighten, log.fold, log.excerpt):
        shrunk = shrink(text)
        assert len(shrunk.text) <= len(text)
        assert shrunk.text == text or len(shrunk.text) < len(text)


@given(LINES)
def test_lines_left_out_are_all_counted(lines: list[str]) -> None:
    text = "\n".join(lines)
    shrunk = log.excerpt(text)
    if shrunk.text != text and not log.has_fold(text):
        kept = [line for line in shrunk.text.split("\n") if not line.endswith(" lines between]")]
        assert len(kept) + shrunk.omitted_lines == log.tighten(text).text.count("\n") + 1
