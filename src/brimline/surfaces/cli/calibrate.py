"""`brimline calibrate`."""

import click

from brimline.surfaces.cli import options


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
    options.warn(*view.warnings)
    if as_json:
        options.print_json(view)
        return
    click.echo(f"{'Model':<28}{'Steps':>7}{'Slope':>9}{'Median off':>12}{'Within 2':>10}{'Total error':>13}")
    for fit in view.models:
        click.echo(
            f"{fit.model:<28}{fit.steps:>7,}{fit.slope:>9.4f}{fit.median_abs_error_tokens:>12,.1f}"
            f"{fit.within_2_tokens_share:>10.1%}{fit.total_error_share:>+13.3%}"
        )
    click.echo(f"{view.sessions} sessions; growth predicted per step, in tokens, against what was reported.")
