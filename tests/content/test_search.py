from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.content import search
from brimline.content.shrunk import whole

ANY = st.text(st.characters(exclude_categories=()))
PATHS = st.sampled_from([
    "src/app/main.go", "src/app/util.go", "src/app/deep/x-12-y.go", "src/lib/a.py", "README.md",
    "/home/me/p/src/app/main.go", "C:\\code\\a.ps1", "1/2.txt", "[by file]", "a,b/c].x",
])  # fmt: skip
HITS = st.builds("{}:{}:{}".format, PATHS, st.integers(1, 999), ANY)
CONTEXT = st.builds(
    "{}{}-{}-{}".format, st.sampled_from(["", "", "/home/me/p/"]), PATHS, st.integers(1, 999), ANY
)
SAID = st.sampled_from([
    "--", "", "12:text", "13-text", "Found 3", "[by file, under src/]", "[paths under src/]",
])  # fmt: skip
LINES = st.lists(HITS | CONTEXT | PATHS | ANY | SAID | st.builds("{}:{}".format, PATHS, ANY), max_size=60)

RG = """cmd/cli/strategy/a.go:12:func A() {
cmd/cli/strategy/a.go-13-	return
cmd/cli/strategy/a.go:90:func B() {
--
cmd/cli/strategy/b.go:7:func C() {"""


def hits(path: str, count: int) -> list[str]:
    return [f"{path}:{at}:	line {at} of the file" for at in range(1, count + 1)]


def test_hits_are_grouped_by_file_below_the_folder_they_share() -> None:
    shrunk = search.tighten(RG)
    assert shrunk.text == (
        "[by file, under cmd/cli/strategy/]\n"
        "a.go\n12:func A() {\n13-	return\n90:func B() {\n--\nb.go\n7:func C() {"
    )
    assert shrunk.lossless
    assert search.spread(shrunk.text) == RG


def test_context_paths_that_the_client_did_not_shorten_are_told_once() -> None:
    text = "\n".join(
        f"cmd/a.go:{at}:x: {at}\n/home/me/project/cmd/a.go-{at + 1}-no colon\ncmd/a.go-{at + 2}-a: colon\n--"
        for at in range(1, 50, 5)
    )
    shrunk = search.tighten(text)
    assert shrunk.text.startswith(
        "[by file, under cmd/, in /home/me/project/]\na.go\n1:x: 1\n2-no colon\n3-a: colon\n--\n6:x"
    )
    assert search.spread(shrunk.text) == text


def test_hits_without_numbers_are_grouped_too() -> None:
    text = "\n".join(f"src/app/main.go:text {at}" for at in range(9))
    shrunk = search.tighten(text)
    assert shrunk.text.startswith("[by file, under src/app/]\nmain.go\n:text 0\n:text 1\n")
    assert search.spread(shrunk.text) == text


def test_paths_lose_the_folder_they_share() -> None:
    text = "Found 9 files\n" + "\n".join(f"src/app/components/part{at}.tsx" for at in range(9))
    shrunk = search.tighten(text)
    assert shrunk.text.startswith("[paths under src/app/components/]\nFound 9 files\npart0.tsx\n")
    assert search.spread(shrunk.text) == text


def test_a_search_of_one_file_is_short_already() -> None:
    text = "12:func A() {\n13-	return\n--\n90:func B() {"
    assert search.tighten(text) == whole(text)


def test_what_the_tool_said_between_hits_stays_in_its_place() -> None:
    text = "\n".join(
        [*hits("src/app/main.go", 5), "", "[Showing results with pagination]", *hits("src/app/x.go", 5)]
    )
    shrunk = search.tighten(text)
    assert "\n\n[Showing results with pagination]\nx.go\n" in shrunk.text
    assert search.spread(shrunk.text) == text


def test_eighty_lines_are_shown_whole() -> None:
    text = "\n".join(hits("src/app/main.go", 80))
    assert search.fold(text) == search.tighten(text)


def test_more_lines_show_the_first_sixty_and_the_last_ten() -> None:
    text = "\n".join(hits("src/app/main.go", 500))
    folded = search.fold(text)
    lines = folded.text.split("\n")
    assert lines[:2] == ["[by file, under src/app/]", "main.go"]
    assert lines[61] == "60:	line 60 of the file"
    assert lines[62:64] == ["[… 430 more lines]", "491:	line 491 of the file"]
    assert folded.omitted_lines == 430


def test_every_file_keeps_its_name_its_first_hits_and_the_number_of_the_others() -> None:
    text = "\n".join(line for at in range(90) for line in hits(f"src/app/f{at}.go", 5))
    folded = search.fold(text).text.split("\n")
    assert folded[:4] == [
        "[by file, under src/app/]",
        "f0.go",
        "1:	line 1 of the file",
        "[… 4 more lines]",
    ]
    assert folded[-2:] == ["f89.go", "[… 5 more lines]"]


def test_a_grouped_search_folds_as_the_search_itself() -> None:
    text = "\n".join(line for at in range(40) for line in hits(f"src/app/f{at}.go", 5))
    assert search.fold(search.tighten(text).text) == search.fold(text)


@pytest.mark.parametrize(
    ("sizes", "lines", "dealt"),
    [
        ({"a": 500}, 70, [70]),
        ({"a": 5, "b": 500}, 70, [5, 65]),
        ({"a": 9, "b": 9, "c": 9}, 10, [4, 3, 3]),
        (dict.fromkeys("abcde", 3), 3, [1, 1, 1, 0, 0]),
        ({}, 5, []),
    ],
)
def test_lines_are_dealt_out_evenly(sizes: dict[str, int], lines: int, dealt: list[int]) -> None:
    assert list(search.deal(Counter(sizes), lines).values()) == dealt


@given(LINES)
def test_what_is_tightened_can_be_rebuilt_to_the_character(lines: list[str]) -> None:
    text = "\n".join(lines)
    shrunk = search.tighten(text)
    assert shrunk.lossless
    assert text in {search.spread(shrunk.text), shrunk.text}
    assert shrunk.text == text or len(shrunk.text) < len(text)


@given(LINES)
def test_shrinking_twice_changes_nothing(lines: list[str]) -> None:
    text = "\n".join(lines)
    tight, folded = search.tighten(text), search.fold(text)
    assert search.tighten(tight.text).text == tight.text
    assert search.fold(folded.text).text == folded.text


@given(st.lists(HITS, min_size=81, max_size=120))
def test_every_path_survives_a_fold(lines: list[str]) -> None:
    text = "\n".join(lines)
    folded = search.fold(text).text
    under = folded.partition("\n")[0].partition("under ")[2].rstrip("]")
    assert len(folded) <= len(text)
    for path in {line.split(":")[0] for line in lines if line[0] not in "C[a"}:
        assert path.removeprefix(under) in folded
