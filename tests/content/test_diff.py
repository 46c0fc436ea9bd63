import difflib

from hypothesis import given
from hypothesis import strategies as st

from brimline.content import diff
from brimline.content.shrunk import whole

CODE = [f"    value_{at} = compute_the_value_of({at}, with_care=True)" for at in range(30)]
ANY = st.text(st.characters(exclude_categories=()))
FILES = st.lists(
    st.sampled_from(["", "-- a rule", "++ x", " indented", "@@ -1 +1 @@", *CODE[:6]]) | ANY, max_size=40
)
LINES = st.lists(
    st.sampled_from(
        ["diff --git a/x b/x", "@@ -1,9 +1,9 @@ def f():", " " + CODE[0], "+new", "-old", "", "\\ No newline"]
    )
    | ANY,
    max_size=60,
)


def unified(old: list[str], new: list[str], context: int = 3) -> str:
    return "\n".join(difflib.unified_diff(old, new, "a/x.py", "b/x.py", lineterm="", n=context))


def changed(text: str) -> list[str]:
    return [line for line in text.split("\n") if line[:1] in {"+", "-"} or line.startswith("@@")]


def test_far_context_goes_and_every_change_stays() -> None:
    text = unified(CODE, [*CODE[:15], "    changed = True", *CODE[16:]], context=10)
    folded = diff.fold(text)
    lines = text.split("\n")
    assert folded.text.split("\n") == [
        *lines[:3],
        "[… 9 context lines]",
        *lines[12:16],
        "[… 9 context lines]",
    ]
    assert folded == (folded.text, False, 18)


def test_a_message_and_statistics_are_no_context() -> None:
    message = [
        "commit abc",
        "",
        *(f"    a line of the message, number {at}, that is long" for at in range(9)),
        "",
    ]
    stats = [" x.py | 20 ++++++++++----------", " y.py | 20 ++++++++++----------"] * 5
    text = "\n".join([*message, *stats])
    assert diff.fold(text) == whole(text)


def test_removed_rules_are_no_headers() -> None:
    old = ["-- a rule", *CODE, "-- a rule"]
    assert "--- a rule" in diff.fold(unified(old, CODE, context=10)).text


def test_a_hunk_ends_with_its_counts() -> None:
    text = "\n".join(["@@ -1 +1 @@", "-a", "+b", *(f" {line}" for line in CODE)])
    assert diff.fold(text) == whole(text)


def test_a_new_file_ends_a_hunk_that_was_cut_short() -> None:
    lines = ["@@ -1,99 +1,99 @@", "-a", "diff --git a/y b/y", *(f" {line}" for line in CODE)]
    assert diff.context_places(lines) == set()


def test_colours_go_and_spaces_at_line_ends_stay() -> None:
    assert diff.tighten("\x1b[31m-a \x1b[m\n\x1b[32m+a\x1b[m") == ("-a \n+a", False, 0)
    assert diff.tighten("-a \n+a") == whole("-a \n+a")


@given(FILES, FILES, st.integers(0, 12))
def test_every_change_and_every_hunk_header_survives(old: list[str], new: list[str], context: int) -> None:
    text = unified(old, new, context)
    if "\x1b" not in text and "[… " not in text:
        assert changed(diff.fold(text).text) == changed(text)


@given(LINES)
def test_every_changed_line_of_anything_survives(lines: list[str]) -> None:
    text = "\n".join(lines)
    if "\x1b" not in text and "[… " not in text:
        assert changed(diff.fold(text).text) == changed(text)


@given(LINES)
def test_folding_twice_changes_nothing_and_nothing_gets_longer(lines: list[str]) -> None:
    text = "\n".join(lines)
    once = diff.fold(text)
    assert diff.fold(once.text).text == once.text
    assert len(once.text) <= len(text)
    assert diff.tighten(diff.tighten(text).text).text == diff.tighten(text).text


@given(FILES, FILES, st.integers(0, 12))
def test_lines_left_out_are_all_counted(old: list[str], new: list[str], context: int) -> None:
    text = unified(old, new, context)
    folded = diff.fold(text)
    if folded.omitted_lines:
        marks = [line for line in folded.text.split("\n") if line.startswith("[… ")]
        assert sum(int(line.split()[1]) for line in marks) == folded.omitted_lines
        assert folded.text.count("\n") - len(marks) + folded.omitted_lines == text.count("\n")
