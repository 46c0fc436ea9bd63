"""Usage as a table."""

from collections.abc import Iterator

from brimline.app.usage import UsageRow, UsageView
from brimline.surfaces.cli.figures import printable, usd

HEADINGS = ("Requests", "Input", "Cache write", "Cache read", "Output", "Cost")
LONGEST_LABEL = 44


def render_usage(view: UsageView) -> str:
    """Return *view* as a table, its totals last."""
    labels = [_label(row) for row in view.rows]
    width = max(map(len, [*labels, "Total"]), default=5)
    lines = [_line(label, row, width) for label, row in zip(labels, view.rows, strict=True)]
    head = f"{view.group.capitalize():<{width}}" + "".join(f"{name:>15}" for name in HEADINGS)
    rule = "─" * len(head)
    return "\n".join([head, rule, *lines, rule, _line("Total", view.totals, width), *_notes(view)])


def _label(row: UsageRow) -> str:
    label = printable(row.label or row.key)
    return label if len(label) <= LONGEST_LABEL else "…" + label[1 - LONGEST_LABEL :]


def _line(label: str, row: UsageRow, width: int) -> str:
    figures = (
        row.requests,
        row.input_tokens,
        row.cache_write_tokens,
        row.cache_read_tokens,
        row.output_tokens,
    )
    return f"{label:<{width}}" + "".join(f"{figure:>15,}" for figure in figures) + f"{usd(row.cost_usd):>15}"


def _notes(view: UsageView) -> Iterator[str]:
    if view.totals.unpriced_requests:
        models = ", ".join(printable(model) for model in view.unpriced_models)
        yield f"{view.totals.unpriced_requests:,} requests have no known price, so no cost: {models}."
