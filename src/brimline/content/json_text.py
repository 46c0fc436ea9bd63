"""JSON: what commands with `--json`, APIs and MCP servers answer, one document or one a line.

`tighten` writes arrays of like records as rows below their keys, or else leaves out white space, whichever is
shorter; the value that is read back is the same, to the spelling of every number. `fold` keeps of a long
array its first and last items, the failed and the unlike, and says what all of them held. Text of another
kind, a key that comes twice, or a hundred levels leave the text as it is. (A file that was read is source.)
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

from brimline.content.json_sample import LONGEST_WHOLE, describe, kept_items
from brimline.content.json_table import (
    Record,
    are_records,
    columns,
    read_table,
    write_cell,
    write_head,
    write_row,
)
from brimline.content.json_values import Json, compact, minify, parse, parse_lines, quote
from brimline.content.marks import mark
from brimline.content.shrunk import Shrunk, shorter, whole

_HEAD: Final = re.compile(r"\[@([0-9]+): ([0-9]+) (?:records|lines) as rows below their keys")
_PLACE: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|@([0-9]+)', re.DOTALL)
_NEXT_LINE: Final = re.compile(r"[}\]]\r?\n\s*[\[{]")
"""What stands between two lines of JSON, and never within one document, where a comma is between."""

_ROWS: Final = "as rows below their keys, tabs between"
_EMPTY: Final = "; an empty cell is an absent key"


class _Document(NamedTuple):
    """What a text says: its value, and whether that is one document or an array of one a line."""

    value: Json
    is_lines: bool


_Show: TypeAlias = Callable[[list[Json], int], list[str]]
"""Gives the lines that stand for an array, the n-th that is written so; none if it stands as it is."""


def tighten(text: str) -> Shrunk:
    """Write *text* in rows or without white space, if the same value is read back."""
    document = _read(text)
    return _tighten(text, document) if document else whole(text)


def _tighten(text: str, document: _Document) -> Shrunk:
    shapes = sorted([_minify(text, document), _in_rows(document)], key=len)
    safe = (shape for shape in shapes if _read_back(shape) == document.value)
    return shorter(text, Shrunk(next(safe, text), lossless=True, omitted_lines=0))


def fold(text: str) -> Shrunk:
    """Sample the long arrays of *text*; `omitted_lines` counts the items left out."""
    document = _read(text)
    if document is None:
        return whole(text)
    tight, omitted = _tighten(text, document), list[int]()
    folded = _write(document, lambda items, number: _sample(items, number, omitted))
    if not omitted or len(folded) >= len(tight.text):
        return tight
    return Shrunk(folded, lossless=False, omitted_lines=sum(omitted))


def _read(text: str) -> _Document | None:
    if text.lstrip()[:1] not in {"[", "{"}:
        return None
    is_lines = _NEXT_LINE.search(text) is not None
    try:
        return _Document(list(parse_lines(text)) if is_lines else parse(text), is_lines)
    except ValueError:
        return None


def _minify(text: str, document: _Document) -> str:
    lines = (minify(line) for line in text.split("\n") if line.strip())
    return "\n".join(lines) if document.is_lines else minify(text)


# --------------------------------------------------------------------------------------------------- in rows
def _in_rows(document: _Document) -> str:
    return _write(document, lambda items, number: _table(items, number) if are_records(items) else [])


def _write(document: _Document, show: _Show) -> str:
    """Return the document with `@1`, `@2` in place of the arrays that *show* writes, and these below it."""
    written: list[str] = []
    body = _body(document.value, show, written, [])
    if document.is_lines and written[:1] and body == "@1":
        written[0] = written[0].replace(" records ", " lines ", 1)
    return "\n".join(written if body == "@1" else [body, *written])


def _body(value: Json, show: _Show, written: list[str], numbers: list[int]) -> str:
    if isinstance(value, dict):
        fields = (f"{quote(key)}:{_body(held, show, written, numbers)}" for key, held in value.items())
        return "{" + ",".join(fields) + "}"
    if not isinstance(value, list):
        return compact(value)
    lines = show(value, len(numbers) + 1)
    if lines:
        numbers.append(len(lines))
        written += lines
        return f"@{len(numbers)}"
    return "[" + ",".join(_body(held, show, written, numbers) for held in value) + "]"


def _table(items: Sequence[Json], number: int) -> list[str]:
    records = [item for item in items if isinstance(item, dict)]
    keys = columns(records)
    absent = _EMPTY if any(len(record) < len(keys) for record in records) else ""
    head = f"[@{number}: {len(records)} records {_ROWS}{absent}]"
    return [head, write_head(keys), *(write_row(record, keys) for record in records)]


def _read_back(text: str) -> Json:
    """Return the value of what `tighten` wrote."""
    if _HEAD.match(text):
        return _read_tables(text)["1"]
    body, _, below = text.partition("\n")
    if not _HEAD.match(below):
        document = _read(text)
        return document.value if document else None
    tables = _read_tables(below)
    return parse(_PLACE.sub(lambda place: compact(tables[place[1]]) if place[1] else place[0], body))


def _read_tables(text: str) -> dict[str, Json]:
    lines = text.split("\n")
    tables: dict[str, Json] = {}
    at = 0
    while head := _HEAD.match(lines[at]) if at < len(lines) else None:
        end = at + 2 + int(head[2])
        tables[head[1]] = read_table(lines[at + 1 : end])
        at = end
    return tables


# -------------------------------------------------------------------------------------------------- samples
def _sample(items: list[Json], number: int, omitted: list[int]) -> list[str]:
    """Return the lines for *items*, adding to *omitted* how many are left out."""
    kept = kept_items(items)
    if len(items) <= LONGEST_WHOLE or len(kept) == len(items):
        return _table(items, number) if are_records(items) else []
    omitted.append(len(items) - len(kept))
    return _sample_head(items, number) + _with_gaps(_sample_rows(items, kept), kept, len(items))


def _with_gaps(rows: Sequence[str], kept: Sequence[int], size: int) -> list[str]:
    """Return the *rows* of the *kept* places, and in each gap up to *size* how many are left out."""
    gaps = [after - before - 1 for before, after in pairwise([*kept, size])]
    pairs = zip(rows, gaps, strict=True)
    return [line for row, gap in pairs for line in ([row, mark(gap, "more items")] if gap else [row])]


def _sample_head(items: list[Json], number: int) -> list[str]:
    said = f"[in all: {describe(items)}]"
    if are_records(items):
        head = f"[@{number}: {len(items)} records {_ROWS}{_EMPTY}]"
        return [head, said, write_head(columns(items))]
    return [f"[@{number}: {len(items)} items, one a line]", said]


def _sample_rows(items: list[Json], kept: Sequence[int]) -> list[str]:
    if not are_records(items):
        return [_brief(items[at]) for at in kept]
    keys = columns(items)
    return ["\t".join(_brief_cells(items[at], keys)) for at in kept]


def _brief_cells(record: Record, keys: Sequence[str]) -> list[str]:
    return [_brief(record[key], bare=True) if key in record else "" for key in keys]


def _brief(value: Json, *, bare: bool = False) -> str:
    """Return *value* compact, of a long array within it only a sample."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{quote(key)}:{_brief(held)}" for key, held in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_brief_items(value)) + "]"
    return write_cell(value) if bare else compact(value)


def _brief_items(items: list[Json]) -> list[str]:
    kept = kept_items(items)
    return _with_gaps([_brief(items[at]) for at in kept], kept, len(items))
