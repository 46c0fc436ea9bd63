"""`brimline calibrate`."""

import click

from brimline.app.calibrate import ModelFit
from brimline.core.wording import counted
from brimline.surfaces.cli import options
from brimline.surfaces.cli.terminal import warn


@click.command()
@options.claude_dir
@options.as_json
def calibrate(claude_dir: str | None, as_json: bool) -> None:
    """How our counts fit what the API reported in your own sessions, model by model.

    A step is two consecutive requests of one model with one tool call and one text result between
    them: all of it is in the transcript, so the window's growth can be predicted and compared.

    \b
    Example:
      brimline calibrate --claude-dir ~/.claude
    """
    from brimline.app.wiring import calibrate_view

    view = calibrate_view(claude_dir=claude_dir)
    warn(*view.warnings)
    if as_json:
        options.print_json(view)
        return
    from brimline.surfaces.cli.tables import print_table

    headings = ("Model", "Steps", "Slope", "Median off", "Within 2", "Total error")
    print_table(headings, [_cells(fit) for fit in view.models])
    click.echo(
        f"{counted(view.sessions, 'session')}; growth predicted for each step, against what the API reported."
    )


def _cells(fit: ModelFit) -> list[str]:
    return [
        fit.model,
        f"{fit.steps:,}",
        f"{fit.slope:.4f}",
        f"{fit.median_abs_error_tokens:,.1f}",
        f"{fit.within_2_tokens_share:.1%}",
        f"{fit.total_error_share:+.3%}",
    ]
