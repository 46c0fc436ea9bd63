"""`brimline config`."""

from pathlib import Path

import click

from brimline.surfaces.cli import options


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
    """Print the tokenManagement block in force."""
    from brimline.app.wiring import config_view

    view = config_view(claude_dir=claude_dir)
    if as_json:
        options.print_json(view)
        return
    for key, setting in view.tokenManagement.items():
        source = f"   ({view.origins[key]})" if origin else ""
        click.echo(f"{key:<20}{_word(setting)}{source}")


def _word(value: object) -> str:
    import msgspec

    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


@config.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def check(file: Path) -> None:
    """Say whether FILE's tokenManagement block is right."""
    from brimline.app.settings import check_file

    keys = check_file(file)
    click.echo(
        f"{file}: {len(keys)} setting{'' if len(keys) == 1 else 's'}, all right ({', '.join(keys) or 'none'})"
    )
