"""Tables of figures that fit the terminal they are shown in."""

import sys
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from brimline.surfaces.cli.terminal import printable

PIPED_WIDTH = 200
"""A file or a pipe has no width to keep to."""


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]], total: Sequence[str] = ()) -> None:
    """Print *rows* under *headings*: the first column left, figures right, a last row for the *total*."""
    table = Table(box=SIMPLE_HEAD, show_footer=bool(total), header_style="bold", footer_style="bold")
    rows = [[printable(cell) for cell in row] for row in rows]
    measured = [headings, *rows, *([total] if total else [])]
    for place, heading in enumerate(headings):
        footer = Text(total[place]) if total else Text("")
        figures = place > 0
        table.add_column(
            heading,
            footer=footer,
            justify="right" if figures else "left",
            no_wrap=True,
            overflow="ellipsis",
            # Figures are never cut: a narrow terminal takes room from the names.
            min_width=max(len(row[place]) for row in measured) if figures else 8,
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False).print(table)
