"""`brimline config`."""

from pathlib import Path

import click

from brimline.core.wording import counted
from brimline.surfaces.cli import options
from brimline.surfaces.cli.terminal import printable, warn


@click.group(invoke_without_command=True)
@click.pass_context
def config(ctx: click.Context) -> None:
    """The settings in force, where each came from, and whether a file is right.

    \b
    Example:
      brimline config show --origin
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(show)


@config.command()
@options.claude_dir
@click.option("--origin", is_flag=True, help="Say where each value came from.")
@options.as_json
def show(claude_dir: str | None = None, origin: bool = False, as_json: bool = False) -> None:
    """Print the tokenManagement block in force.

    \b
    Example:
      brimline config show --origin
    """
    from brimline.app.wiring import config_view

    view = config_view(claude_dir=claude_dir)
    warn(*view.warnings)
    if as_json:
        options.print_json(view)
        return
    for key, setting in view.tokenManagement.items():
        line = f"{key:<20}{_word(setting)}"
        click.echo(f"{line:<34}({printable(view.origins[key])})" if origin else line)


def _word(value: object) -> str:
    import msgspec

    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


@config.command()
@click.argument("file", type=options.file)
@options.as_json
def check(file: Path, as_json: bool) -> None:
    """Say whether FILE's tokenManagement block is right.

    \b
    Example:
      brimline config check brimline.json
    """
    from brimline.app.settings import check_file
    from brimline.app.views import CheckView

    keys = check_file(file)
    if as_json:
        options.print_json(CheckView(str(file), keys))
        return
    click.echo(
        f"{printable(str(file))}: {counted(len(keys), 'setting')}, all right ({', '.join(keys) or 'none'})"
    )
