"""`brimline completion`."""

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    \b
    Example:
      brimline completion zsh > ~/.zfunc/_brimline
    """
    from click.shell_completion import get_completion_class

    from brimline.surfaces.cli.program import brimline

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click knows the three shells
    click.echo(kind(brimline, {}, "brimline", "_BRIMLINE_COMPLETE").source())
