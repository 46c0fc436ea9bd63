"""`brimline demo`."""

import click

from brimline.surfaces.cli import options


@click.command()
@options.plain
@options.as_json
def demo(plain: bool, as_json: bool) -> None:
    """Status, timeline and cost of one bundled real session; nothing of yours is read.

    \b
    Example:
      brimline demo
    """
    from brimline.app.demo import demo_views

    views = demo_views()
    if as_json:
        options.print_json(views)
        return
    from brimline.surfaces.cli.cost_text import render_cost
    from brimline.surfaces.cli.status_text import render_status
    from brimline.surfaces.cli.timeline_text import render_timeline

    steps = (
        ("brimline status --detail", render_status(views.status, plain=plain, detail=True)),
        ("brimline timeline", render_timeline(views.timeline, plain=plain)),
        ("brimline cost", render_cost(views.cost)),
    )
    click.echo("A real Claude Code session of a public repository, as brimline sees it.")
    for command, text in steps:
        click.echo(f"\n$ {command}\n{text}")
