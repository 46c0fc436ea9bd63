"""JSON read so that writing it again says the same: numbers keep their spelling, and no key comes twice."""

import json
import re
from collections.abc import Sequence
from typing import Final, NamedTuple, NoReturn, TypeAlias, cast

DEEPEST: Final = 100
"""Levels of nesting that are read: beyond what anybody reads, below what recursion bears anywhere."""

_FEWEST_LINES: Final = 2
_STRING: Final = r'"(?:[^"\\]++|\\.)*+'
_BRACKET: Final = re.compile(_STRING + r'"?|[\[{]|[\]}]', re.DOTALL)
_SPACE: Final = re.compile("(" + _STRING + r'")|[ \t\n\r]+', re.DOTALL)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Number(NamedTuple):
    """A number as it was spelled: `1e2` is not `100`, and thirty digits stay thirty."""

    spelling: str


Json: TypeAlias = "bool | str | Number | list[Json] | dict[str, Json] | None"


def parse(text: str) -> Json:
    """Return the value of *text*; raise `ValueError` where it has none, lies too deep or repeats a key."""
    if _is_too_deep(text):
        raise ValueError(f"JSON nested more than {DEEPEST} levels deep; leave it as it is")
    return cast("Json", _DECODER.decode(text))


def parse_lines(text: str) -> list[Json]:
    """Return the values of *text*'s lines, two at least; raise `ValueError` as `parse` does."""
    values = [parse(line) for line in text.split("\n") if line.strip()]
    if len(values) < _FEWEST_LINES:
        raise ValueError("a single line is no JSON lines; leave the text as it is")
    return values


def _is_too_deep(text: str) -> bool:
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
    depth = 0
    for token in _BRACKET.finditer(text):
        first = token[0][0]
        depth += (first in "[{") - (first in "]}")
        if depth > DEEPEST:
            return True
    return False


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON; leave the text as it is")


def _unique(pairs: Sequence[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a key comes twice; leave the text as it is")
    return value


_DECODER: Final = json.JSONDecoder(
    parse_int=Number, parse_float=Number, parse_constant=_refuse, object_pairs_hook=_unique
)


def minify(text: str) -> str:
    """Return the JSON *text* without the white space between its parts, each of which stays as spelled."""
    return _SPACE.sub(r"\1", text)


def compact(value: Json) -> str:
    """Return *value* as JSON without white space between its parts.

    >>> compact(parse('{"a": [1e2, "é"], "b": null}'))
    '{"a":[1e2,"é"],"b":null}'
    """
    if isinstance(value, Number):
        return value.spelling
    if isinstance(value, dict):
        return "{" + ",".join(f"{quote(key)}:{compact(held)}" for key, held in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    return quote(value) if isinstance(value, str) else json.dumps(value)


def quote(text: str) -> str:
    """Return *text* as a JSON string, escaped only where it must be."""
    return json.dumps(text, ensure_ascii=_SURROGATE.search(text) is not None)
