"""JSON said shorter is the same JSON; JSON folded still holds its ends, its errors and its counts."""

import json
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.content.json_text import fold, tighten

SCALAR = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["@1", "[@1: 3 records", "\ud800"])
)
RECORDS = st.lists(st.dictionaries(st.sampled_from("abcd"), SCALAR, min_size=2), max_size=40)
DOCUMENT = RECORDS | st.recursive(
    SCALAR | RECORDS,
    lambda held: st.lists(held, max_size=4) | st.dictionaries(st.text(max_size=5), held, max_size=4),
    max_leaves=8,
)
TEXT = st.tuples(DOCUMENT, st.sampled_from([None, 1, 4])).map(
    lambda made: json.dumps(made[0], indent=made[1])
)
LINES = RECORDS.map(lambda records: "\n".join(map(json.dumps, records)))


def issues(count: int) -> list[dict[str, object]]:
    return [{"id": number, "title": f"Issue {number}", "state": "open"} for number in range(count)]


# -------------------------------------------------------------------------------------------------- tighten
def test_like_records_become_rows_below_their_keys() -> None:
    text = json.dumps(
        [{"id": 1, "name": "ann"}, {"id": 2, "name": "7"}, {"id": 1e2, "name": "é\t", "x": None}] * 3
    )

    assert tighten(text).text.split("\n")[:5] == [
        "[@1: 9 records as rows below their keys, tabs between; an empty cell is an absent key]",
        "id\tname\tx",
        "1\tann\t",
        '2\t"7"\t',
        '100.0\t"é\\t"\tnull',
    ]


def test_arrays_within_a_document_stand_below_it() -> None:
    text = json.dumps({"total": 9, "items": issues(9), "next": "@1", "more": {"items": issues(5)}}, indent=2)

    lines = tighten(text).text.split("\n")

    assert lines[0] == '{"total":9,"items":@1,"next":"@1","more":{"items":@2}}'
    assert lines[1:4] == [
        "[@1: 9 records as rows below their keys, tabs between]",
        "id\ttitle\tstate",
        "0\tIssue 0\topen",
    ]
    assert lines[12:14] == ["[@2: 5 records as rows below their keys, tabs between]", "id\ttitle\tstate"]


def test_json_lines_become_rows_and_say_they_were_lines() -> None:
    text = "\n".join(map(json.dumps, issues(9)))

    assert tighten(text).text.startswith(
        "[@1: 9 lines as rows below their keys, tabs between]\nid\ttitle\tstate\n"
    )


def test_what_is_no_table_loses_its_white_space() -> None:
    assert tighten('{\n  "a": [1e2, 007e1]\n}') == ('{\n  "a": [1e2, 007e1]\n}', True, 0)
    assert tighten('{\n  "a": [1e2, 7.0]\n}\n') == ('{"a":[1e2,7.0]}', True, 0)


@given(TEXT | LINES | st.text())
def test_tightening_is_idempotent_and_never_longer(text: str) -> None:
    once = tighten(text)

    assert once.lossless
    assert len(once.text) <= len(text)
    assert tighten(once.text).text == once.text


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        "[" * 300 + " " + "]" * 300,
        '{"a": NaN}',
        "{'a': 1}",
        '{"a": 1}{',
        "",
        "[1, 2",
        "\ufeff[1, 2]",
    ],
)
def test_what_cannot_be_said_exactly_stays(text: str) -> None:
    assert tighten(text) == fold(text) == (text, True, 0)


# ----------------------------------------------------------------------------------------------------- fold
def test_a_long_array_keeps_its_ends_errors_and_counts() -> None:
    records = issues(60)
    records[30] |= {"title": "Build failed"}
    records[40] |= {"state": "closed"}
    folded = fold(json.dumps({"total": 60, "items": records}))

    assert folded.text.split("\n") == [
        '{"total":60,"items":@1}',
        "[@1: 60 records as rows below their keys, tabs between; an empty cell is an absent key]",
        '[in all: id 0..59; title text; state "open" 59, "closed" 1]',
        "id\ttitle\tstate",
        *(f"{number}\tIssue {number}\topen" for number in range(4)),
        "[… 26 more items]",
        "30\tBuild failed\topen",
        "[… 9 more items]",
        "40\tIssue 40\tclosed",
        "[… 17 more items]",
        "58\tIssue 58\topen",
        "59\tIssue 59\topen",
    ]
    assert (folded.lossless, folded.omitted_lines) == (False, 52)


def test_a_long_array_of_anything_is_a_sample_one_a_line() -> None:
    folded = fold(json.dumps(list(range(500))))

    assert (
        folded.text
        == "[@1: 500 items, one a line]\n[in all: value 0..499]\n0\n1\n2\n3\n[… 494 more items]\n498\n499"
    )
    assert folded.omitted_lines == 494


def test_short_tables_stay_and_objects_within_rows_are_brief_too() -> None:
    records = [{"id": number, "of": {"parts": list(range(50))}} for number in range(20)]
    folded = fold(json.dumps({"few": issues(5), "many": records, "none": []})).text

    assert folded.startswith('{"few":@1,"many":@2,"none":[]}\n[@1: 5 records as rows')
    assert '\n19\t{"parts":[0,1,2,3,[… 44 more items],48,49]}' in folded


def test_long_arrays_within_kept_records_are_samples_too() -> None:
    records = [{"id": number, "parts": list(range(100))} for number in range(30)]

    assert "\n3\t[0,1,2,3,[… 94 more items],98,99]\n" in fold(json.dumps(records)).text


@given(TEXT | LINES)
def test_folding_is_idempotent_and_never_longer_than_tightening(text: str) -> None:
    once = fold(text)

    assert len(once.text) <= len(tighten(text).text)
    assert fold(once.text).text == once.text
    assert once.lossless == (once.omitted_lines == 0)


@given(st.lists(st.sampled_from(["fine", "OSError: no space", "was refused"]), min_size=13, max_size=80))
def test_every_error_survives_folding(said: list[str]) -> None:
    records = [{"number": number, "said": words} for number, words in enumerate(said)]
    folded = fold(json.dumps(records)).text.split("\n")

    assert all(f"{number}\t{words}" in folded for number, words in enumerate(said) if words != "fine")


# ------------------------------------------------------------------------------------------------- hostility
@pytest.mark.timing
@pytest.mark.parametrize(
    "text",
    [
        "[" * 1_000_000,
        '{"a":' * 200_000,
        '"' * 1_000_000,
        '"\\' * 500_000,
        "[" + '"\\"' * 330_000,
        "[" + "{}," * 300_000 + "{}]",
        json.dumps([{f"k{number}": 1} for number in range(70_000)]),
        json.dumps(list(range(150_000))),
        json.dumps(issues(15_000)),
        "[" + "9" * 1_000_000 + "]",
        '{"a":1}\n' * 120_000,
        json.dumps(["x" * 999_990]),
    ],
    ids=lambda text: text[:12],
)
def test_a_megabyte_of_anything_takes_seconds_at_most(text: str) -> None:
    # About one second each alone; collecting garbage takes more where the whole suite is loaded.
    start = process_time()
    tighten(text)
    assert process_time() - start < 3

    start = process_time()
    fold(text)
    assert process_time() - start < 6
