"""`brimline status`."""

from pathlib import Path

import click

from brimline.surfaces.cli import options
from brimline.surfaces.cli.terminal import warn

FAIL_CODES = {"warning": 10, "critical": 11, "emergency": 12, "overflow": 12}


@click.command()
@options.claude_dir
@options.session
@click.option(
    "--at-request", type=int, metavar="N", help="The window at the session's Nth request (1-based)."
)
@click.option(
    "--snapshot", "snapshot_path", type=options.file, help="Read a status@1 file instead (- for input)."
)
@options.window
@click.option("--detail", is_flag=True, help="Open every line.")
@options.plain
@click.option("--fail-on", type=click.Choice(list(FAIL_CODES)[:3]), help="Exit 10/11/12 from this state on.")
@options.as_json
def status(
    claude_dir: str | None,
    session: str | None,
    at_request: int | None,
    snapshot_path: Path | None,
    window: int | None,
    detail: bool,
    plain: bool,
    fail_on: str | None,
    as_json: bool,
) -> None:
    """What fills the window, and how bad it is.

    \b
    Examples:
      brimline status --detail
      brimline status --session 3ef6e43 --at-request 10 --json
      brimline status --snapshot window.json
    """
    if snapshot_path and (session or at_request is not None):
        raise click.UsageError("--snapshot shows no session: leave --session and --at-request out")
    from brimline.app.wiring import status_view

    view = status_view(
        claude_dir=claude_dir,
        session=session,
        turn=at_request,
        snapshot_path=snapshot_path,
        window_tokens=window,
    )
    warn(*view.warnings)
    if as_json:
        options.print_json(view)
    else:
        from brimline.surfaces.cli.status_text import render_status

        click.echo(render_status(view, plain=plain, detail=detail))
    _fail(view.health, fail_on)


def _fail(state: str, fail_on: str | None) -> None:
    code = FAIL_CODES.get(state, 0)
    if fail_on and code >= FAIL_CODES[fail_on]:
        raise SystemExit(code)
