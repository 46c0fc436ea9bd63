"""`brimline count`."""

import sys
from pathlib import Path

import click

from brimline.core.errors import InputError
from brimline.surfaces.cli import options

DEFAULT_MODEL = "claude-sonnet-5"


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
    from brimline.app.wiring import count_view

    view = count_view(_read(file), model, as_message=as_message)
    if as_json:
        options.print_json(view)
    else:
        click.echo(f"{view.tokens:,} tokens ({view.provenance}, {view.tokenizer})")


def _read(file: str) -> str:
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return content.decode()
    except OSError as error:
        raise InputError(
            f"cannot read {file}: {error.strerror or error}; name a file, or - for input"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file} is not UTF-8 text (byte {error.start}); a model gets text, so convert it first"
        ) from error
