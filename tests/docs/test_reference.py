"""The reference is what the commands and schemas say of themselves, and it is complete."""

import json

import click
import pytest
from jsonschema import Draft202012Validator

from tools.generate_reference import SCHEMAS, contexts, schemas_page, written

PRINTS_A_SCRIPT = {"brimline completion"}


@pytest.fixture
def commands() -> list[click.Context]:
    return [context for context in contexts() if not isinstance(context.command, click.Group)]


def has_json(context: click.Context) -> bool:
    return any("--json" in parameter.opts for parameter in context.command.params)


def shows_an_example(context: click.Context) -> bool:
    return context.command_path in context.get_help().partition("xample")[2]


def test_the_reference_is_up_to_date() -> None:
    stale = [
        page.name for page, text in written().items() if not page.is_file() or page.read_text("utf-8") != text
    ]

    assert stale == [], "run `make reference`"


def test_every_form_shows_its_fields_and_those_nested_in_them() -> None:
    sections = schemas_page().split("\n## ")[1:]

    assert [section.partition("\n")[0] for section in sections if "| `schema` *" not in section] == []
    status = next(section for section in sections if section.startswith("brimline/status@1"))
    for field in ("window.size", "categories[].items[].tokens", "health_by.decided_by", "error_share"):
        assert f"| `{field}`" in status


def test_every_command_says_what_it_does_with_an_example(commands: list[click.Context]) -> None:
    silent = [each.command_path for each in commands if not each.command.help or not shows_an_example(each)]

    assert silent == []


def test_every_command_has_json(commands: list[click.Context]) -> None:
    without = {each.command_path for each in commands if not has_json(each)}

    assert without <= PRINTS_A_SCRIPT


def test_every_option_has_help() -> None:
    options = [
        (context.command_path, parameter)
        for context in contexts()
        for parameter in context.command.params
        if isinstance(parameter, click.Option)
    ]

    assert [(path, option.name) for path, option in options if not option.help] == []


def test_every_shipped_schema_is_a_schema() -> None:
    for path in SCHEMAS.glob("*.json"):
        Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))
