"""A sample of a long array holds its ends, what failed and what is unlike the rest."""

from hypothesis import given
from hypothesis import strategies as st

from brimline.content.json_sample import describe, is_failed, kept_items
from brimline.content.json_values import Json, Number, parse

ENDS = [0, 1, 2, 3, 98, 99]


def numbered(**changed: Json) -> list[Json]:
    """Return a hundred records; `at_50=...` replaces the field `of` of number 50."""
    records: list[Json] = []
    for number in range(100):
        value = changed.get(f"at_{number}", Number(str(number % 7)))
        records.append({"id": Number(str(number)), "of": value})
    return records


def test_evenly_spread_records_are_their_ends() -> None:
    assert kept_items(numbered()) == ENDS


def test_a_short_array_is_whole() -> None:
    assert kept_items(numbered()[:12]) == list(range(12))


def test_far_numbers_rare_words_and_rare_kinds_are_kept() -> None:
    assert kept_items(numbered(at_50=Number("1e6"))) == sorted([*ENDS, 50])
    assert kept_items(numbered(at_50=Number("9" * 400))) == sorted([*ENDS, 50])
    assert kept_items(numbered(at_40=None)) == sorted([*ENDS, 40])
    states: list[Json] = [{"state": "merged" if number == 30 else "open"} for number in range(100)]
    assert kept_items(states) == sorted([*ENDS, 30])


def test_records_with_rare_keys_are_kept() -> None:
    records = numbered()
    records[60] = {"id": Number("60"), "why": "unknown"}

    assert 60 in kept_items(records)


@given(st.sets(st.integers(0, 99), max_size=40))
def test_every_failed_item_is_kept(failed: set[int]) -> None:
    items: list[Json] = ["TypeError: x" if number in failed else f"fine {number}" for number in range(100)]

    assert failed <= set(kept_items(items))


def test_what_speaks_of_a_failure() -> None:
    said = [
        '{"error":"no"}',
        '{"ok":false}',
        '["build failed"]',
        '{"a":{"message":"Permission denied"}}',
        '{"errors":3}',
    ]
    silent = [
        '{"error":null}',
        '{"ok":true}',
        '["built"]',
        '{"errors":0}',
        '{"error":""}',
        "7",
        '{"stderr":[]}',
    ]

    assert all(is_failed(parse(text)) for text in said)
    assert not any(is_failed(parse(text)) for text in silent)


def test_fields_are_described_by_what_they_hold() -> None:
    items = parse(
        '[{"n":1e1,"s":"a","t":"x y","l":[1]},{"n":-2,"s":"a","t":"z","l":{}},{"n":3,"s":null,"t":"q","u":1}]'
    )

    assert isinstance(items, list)
    assert (
        describe(items) == 'n -2..1e1; s "a" 2, null 1; t text; l array or object, absent in 1; '
        "1 more fields in fewer than half"
    )
    assert describe([Number("3"), Number("1")]) == "value 1..3"
