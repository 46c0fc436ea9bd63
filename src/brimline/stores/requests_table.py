"""The requests of an index: which record of each call counts, what it cost, and the sums over them."""

# ruff: noqa: S608
# What is put into a statement's text is names of ours; every value is bound.

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from brimline.core.requests import SLOT_SECONDS, Filed, Request, counted, supersedes

Price = Callable[[Request], float | None]
"""The cost of a request in USD, or None where its model has no known price."""

_Key = tuple[str, str, int]
_COLUMNS = ", ".join((*Request._fields, "file_id", "counted", "cost_usd"))
_WIDTH = len(Request._fields)
_INDEXES = {"requests_of_file": "file_id", "requests_by_message": "message_id"}


class _Row(NamedTuple):
    request: Request
    counted: bool
    rowid: int


class RequestsTable:
    """The tables `requests` and `cells` of an open index; its methods run inside a transaction."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def forget(self, file_ids: Sequence[int]) -> set[str]:
        """Drop what the files said; return the message ids whose count may have to change for it."""
        ids = as_json(file_ids)
        where = "WHERE file_id IN (SELECT value FROM json_each(?))"
        touched = self._database.execute(f"SELECT DISTINCT message_id FROM requests {where}", (ids,))
        message_ids = {message_id for (message_id,) in touched}
        self._database.execute(f"DELETE FROM requests {where}", (ids,))
        self._database.execute(f"DELETE FROM cells {where}", (ids,))
        return message_ids

    def take_in(
        self, filed: Sequence[Filed], file_ids: dict[str, int], touched: set[str], price: Price
    ) -> None:
        """Add the requests of *filed* and settle anew every call they or *touched* are about.

        *file_ids* gives each path's number, in the order in which records of one call count.
        """
        read = [(file_ids[one.reading.stamp.path], one.reading.requests) for one in filed]
        empty = self._database.execute("SELECT 1 FROM requests LIMIT 1").fetchone() is None
        about = touched.union(request.message_id for _, requests in read for request in requests)
        before = {} if empty else self._rows(about)
        settled = _settle(_merge(before, read), list(file_ids.values()))
        changed = [
            (key, row)
            for key, row in settled.items()
            if (known := before.get(key)) is None or known[:2] != row
        ]
        if empty:  # an index is faster made in one go
            for name in _INDEXES:
                self._database.execute(f"DROP INDEX IF EXISTS {name}")
        self._write(changed, before, price)
        for name, column in _INDEXES.items():
            self._database.execute(f"CREATE INDEX IF NOT EXISTS {name} ON requests ({column})")
        self._sum({file_id for (_, _, file_id), _ in changed})

    def price_anew(self, price: Price) -> None:
        """Price every counted request and sum them all."""
        rows = self._database.execute(f"SELECT {_COLUMNS}, rowid FROM requests WHERE counted").fetchall()
        self._database.executemany(
            "UPDATE requests SET cost_usd = ? WHERE rowid = ?",
            [(price(Request._make(row[:_WIDTH])), row[-1]) for row in rows],
        )
        self._sum({row[_WIDTH] for row in rows})

    def _rows(self, message_ids: Iterable[str]) -> dict[_Key, _Row]:
        rows = self._database.execute(
            f"SELECT {_COLUMNS}, rowid FROM requests WHERE message_id IN (SELECT value FROM json_each(?))",
            (as_json(message_ids),),
        )
        return {
            (row[0], row[1], row[_WIDTH]): _Row(Request._make(row[:_WIDTH]), bool(row[_WIDTH + 1]), row[-1])
            for row in rows
        }

    def _write(
        self, changed: Iterable[tuple[_Key, tuple[Request, bool]]], before: dict[_Key, _Row], price: Price
    ) -> None:
        rows = [
            (
                *request,
                key[2],
                counts,
                price(request) if counts else None,
                known.rowid if (known := before.get(key)) else None,
            )
            for key, (request, counts) in changed
        ]
        self._database.executemany(
            f"INSERT OR REPLACE INTO requests ({_COLUMNS}, rowid) VALUES ({', '.join('?' * (_WIDTH + 4))})",
            rows,
        )

    def _sum(self, file_ids: Iterable[int]) -> None:
        """Sum the counted requests of the files again."""
        ids = as_json(file_ids)
        self._database.execute("DELETE FROM cells WHERE file_id IN (SELECT value FROM json_each(?))", (ids,))
        self._database.execute(
            """
            INSERT INTO cells
            SELECT file_id, CAST(at / ? AS INTEGER) AS slot, model, COUNT(*), SUM(input_tokens),
                SUM(cache_write_5m_tokens), SUM(cache_write_1h_tokens), SUM(cache_read_tokens),
                SUM(output_tokens), TOTAL(cost_usd), SUM(cost_usd IS NULL), MIN(at), MAX(at)
            FROM requests
            WHERE counted AND file_id IN (SELECT value FROM json_each(?))
            GROUP BY file_id, slot, model
            """,
            (SLOT_SECONDS, ids),
        )


def _settle(records: dict[_Key, Request], order: list[int]) -> dict[_Key, tuple[Request, bool]]:
    """Return each record and whether it counts; *order* is that of the files."""
    rank = {file_id: place for place, file_id in enumerate(order)}
    placed = sorted(
        ((request, file_id) for (_, _, file_id), request in records.items()),
        key=lambda one: (rank[one[1]], one[0].at),
    )
    billed = counted(placed)
    return {key: (request, key in billed) for key, request in records.items()}


def as_json(values: Iterable[int | str]) -> str:
    """Return *values* for SQL's `json_each`, which takes any number of them."""
    return json.dumps(list(values))


def _merge(before: dict[_Key, _Row], read: Sequence[tuple[int, Sequence[Request]]]) -> dict[_Key, Request]:
    """Return each file's record of each call: what was known, and what was *read* where it counts more."""
    records = {key: row.request for key, row in before.items()}
    for file_id, requests in read:
        for request in requests:
            key = (request.message_id, request.request_id, file_id)
            known = records.get(key)
            if known is None or supersedes(request, known):
                records[key] = request
    return records
