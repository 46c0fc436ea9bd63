"""`brimline timeline`."""

import click

from brimline.surfaces.cli import options
from brimline.surfaces.cli.terminal import warn


@click.command()
@options.claude_dir
@options.session
@options.window
@options.plain
@options.as_json
def timeline(
    claude_dir: str | None, session: str | None, window: int | None, plain: bool, as_json: bool
) -> None:
    """How a session's window grew, task by task, and every clean-up.

    \b
    Example:
      brimline timeline --session 3ef6e43
    """
    from brimline.app.wiring import timeline_view

    view = timeline_view(claude_dir=claude_dir, session=session, window_tokens=window)
    warn(*view.warnings)
    if as_json:
        options.print_json(view)
    else:
        from brimline.surfaces.cli.timeline_text import render_timeline

        click.echo(render_timeline(view, plain=plain))
