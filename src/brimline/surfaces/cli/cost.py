"""`brimline cost`."""

import click

from brimline.surfaces.cli import options
from brimline.surfaces.cli.terminal import warn


@click.command()
@options.claude_dir
@options.session
@click.option("--scenario", is_flag=True, help="Only the reference scenario, without a session.")
@options.as_json
def cost(claude_dir: str | None, session: str | None, scenario: bool, as_json: bool) -> None:
    """What a session cost, part by part, beside a reference scenario.

    The session's figures are those of its main conversation; `brimline usage` adds sub-agents.

    \b
    Example:
      brimline cost --session 3ef6e43
    """
    from brimline.app.cost import view_cost
    from brimline.app.wiring import cost_view

    view = view_cost(None) if scenario else cost_view(claude_dir=claude_dir, session=session)
    warn(*view.warnings)
    if as_json:
        options.print_json(view)
    else:
        from brimline.surfaces.cli.cost_text import render_cost

        click.echo(render_cost(view))
