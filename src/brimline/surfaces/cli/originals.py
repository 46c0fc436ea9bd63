"""`brimline originals`."""

import sys

import click

from brimline.app import originals as kept
from brimline.core.wording import counted
from brimline.surfaces.cli import options
from brimline.surfaces.cli.terminal import printable

session = click.option(
    "--session", metavar="ID|FILE", help="A session's id, its beginning, or its transcript (default: all)."
)


@click.group()
def originals() -> None:
    """What was cut from a window, kept byte for byte: shown, listed, let go.

    \b
    Examples:
      brimline originals list
      brimline originals show 9f86d081884c | less
    """


@originals.command()
@click.argument("handle")
@options.as_json
def show(handle: str, as_json: bool) -> None:
    """Print the bytes that HANDLE stands for, after checking them against their checksum.

    On a terminal, what would move the cursor or change colours is made visible; a pipe gets every byte.

    \b
    Example:
      brimline originals show 9f86d081884c | grep -n Error
    """
    if as_json:
        options.print_json(kept.show_original(handle))
    elif _is_terminal():
        text = kept.read_original(handle).decode(errors="replace").replace("\r\n", "\n")
        click.echo("".join(char if char in "\n\t" else printable(char) for char in text), nl=False)
    else:
        click.echo(kept.read_original(handle), nl=False)


@originals.command(name="list")
@session
@options.as_json
def list_(session: str | None, as_json: bool) -> None:
    """List what is kept, the last one first, and where it lies as a plain file.

    \b
    Example:
      brimline originals list --session 9ccc706b
    """
    view = kept.list_originals(session)
    if as_json:
        options.print_json(view)
        return
    for one in view.originals:
        where = printable(one.paths[0]) if one.paths else ""
        click.echo(f"{one.handle:<16}{one.bytes:>12,} bytes  {one.at}  {where}")
    total = counted(len(view.originals), "original")
    click.echo(f"{total}; all take {view.used_bytes:,} bytes in {printable(view.folder)}")


@originals.command()
@click.option(
    "--keep-days",
    metavar="N",
    type=click.FloatRange(min=0),
    default=kept.KEEP_DAYS,
    show_default=True,
    help="Let go of sessions that were idle for longer.",
)
@click.option(
    "--max-bytes",
    metavar="N",
    type=click.IntRange(min=0),
    default=kept.LIMIT_BYTES,
    show_default=True,
    help="Beyond this, let go of those that were idle for longest.",
)
@options.claude_dir
@options.as_json
def gc(keep_days: float, max_bytes: int, claude_dir: str | None, as_json: bool) -> None:
    """Let go of the originals and edits of sessions that are over; one active within a day never is.

    \b
    Example:
      brimline originals gc --keep-days 7 --max-bytes 500000000
    """
    _say(kept.collect_originals(keep_days=keep_days, max_bytes=max_bytes, claude_dir=claude_dir), as_json)


@originals.command()
@session
@click.option("--yes", "sure", is_flag=True, help="Do it; without this, only say what would go.")
@options.as_json
def purge(session: str | None, sure: bool, as_json: bool) -> None:
    """Let go of originals and edits at once, live sessions included: they may hold secrets.

    What was cut is sent in full again where the client still holds it, and cannot be read where it does not.

    \b
    Example:
      brimline originals purge --session 9ccc706b --yes
    """
    _say(kept.purge_originals(session, sure=sure), as_json)


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def _say(view: kept.ForgottenView, as_json: bool) -> None:
    if as_json:
        options.print_json(view)
        return
    what = (
        f"{counted(view.originals, 'original')} and {counted(view.edits, 'edit')} "
        f"of {counted(len(view.sessions), 'session')} ({view.freed_bytes:,} bytes)"
    )
    left = f"{view.used_bytes:,} bytes are left"
    if view.done:
        click.echo(f"Removed {what}; {left}.")
    else:
        click.echo(f"Would remove {what}; {left}. Add --yes to do it.")
