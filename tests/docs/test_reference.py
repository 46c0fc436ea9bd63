"""The reference is what the commands and schemas say of themselves, and it is complete."""

import json

import click
import pytest
from jsonschema import Draft202012Validator

from tools.examples import ROOT

THERE = any((ROOT / "src" / "brimline" / "surfaces").glob("cli/program.py"))
pytestmark = pytest.mark.skipif(not THERE, reason="there are no commands yet")
if THERE:
    from tools.generate_reference import SCHEMAS, contexts, written

    CONTEXTS = contexts()
else:
    CONTEXTS = []

LEAVES = [context for context in CONTEXTS if not isinstance(context.command, click.Group)]
PRINTS_A_SCRIPT = {"brimline completion"}


def path_of(context: click.Context) -> str:
    return context.command_path


def test_the_reference_is_up_to_date() -> None:
    stale = [
        page.name for page, text in written().items() if not page.is_file() or page.read_text("utf-8") != text
    ]

    assert stale == [], "run `make reference`"


@pytest.mark.parametrize("context", LEAVES, ids=path_of)
def test_a_command_says_what_it_does_with_an_example(context: click.Context) -> None:
    text = context.get_help()

    assert context.command.help
    assert context.command_path in text.partition("xample")[2], "its help shows no example of it"


@pytest.mark.parametrize("context", LEAVES, ids=path_of)
def test_a_command_has_json(context: click.Context) -> None:
    options = {option for parameter in context.command.params for option in parameter.opts}

    assert "--json" in options or context.command_path in PRINTS_A_SCRIPT


@pytest.mark.parametrize("context", CONTEXTS, ids=path_of)
def test_every_option_has_help(context: click.Context) -> None:
    options = [parameter for parameter in context.command.params if isinstance(parameter, click.Option)]

    assert [option.name for option in options if not option.help] == []


def test_every_shipped_schema_is_a_schema() -> None:
    for path in SCHEMAS.glob("*.json"):
        Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))
