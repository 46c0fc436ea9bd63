"""Which items of a long array stand for it: the first and last, the failed, and those unlike the rest."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from statistics import median
from typing import Final, TypeAlias

from brimline.content.json_table import write_cell
from brimline.content.json_values import Json, Number, compact

LONGEST_WHOLE: Final = 12
"""Items of an array that is kept whole."""

KEPT_FIRST: Final = 4
KEPT_LAST: Final = 2

RARE: Final = 0.01
"""Share of the items up to which a value among few is rare (one item always is)."""

MOST_UNLIKE: Final = 0.1
"""Share of the items up to which they are unlike the rest: more are a kind of their own."""

FAR: Final = 6
"""Median deviations from the median beyond which a number stands out: evenly spread ones reach two."""

_FEW: Final = 12
"""Different values of a field that are categories."""

_LISTED: Final = 6
"""Different values of a field that are listed with their counts."""

_READ: Final = 200
"""Characters of a string that are searched for failures: a long text mentions some anyway."""

_LONGEST_VALUE: Final = 40

_FAILED: Final = re.compile(
    r"(?i)\b(?:\w*errors?|\w*exception|fail(?:ed|ure|ures|s|ing)?|fatal|panic|critical|denied|refused|rejected|"
    r"aborted|crashed|invalid|timeout|timed out|traceback)\b"
)
_FAULT: Final = re.compile(r"(?i)error|exception|failure|failed|stderr|traceback")
_SUCCESS: Final = frozenset({"ok", "success", "succeeded", "passed", "valid", "healthy"})

Record: TypeAlias = Mapping[str, Json]


def as_record(item: Json) -> Record:
    """Return *item* as a record; of one that is none, its value."""
    return item if isinstance(item, dict) else {"value": item}


def kept_items(items: Sequence[Json]) -> list[int]:
    """Return the places (from 0, in order) of the *items* that stand for all; if they are few, of all."""
    if len(items) <= LONGEST_WHOLE:
        return list(range(len(items)))
    records = [as_record(item) for item in items]
    ends = {*range(KEPT_FIRST), *range(len(items) - KEPT_LAST, len(items))}
    failed = {at for at, record in enumerate(records) if is_failed(record)}
    return sorted(ends | failed | unlike(records))


def is_failed(value: "Json | Record") -> bool:
    """Tell whether *value* speaks of a failure: in a string, a field named for faults, or `"ok": false`."""
    if isinstance(value, str):
        return _FAILED.search(value[:_READ]) is not None
    if isinstance(value, Mapping):
        return any(_is_fault(key, held) or is_failed(held) for key, held in value.items())
    return isinstance(value, list) and any(map(is_failed, value))


def _is_fault(key: str, value: Json) -> bool:
    if key.lower() in _SUCCESS:
        return value is False
    holds = value not in (None, False, "", [], {}) and not (isinstance(value, Number) and _size(value) == 0)
    return holds and _FAULT.search(key) is not None


def _size(number: Number) -> float:
    return float(number.spelling)


# ------------------------------------------------------------------------------------------ unlike the rest
def unlike(records: Sequence[Record]) -> set[int]:
    """Return the places of the *records* with rare keys or values, or numbers far from the others."""
    found = _rare(dict(enumerate(" ".join(sorted(record)) for record in records)))
    for key in _common_keys(records):
        values = {at: record[key] for at, record in enumerate(records) if key in record}
        numbers = {at: _size(value) for at, value in values.items() if isinstance(value, Number)}
        found |= _far(numbers)
        found |= _rare({at: _category(value) for at, value in values.items()})
    return found


def _common_keys(records: Sequence[Record]) -> Iterator[str]:
    """Yield the keys that at least half of *records* have, in their order."""
    counts = Counter(key for record in records for key in record)
    return (key for key, count in counts.items() if 2 * count >= len(records))


def _category(value: Json) -> str:
    """Return what is compared of *value*: a short string itself, of anything else its kind."""
    short = not isinstance(value, str) or len(value) <= _LONGEST_VALUE
    return repr(value) if isinstance(value, str | bool | None) and short else type(value).__name__


def _rare(categories: Mapping[int, str]) -> set[int]:
    counts = Counter(categories.values())
    most = max(1, int(RARE * len(categories)))
    rare = {at for at, category in categories.items() if counts[category] <= most}
    return rare if len(counts) <= _FEW and len(rare) <= MOST_UNLIKE * len(categories) else set()


def _far(numbers: Mapping[int, float]) -> set[int]:
    finite = [number for number in numbers.values() if isfinite(number)]
    if not finite:
        return set()
    middle = median(finite)
    reach = FAR * median(abs(number - middle) for number in finite)
    far = {at for at, number in numbers.items() if not abs(number - middle) <= reach}
    return far if len(far) <= MOST_UNLIKE * len(numbers) else set()


# ------------------------------------------------------------------------------------------------- in words
def describe(items: Iterable[Json]) -> str:
    """Return what the fields of all *items* hold: ranges of numbers, counts of few values, or kinds."""
    records = [as_record(item) for item in items]
    common = list(_common_keys(records))
    fewer = len({key for record in records for key in record}) - len(common)
    rest = [f"{fewer} more fields in fewer than half"] if fewer else []
    return "; ".join([*(_describe_field(key, records) for key in common), *rest])


def _describe_field(key: str, records: Sequence[Record]) -> str:
    values = [record[key] for record in records if key in record]
    absent = len(records) - len(values)
    return f"{write_cell(key)} {_describe_values(values)}" + (f", absent in {absent}" if absent else "")


def _describe_values(values: Sequence[Json]) -> str:
    numbers = [value for value in values if isinstance(value, Number)]
    if len(numbers) == len(values):
        return f"{min(numbers, key=_size).spelling}..{max(numbers, key=_size).spelling}"
    counts = Counter(map(_named, values))
    if len(counts) <= _LISTED and len(counts) < len(values):
        return ", ".join(f"{name} {count}" for name, count in counts.most_common())
    return " or ".join(sorted({_kind(value) for value in values}))


def _named(value: Json) -> str:
    short = isinstance(value, bool | None) or (isinstance(value, str) and len(value) <= _LONGEST_VALUE)
    return compact(value) if short else _kind(value)


def _kind(value: Json) -> str:
    if value is None:
        return "null"
    kinds: dict[type[object], str] = {str: "text", bool: "boolean", list: "array", Number: "number"}
    return kinds.get(type(value), "object")
