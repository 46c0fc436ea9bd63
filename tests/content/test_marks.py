from brimline.content.marks import elide, has_mark, is_mark, mark


def test_a_mark_says_how_many_lines_of_what_kind_and_is_known_again() -> None:
    assert mark(118, "more lines like this") == "[… 118 more lines like this]"
    assert is_mark("  [… 118 more lines like this]\r")


def test_what_only_looks_like_a_mark_is_none() -> None:
    assert not any(map(is_mark, ["[… many lines]", "[... 3 lines]", "say [… 3 lines]", "[… 3 lines] x", ""]))


def test_a_text_with_a_mark_is_told_from_one_without() -> None:
    assert has_mark("a\n[… 3 lines]\nb")
    assert not has_mark("a\n[… and so on\nb")


def test_long_runs_of_a_kind_become_one_mark_each() -> None:
    lines = ["head", *["x" * 30] * 3, *["y" * 30] * 2, "tail"]
    assert elide(lines, ["", "A", "A", "A", "B", "B", ""]) == ("head\n[… 3 A]\n[… 2 B]\ntail", 5)


def test_what_is_shorter_than_its_mark_stays() -> None:
    assert elide(["a", "b", "c" * 99], ["short lines", "short lines", "one line"]) == ("a\nb\n" + "c" * 99, 0)
