"""Answers `usage --json` and `count` without the command line's machinery, whose start takes half the time.

Anything but the plainest form is left to it, errors in the options included.
"""

import json
import sys
from collections.abc import Sequence
from typing import NamedTuple, cast

from brimline.core.errors import BrimlineError
from brimline.surfaces.cli.terminal import warn


class Question(NamedTuple):
    """The options of a plain `usage --json`."""

    group: str = "day"
    claude_dir: str | None = None
    timezone: str = ""
    since: str = ""
    until: str = ""


_OPTIONS = {
    "--by": "group",
    "--claude-dir": "claude_dir",
    "--timezone": "timezone",
    "--since": "since",
    "--until": "until",
}


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit."""
    given = sys.argv[1:] if args is None else args
    try:
        answered = answer(given) or answer_count(given)
    except KeyboardInterrupt:
        sys.exit("Aborted!")  # as the command line itself says
    if answered:
        return
    from brimline.surfaces.cli.program import main as run

    run(given)


def answer(args: Sequence[str]) -> bool:
    """Print the usage view if *args* ask plainly for it as JSON; tell whether they did and all went well.

    What went wrong goes wrong again in the command itself, which knows how to say it.
    """
    question = plain_question(args)
    if question is None:
        return False
    from brimline.app.usage import Group, usage_view

    try:
        view = usage_view(
            claude_dir=question.claude_dir,
            group=cast("Group", question.group),
            timezone=question.timezone,
            since=question.since,
            until=question.until,
        )
        sys.stdout.write(json.dumps(view.to_json(), separators=(",", ":")) + "\n")
        sys.stdout.flush()
    except (BrimlineError, OSError):
        return False
    warn(*view.warnings)
    return True


def plain_question(args: Sequence[str]) -> Question | None:
    """Return what *args* ask for, or None where they are anything but `usage --json` and known options.

    >>> plain_question(["usage", "--json", "--by", "model"]).group
    'model'
    >>> plain_question(["usage", "--json", "--help"]) is None
    True
    """
    if args[:1] != ["usage"] or args.count("--json") != 1:
        return None
    rest = [arg for arg in args[1:] if arg != "--json"]
    names, values = rest[::2], rest[1::2]
    fitting = len(names) == len(values) and len(set(names)) == len(names) and set(names) <= _OPTIONS.keys()
    if not fitting or any(not value or value.startswith("-") for value in values):
        return None
    from brimline.app.usage import GROUPS

    question = Question()._replace(
        **{_OPTIONS[name]: value for name, value in zip(names, values, strict=True)}
    )
    return question if question.group in GROUPS else None


class Sum(NamedTuple):
    """The arguments of a plain `count`."""

    file: str
    model: str = ""
    as_message: bool = False
    as_json: bool = False


def answer_count(args: Sequence[str]) -> bool:
    """Print the count if *args* ask plainly for it, and tell whether they did.

    What goes wrong is said here: standard input can be read only once.
    """
    asked = plain_count(args)
    if asked is None or (asked.as_json and sys.stdout.isatty()):
        return False
    from brimline.app.counting import DEFAULT_MODEL, count_text, read_text

    try:
        view = count_text(read_text(asked.file), asked.model or DEFAULT_MODEL, as_message=asked.as_message)
        told = json.dumps(view.to_json(), separators=(",", ":")) if asked.as_json else view.to_text()
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()
    except (BrimlineError, OSError) as error:
        from brimline.surfaces.cli.program import end

        end(error, as_json=asked.as_json)
    return True


def plain_count(args: Sequence[str]) -> Sum | None:
    """Return what *args* ask for, or None where they are anything but `count`, one file and known options.

    >>> plain_count(["count", "-", "--json"])
    Sum(file='-', model='', as_message=False, as_json=True)
    >>> plain_count(["count", "--help"]) is None
    True
    """
    if args[:1] != ["count"]:
        return None
    rest = list(args[1:])
    flags = [arg for arg in rest if arg in {"--as-message", "--json"}]
    rest = [arg for arg in rest if arg not in flags]
    at = rest.index("--model") if "--model" in rest else len(rest)
    (model,) = rest[at + 1 : at + 2] or [""]
    files = rest[:at] + rest[at + 2 :]
    plain = len(files) == 1 and bool(model) == ("--model" in rest) and not model.startswith("-")
    if not plain or not files[0] or (files[0].startswith("-") and files != ["-"]):
        return None
    return Sum(files[0], model, "--as-message" in flags, "--json" in flags)
