"""Arrays of like records as rows below their keys, and how rows are read back.

A cell is JSON, but a string stands bare where nothing else could be meant; an empty cell is an absent key.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias, TypeGuard

from brimline.content.json_values import Json, Number, compact, parse, quote

FEWEST_RECORDS: Final = 3
"""Two rows and their keys are hardly shorter than two records, and read no better."""

LEAST_FILLED: Final = 0.5
"""Share of the cells that hold something: below, records are not alike."""

_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LITERALS: Final[dict[str, Json]] = {"true": True, "false": False, "null": None}

Record: TypeAlias = dict[str, Json]


def columns(records: Iterable[Record]) -> list[str]:
    """Return the keys of *records* in the order in which they first come."""
    return list(dict.fromkeys(key for record in records for key in record))


def are_records(value: Json) -> TypeGuard[list[Record]]:
    """Tell whether *value* is an array of like records."""
    if not isinstance(value, list) or len(value) < FEWEST_RECORDS:
        return False
    records = [held for held in value if isinstance(held, dict)]
    if len(records) < len(value):
        return False
    filled = sum(map(len, records))
    return filled > 0 and filled >= LEAST_FILLED * len(columns(records)) * len(records)


def write_head(keys: Sequence[str]) -> str:
    """Return the row of *keys*."""
    return "\t".join(map(write_cell, keys))


def write_row(record: Record, keys: Sequence[str]) -> str:
    """Return the row of *record* below *keys*."""
    return "\t".join(write_cell(record[key]) if key in record else "" for key in keys)


def write_cell(value: Json) -> str:
    """Return *value* as a cell.

    >>> [write_cell(value) for value in ("a word", "7", "true", Number("7"), True, "", ["a"])]
    ['a word', '"7"', '"true"', '7', 'true', '""', '["a"]']
    """
    if not isinstance(value, str):
        return compact(value)
    return value if _is_bare(value) else quote(value)


def _is_bare(text: str) -> bool:
    if not text.isprintable() or text != text.strip() or not text:
        return False
    return text[0] not in '"[{' and text not in _LITERALS and not _NUMBER.fullmatch(text)


def read_table(lines: Sequence[str]) -> list[Json]:
    """Return the records of a table: *lines* are the keys' row and those below it."""
    keys = [key for key in map(read_cell, lines[0].split("\t")) if isinstance(key, str)]
    return [_read_row(line, keys) for line in lines[1:]]


def _read_row(line: str, keys: Sequence[str]) -> Record:
    cells = zip(keys, line.split("\t"), strict=False)
    return {key: read_cell(cell) for key, cell in cells if cell}


def read_cell(cell: str) -> Json:
    """Return the value of a *cell* that is not empty."""
    if cell[0] in '"[{':
        return parse(cell)
    if cell in _LITERALS:
        return _LITERALS[cell]
    return Number(cell) if _NUMBER.fullmatch(cell) else cell
