"""`brimline usage`."""

import csv
import sys

import click

from brimline.app.usage import GROUPS, Group, usage_view
from brimline.surfaces.cli import options
from brimline.surfaces.cli.terminal import LONGEST_SENTENCE, printable, warn


@click.command()
@options.claude_dir
@click.option(
    "--by", "group", type=click.Choice(GROUPS), default="day", show_default=True, help="One row for each."
)
@click.option("--since", default="", metavar="DAY", help="First day, as 2026-11-22.")
@click.option("--until", default="", metavar="DAY", help="Last day.")
@click.option("--timezone", default="", metavar="ZONE", help="Zone of the days (default: the local one).")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
@options.as_json
def usage(
    claude_dir: str | None, group: Group, since: str, until: str, timezone: str, as_csv: bool, as_json: bool
) -> None:
    """Tokens and dollars by day, week, month, model, project, session or 5-hour block.

    \b
    Examples:
      brimline usage --by model --since 2026-11-01
      brimline usage --by session --csv
    """
    if as_csv and as_json:
        raise click.UsageError("--csv and --json are two forms: name one of them")
    view = usage_view(claude_dir=claude_dir, group=group, since=since, until=until, timezone=timezone)
    warn(*view.warnings)
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(view.to_json()))
    elif as_csv:
        rows = [[printable(cell, LONGEST_SENTENCE) for cell in row] for row in view.to_csv_rows()]
        csv.writer(sys.stdout, lineterminator="\n").writerows(rows)
    else:
        from brimline.surfaces.cli.usage_text import print_usage

        print_usage(view)
