"""JSON is read so that nothing of it changes, or it is not read at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.content.json_values import DEEPEST, Number, compact, minify, parse, parse_lines

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda held: st.lists(held, max_size=5) | st.dictionaries(st.text(), held, max_size=5),
    max_leaves=25,
)


@given(ANY, st.sampled_from([None, 2, "\t"]), st.booleans())
def test_minified_and_rewritten_json_is_the_same_value(
    value: object, indent: int | str | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)

    assert json.loads(minify(text)) == value
    assert parse(compact(parse(text))) == parse(minify(text)) == parse(text)
    assert minify(minify(text)) == minify(text)


@pytest.mark.parametrize(
    "spelling", ["1e2", "-0", "1.50", "0.1E+7", "123456789012345678901234567890", "1e999"]
)
def test_a_number_keeps_its_spelling(spelling: str) -> None:
    assert parse(f"[ {spelling} ]") == [Number(spelling)]
    assert minify(f"[ {spelling} ]") == compact(parse(f"[{spelling}]")) == f"[{spelling}]"


def test_numbers_of_another_spelling_are_not_equal() -> None:
    assert parse("1e2") != parse("100")
    assert parse("1") != parse('"1"')
    assert parse("1") != parse("true")


def test_a_lone_surrogate_stays_escaped() -> None:
    assert compact(parse(r'"\ud800é"')) == r'"\ud800\u00e9"'


def test_white_space_in_strings_stays() -> None:
    assert minify('{ "a b" : " \\" c " ,\r\n\t"d": "e" }') == '{"a b":" \\" c ","d":"e"}'


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 1}', "NaN", "[Infinity]", "[1,]", "", "{'a': 1}", '"\t"', "[" * 101 + "]" * 101]
)
def test_what_is_no_plain_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_brackets_in_strings_are_no_levels() -> None:
    assert parse('["' + "[" * 200 + '"]') == ["[" * 200]
    assert parse("[" * DEEPEST + "]" * DEEPEST)


def test_lines_are_values_and_one_is_none() -> None:
    assert parse_lines('{"a":1}\n\n[]\n') == [{"a": Number("1")}, []]
    with pytest.raises(ValueError, match="single line"):
        parse_lines('{"a":1}\n')
