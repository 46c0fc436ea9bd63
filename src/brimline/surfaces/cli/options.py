"""Options that several commands take, and what they all do with their answer."""

import sys
from pathlib import Path

import click
import msgspec

claude_dir = click.option(
    "--claude-dir",
    metavar="DIR",
    help="Claude folder (default: CLAUDE_CONFIG_DIR, else ~/.claude).",
)
session = click.option(
    "--session",
    metavar="ID|FILE",
    help="A session's id, its beginning, or a transcript (default: the newest of this folder, else of all).",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print the versioned view as JSON.")
plain = click.option("--plain", is_flag=True, help="Words instead of emoji.")
window = click.option(
    "--window", metavar="TOKENS", type=int, help="Size of the window, over every other source."
)
file = click.Path(path_type=Path, dir_okay=False)
"""An argument or option that names a file."""


def print_json(view: msgspec.Struct | dict[str, object]) -> None:
    """Print *view* as one JSON object, indented for people when they read it directly."""
    encoded = msgspec.json.encode(view)
    if sys.stdout.isatty():
        encoded = msgspec.json.format(encoded, indent=2)
    click.echo(encoded)
