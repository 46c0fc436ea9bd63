"""`brimline`: the group of commands, each loaded only when it is called."""

import sys
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from typing import NoReturn, cast

import click

from brimline import __version__
from brimline.core.errors import BrimlineError
from brimline.surfaces.cli.terminal import warn

COMMANDS = {
    "status": "What fills the window, and how bad it is (the default command).",
    "usage": "Tokens and dollars by day, week, month, model, project, session or 5-hour block.",
    "timeline": "How a session's window grew, task by task.",
    "cost": "What a session cost, part by part, beside a reference scenario.",
    "calibrate": "How our counts fit what the API reported in your own sessions.",
    "count": "The tokens of a file.",
    "replay": "What each policy would have saved on recorded sessions, and what turns would have missed.",
    "originals": "What was cut from a window, kept byte for byte: shown, listed, let go.",
    "undo": "Send what was hidden again as it was.",
    "config": "The settings in force, and where each came from.",
    "demo": "Status, timeline and cost of one bundled real session.",
    "completion": "Print the shell completion script.",
}
"""Every command with its one line of help, so that `--help` loads none of them."""


class LazyGroup(click.Group):
    """Finds commands by name and runs `status` where none is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command *cmd_name*, loading its module."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"brimline.surfaces.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)  # noqa: S101 - tells the type checker what we export
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take options without a command as options of `status`."""
        if not args or (args[0].startswith("-") and args[0] not in {"--help", "-h", "--version"}):
            args = ["status", *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command where one is misspelt."""
        from difflib import get_close_matches

        near = get_close_matches(args[0], COMMANDS, n=1)
        if args[0] not in COMMANDS and near:
            ctx.fail(f"There is no command {args[0]!r}; did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="brimline")
def brimline() -> None:
    """Keep an agent's context window under its line: what fills it, how bad it is, what it costs.

    Without a command it shows the status of the newest session of this folder.

    \b
    Example:
      brimline                      what fills my window?
      brimline usage --by month     what did it cost?
    """


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit; errors are one sentence on stderr, as JSON where JSON was asked for."""
    given = sys.argv[1:] if args is None else args
    with suppress(AttributeError):  # a terminal without our bars and dots still shows the rest
        cast("TextIOWrapper", sys.stdout).reconfigure(errors="replace")
    as_json = "--json" in given
    try:
        sys.exit(brimline.main(given, prog_name="brimline", standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()  # the help itself
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _report("UsageError", _sentence(error), as_json=as_json)
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit("Aborted!")
    except (BrimlineError, OSError) as error:
        end(error, as_json=as_json)


def end(error: BrimlineError | OSError, *, as_json: bool) -> NoReturn:
    """Say in one sentence what went wrong, and exit as it asks."""
    if isinstance(error, BrimlineError):
        _report(type(error).__name__, str(error), as_json=as_json)
        sys.exit(error.exit_code)
    if isinstance(error, BrokenPipeError):
        # Whoever read us (`head`) has seen enough; Python must not complain while it closes stdout.
        sys.stderr.close()
        sys.exit(0)
    warn(f"could not finish: {error}; see to what is named, then try again")
    sys.stderr.close()  # the same
    sys.exit(1)


def _sentence(error: click.ClickException) -> str:
    """Return what is wrong with the arguments as every error is said: small, without a full stop."""
    told = " ".join(error.format_message().split())
    if isinstance(error, click.NoSuchOption):
        near = f"; did you mean {error.possibilities[0]}?" if error.possibilities else ""
        told = f"there is no option {error.option_name}{near}"
    told = told[:1].lower() + told[1:].rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "brimline"
    return told if told.endswith("?") else f"{told}; see {command} --help"


def _report(kind: str, sentence: str, *, as_json: bool) -> None:
    if not as_json:
        warn(sentence)
        return
    import json

    body = {"error": {"type": kind, "message": sentence}}
    click.echo(json.dumps(body, separators=(",", ":")), err=True)
