"""Runs of lines that an earlier block shows are found, and a reference gives them back exactly."""

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.content.repeats import Run, Shown, expand_runs, find_runs, refer, replace_runs
from brimline.content.source import restore_numbers, thin_numbers, tighten

FILE = [f"def function_{number}(argument): return {number}" for number in range(100)]


def words(text: str) -> int:
    """Count what stands between spaces: a token counter that a reader can check."""
    return len(text.split())


def arrow(lines: list[str], first: int = 1) -> list[str]:
    return [f"{number:>6}→{line}" for number, line in enumerate(lines, first)]


def tab(lines: list[str], first: int = 1) -> list[str]:
    return [f"{number}\t{line}" for number, line in enumerate(lines, first)]


def shown(**blocks: list[str]) -> Shown:
    earlier = Shown()
    for name, lines in blocks.items():
        earlier.add(name, lines)
    return earlier


def spans(runs: list[Run]) -> list[tuple[int, int, str, int]]:
    return [(run.start, run.stop, run.block, run.there) for run in runs]


# ---------------------------------------------------------------------------------------------- what is found
def test_a_second_read_is_one_run() -> None:
    (run,) = find_runs(tab(FILE), shown(read=tab(FILE)), words)

    assert refer(run, "the Read of x.py") == "[lines 1-100 as in the Read of x.py above]"


def test_a_read_after_an_edit_names_the_numbers_there() -> None:
    edited = [*FILE[:40], "new = 1", *FILE[40:]]
    runs = find_runs(arrow(edited), shown(read=arrow(FILE)), words)

    assert [refer(run, "the Read of x.py") for run in runs] == [
        "[lines 1-40 as in the Read of x.py above]",
        "[lines 42-101 as lines 41-100 in the Read of x.py above]",
    ]


def test_a_read_of_what_was_just_written_is_found() -> None:
    (run,) = find_runs(tab(FILE[20:60], 21), shown(write=FILE), words)

    assert refer(run, "the Write of x.py") == "[lines 21-60 as in the Write of x.py above]"


def test_lines_without_numbers_refer_to_numbered_ones() -> None:
    (run,) = find_runs(FILE[10:40], shown(read=tab(FILE, 200)), words)

    assert refer(run, "the Read of x.py") == "[30 lines as lines 210-239 in the Read of x.py above]"


def test_two_lines_are_no_run_however_long() -> None:
    lines = [" ".join("word" for _ in range(90))] * 2

    assert find_runs(lines, shown(read=lines), words) == []


def test_a_run_of_fewer_than_forty_tokens_is_none() -> None:
    assert find_runs(FILE[:9], shown(read=FILE), words) == []
    assert len(find_runs(FILE[:10], shown(read=FILE), words)) == 1


def test_numbers_that_jump_end_a_run() -> None:
    lines = [*tab(FILE[:30]), *tab(FILE[30:60], 71)]

    assert spans(find_runs(lines, shown(read=tab(FILE)), words)) == [(0, 30, "read", 0), (30, 60, "read", 30)]


def test_lines_that_are_references_there_are_not_referred_to() -> None:
    earlier = shown(first=FILE)
    runs = find_runs(FILE, earlier, words)
    earlier.add("second", FILE, runs)
    earlier.forget("first")

    assert find_runs(FILE, earlier, words) == []


def test_a_forgotten_block_is_not_referred_to_but_its_next_showing_is() -> None:
    earlier = shown(first=FILE)
    earlier.forget("first")

    assert find_runs(FILE, earlier, words) == []

    earlier.add("second", FILE)

    assert spans(find_runs(FILE, earlier, words)) == [(0, 100, "second", 0)]


def test_lines_common_to_many_places_still_belong_to_the_run_around_them() -> None:
    common = ["}", "", "}"]
    first, other = [*FILE[:30], *common, *FILE[30:60]], [*common, "something else"]
    again = ["new", *common, *FILE[30:60]]

    runs = find_runs(again, shown(first=first, other=other), words)

    assert spans(runs) == [(1, 34, "first", 30)]


# -------------------------------------------------------------------------------------------- what comes back
LINE = st.sampled_from(
    ["", "}", "return value of it", "a b c d e f g h", "x = 1 if y else 2", "     3→x\r", "\ud800"]
)
BLOCK = st.lists(LINE, max_size=60)
NUMBERED = st.tuples(st.sampled_from([arrow, tab]), BLOCK, st.integers(1, 99_990)).map(
    lambda made: made[0](made[1], made[2])
)


@given(st.lists(BLOCK | NUMBERED, max_size=6), BLOCK | NUMBERED)
def test_expanding_the_references_gives_the_original(blocks: list[list[str]], lines: list[str]) -> None:
    earlier, originals = Shown(), {str(number): block for number, block in enumerate(blocks)}
    for name, block in originals.items():
        earlier.add(name, block, find_runs(block, earlier, words))
    runs = find_runs(lines, earlier, words)
    names = {name: f"block {name}" for name in originals}

    assert expand_runs(replace_runs(lines, runs, names), runs, originals) == lines
    assert all(run.stop - run.start >= 3 for run in runs)
    assert all(before.stop <= after.start for before, after in pairwise(runs))


@given(st.lists(BLOCK | NUMBERED, max_size=6), BLOCK | NUMBERED)
def test_a_reference_names_lines_that_stand_there(blocks: list[list[str]], lines: list[str]) -> None:
    earlier, hidden = Shown(), {}
    for number, block in enumerate(blocks):
        runs = find_runs(block, earlier, words)
        hidden[str(number)] = {at for run in runs for at in range(run.start, run.stop)}
        earlier.add(str(number), block, runs)

    for run in find_runs(lines, earlier, words):
        assert not hidden[run.block] & set(range(run.there, run.there + run.stop - run.start))


def test_a_read_with_references_still_has_thin_numbers() -> None:
    edited = arrow([*FILE[:40], *[f"new = {number}" for number in range(30)], *FILE[40:]])
    runs = find_runs(edited, shown(read=arrow(FILE)), words)
    replaced = "\n".join(replace_runs(edited, runs, {"read": "the Read of x.py"}))

    thin = thin_numbers(replaced).text

    assert thin.split("\n")[:3] == [
        "[lines 1-130; only each 10th is numbered]",
        "[lines 1-40 as in the Read of x.py above]",
        "41\tnew = 0",
    ]
    assert restore_numbers(thin) == tighten(replaced).text


# -------------------------------------------------------------------------------------------------- hostility
@pytest.mark.timing
@pytest.mark.parametrize(
    "text",
    [
        "\n" * 1_000_000,
        "a\n\n" * 330_000,
        "a\nb\nc\nd\n" * 120_000,
        "a" * 1_000_000,
        "".join(f"{n * n % 7}\n" for n in range(500_000)),
    ],
    ids=["empty lines", "two lines", "four lines", "one line", "seven lines"],
)
def test_a_megabyte_of_anything_takes_a_second_a_pass(text: str) -> None:
    lines = text.split("\n")
    start = process_time()
    earlier = shown(first=lines, second=lines[5:])
    find_runs(lines, earlier, words)
    find_runs(lines, earlier, lambda _: 0)

    assert process_time() - start < 5
