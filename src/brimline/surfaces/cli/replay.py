"""`brimline replay`."""

import sys
from typing import TYPE_CHECKING

import click

from brimline.core.wording import counted
from brimline.surfaces.cli import options
from brimline.surfaces.cli.terminal import printable, warn

if TYPE_CHECKING:
    from brimline.app.replay_view import PolicyView, ReplayView


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option(
    "--policy", "policies", metavar="NAME", multiple=True, help="Only this policy (again for more)."
)
@options.as_json
def replay(paths: tuple[str, ...], policies: tuple[str, ...], as_json: bool) -> None:
    """What each policy would have saved on recorded sessions, and what turns would have missed.

    A PATH is a Claude folder, a folder of projects, or a transcript (default: your Claude folders).
    Nothing is changed. Money is input dollars; "with misses" pays a round trip for each turn that used
    something hidden.

    \b
    Examples:
      brimline replay --policy light --policy balanced
      brimline replay session.jsonl --json
    """
    from brimline.app.replay_folders import replay_view

    view = replay_view(paths, policies, _show_progress)
    warn(*view.warnings)
    if as_json:
        options.print_json(view)
    else:
        _print(view)


def _show_progress(done: int, whole: int) -> None:
    """Write how far it is over the line on stderr, where somebody looks at it."""
    if sys.stderr.isatty():
        end = "\r\x1b[K" if done == whole else ""
        sys.stderr.write(f"\rReplaying {done:,} of {whole:,} sessions {end}")
        sys.stderr.flush()


def _print(view: "ReplayView") -> None:
    _print_policies(view.policies)
    if len(view.by_repository) > 1:
        for repository in view.by_repository:
            click.echo(printable(repository.repository))
            _print_policies(repository.policies)
    whole = view.policies[0]
    click.echo(
        f"{counted(whole.sessions, 'session')}, {whole.requests:,} requests,"
        f" ${whole.usd.before:,.2f} of input recorded. Replays say what would have been sent; no claim is"
        " made of how tasks would have ended."
    )
    for skipped in whole.skipped:
        click.echo(f"Left out: {printable(skipped.session)}: {printable(skipped.why)}")
    if view.flagged:
        click.echo(f"More than 5 % off when left as they were: {counted(len(view.flagged), 'session')}.")


def _print_policies(policies: "list[PolicyView]") -> None:
    from brimline.surfaces.cli.tables import print_table

    headings = ("Policy", "Tokens", "Dollars", "With misses", "95 % of draws", "Busts", "Hidden", "Quotes")
    print_table(headings, [_cells(policy) for policy in policies])


def _cells(view: "PolicyView") -> list[str]:
    low, high = view.ci["usd_share_with_friction"]
    return [
        view.policy,
        _change(view.tokens.after, view.tokens.before),
        f"{view.usd_share:+.1%}",
        f"{view.usd_share_with_friction:+.1%}",
        f"{low:+.1%} … {high:+.1%}",
        f"{view.cache_busts:,}",
        _part(view.atoms.hidden, view.atoms.used),
        _part(view.quote_lines.hidden, view.quote_lines.used),
    ]


def _change(after: int, before: int) -> str:
    return f"{after / before - 1:+.1%}" if before else "—"


def _part(hidden: int, used: int) -> str:
    return f"{hidden / used:.2%}" if used else "—"
