"""`brimline count`."""

import click

from brimline.app.counting import DEFAULT_MODEL, count_text, read_text
from brimline.surfaces.cli import options


@click.command()
@click.argument("file", metavar="FILE|-")
@click.option("--model", default=DEFAULT_MODEL, show_default=True, help="Count as this model does.")
@click.option("--as-message", is_flag=True, help="Add the frame of one user message.")
@options.as_json
def count(file: str, model: str, as_message: bool, as_json: bool) -> None:
    """The tokens of a file, or of what comes on standard input.

    \b
    Examples:
      brimline count README.md --model claude-opus-4-6
      git diff | brimline count -
    """
    view = count_text(read_text(file), model, as_message=as_message)
    if as_json:
        options.print_json(view.to_json())
    else:
        click.echo(view.to_text())
