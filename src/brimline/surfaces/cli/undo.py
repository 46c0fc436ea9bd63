"""`brimline undo`."""

import click

from brimline.core.wording import counted
from brimline.surfaces.cli import options
from brimline.surfaces.cli.terminal import printable, warn


@click.command()
@click.argument("target", metavar="[PLAN_OR_SESSION]", required=False)
@click.option("--dry-run", is_flag=True, help="Say what would be undone and change nothing.")
@options.as_json
def undo(target: str | None, dry_run: bool, as_json: bool) -> None:
    """Send what was hidden again as it was, from the next request on: the newest plan, or the one named.

    A changed prefix is written to the prompt cache once more, so the next request costs more.

    \b
    Examples:
      brimline undo --dry-run
      brimline undo 9ccc706b
    """
    from brimline.app.undo import undo_edits

    view = undo_edits(target, dry_run=dry_run)
    warn(*view.warnings)
    if as_json:
        options.print_json(view)
        return
    for edit in view.edits:
        what = printable(f"{edit.verb} {edit.tool_use_id} part {edit.part}: {edit.reason}")
        click.echo(f"{edit.handle:<16}{edit.bytes:>12,} bytes  {what}")
    done = "Undid" if view.done else "Would undo"
    click.echo(f"{done} {counted(len(view.edits), 'edit')}: {view.restores_bytes:,} bytes are sent again.")
