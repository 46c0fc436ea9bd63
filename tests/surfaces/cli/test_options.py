"""What programs read: every view keeps to the schema that ships with it."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from brimline.app import demo
from brimline.surfaces.cli.program import brimline
from tools.generate_schemas import written

SESSION = Path(demo.__file__).with_name(demo.SESSION)


@pytest.fixture(scope="module")
def claude_dir(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("claude")
    project = folder / "projects" / "-work"
    project.mkdir(parents=True)
    (project / SESSION.name).write_bytes(SESSION.read_bytes())
    return str(folder)


def answer(*arguments: str, text: str | None = None) -> object:
    result = CliRunner().invoke(brimline, [*arguments, "--json"], input=text, catch_exceptions=False)
    return json.loads(result.stdout)


def check(name: str, value: object) -> None:
    schema = json.loads((files("brimline") / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(value)


@pytest.mark.parametrize("name", ["status", "usage", "timeline", "cost", "calibrate"])
def test_a_session_s_views_keep_to_their_schemas(name: str, claude_dir: str) -> None:
    check(name, answer(name, "--claude-dir", claude_dir))


def test_the_other_views_keep_to_their_schemas(tmp_path: Path) -> None:
    settings = tmp_path / "brimline.json"
    settings.write_text('{"tokenManagement": {"window": 5000}}', encoding="utf-8")

    check("count", answer("count", "-", text="hello"))
    check("demo", answer("demo"))
    check("config", answer("config", "show"))
    check("config-check", answer("config", "check", str(settings)))


@pytest.mark.parametrize("group", ["day", "week", "month", "model", "project", "session", "block"])
def test_usage_by_anything_keeps_to_its_schema(group: str, claude_dir: str) -> None:
    check("usage", answer("usage", "--claude-dir", claude_dir, "--by", group))


def test_the_contract_s_fields_are_all_there(claude_dir: str) -> None:
    status = answer("status", "--claude-dir", claude_dir)

    assert isinstance(status, dict)
    assert status["window"].keys() >= {"size", "line"}
    assert status["used"].keys() == {"tokens", "share", "provenance"}
    assert status["health_by"].keys() >= {"window", "line"}
    assert status["categories"][0].keys() == {"name", "tokens", "share", "provenance", "items"}
    assert status["categories"][0]["items"][0].keys() == {"name", "tokens", "last_used", "uses"}
    assert status["pools"][0].keys() >= {"path", "guaranteed", "used", "borrowed"}
    assert status["pace"].keys() >= {"tokens_per_turn", "turns_to_line"}
    assert status["recommendations"][0].keys() == {"action", "target", "frees_tokens", "why"}
    assert status["reported_tokens"] == status["used"]["tokens"]


def test_the_shipped_schemas_are_those_of_the_views() -> None:
    stale = [path.name for path, text in written().items() if path.read_text(encoding="utf-8") != text]

    assert stale == [], "run `make reference`"
