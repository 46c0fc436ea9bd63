"""Usage as a table."""

from collections.abc import Iterator
from shutil import get_terminal_size

import click

from brimline.app.usage import UsageRow, UsageView
from brimline.core.wording import counted
from brimline.surfaces.cli.figures import short, usd
from brimline.surfaces.cli.tables import print_table
from brimline.surfaces.cli.terminal import printable

NARROW = 110
"""Columns below which figures are shortened, so that all of them stay in sight."""


def print_usage(view: UsageView) -> None:
    """Print *view* as a table, its totals last."""
    exact = get_terminal_size((NARROW, 0)).columns >= NARROW
    headings = (view.group.capitalize(), "Requests", "Input", "Cache write", "Cache read", "Output", "Cost")
    rows = [_cells(row.label or row.key, row, exact=exact) for row in view.rows]
    print_table(headings, rows, _cells("Total", view.totals, exact=exact))
    for note in _notes(view):
        click.echo(note)


def _cells(label: str, row: UsageRow, *, exact: bool) -> list[str]:
    figures = (row.input_tokens, row.cache_write_tokens, row.cache_read_tokens, row.output_tokens)
    written = [f"{figure:,}" if exact else short(figure) for figure in figures]
    return [label, f"{row.requests:,}", *written, usd(row.cost_usd)]


def _notes(view: UsageView) -> Iterator[str]:
    if view.totals.unpriced_requests:
        models = ", ".join(printable(model) for model in view.unpriced_models)
        unpriced = counted(view.totals.unpriced_requests, "request")
        yield f"Without a cost, as no price is known: {unpriced} of {models}."
