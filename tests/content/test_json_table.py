"""Rows below their keys say what the records said, types and spelling included."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.content.json_table import (
    are_records,
    columns,
    read_cell,
    read_table,
    write_cell,
    write_head,
    write_row,
)
from brimline.content.json_values import Json, Number, parse

TRICKY = st.sampled_from(
    ["", " ", "7", "-1e5", "true", "null", "a\tb", "a\nb", '"', "[", "{}", "é", "\u2028", "\ud800", "@1"]
)
SCALAR = (
    st.none() | st.booleans() | st.integers().map(lambda number: Number(str(number))) | st.text() | TRICKY
)
VALUE: st.SearchStrategy[Json] = st.one_of(
    SCALAR, st.lists(SCALAR, max_size=3), st.dictionaries(st.text(), SCALAR, max_size=3)
)
RECORDS = st.lists(st.dictionaries(st.sampled_from(["id", "a b", "", "1", "true", "\t"]), VALUE), min_size=1)


@given(RECORDS)
def test_records_are_read_back_from_their_rows(records: list[dict[str, Json]]) -> None:
    keys = columns(records)
    lines = [write_head(keys), *(write_row(record, keys) for record in records)]

    assert all("\n" not in line for line in lines)
    if keys:
        assert read_table(lines) == records


@given(VALUE)
def test_a_cell_is_never_empty_and_is_read_back(value: Json) -> None:
    assert write_cell(value)
    assert read_cell(write_cell(value)) == value


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ('[{"a":1},{"a":2},{"b":3}]', True),
        ('[{"a":1},{"a":2}]', False),
        ('[{"a":1},{"b":2},{"c":3}]', False),
        ('[{"a":1},{"a":2},3]', False),
        ("[{},{},{}]", False),
        ('{"a":1}', False),
        ("[1,2,3]", False),
    ],
)
def test_records_are_three_objects_at_least_with_common_keys(text: str, like: bool) -> None:
    assert are_records(parse(text)) is like
