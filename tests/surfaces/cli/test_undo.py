"""`brimline undo`, as it is called."""

import json
from importlib.resources import files

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from brimline.app.originals import keep_original, opened_desk
from brimline.core.plan import Edit, EditKey, Verb
from brimline.surfaces.cli import main
from brimline.surfaces.cli.program import brimline

RAW = b"secret line\n" * 1_000


@pytest.fixture
def handle() -> str:
    with opened_desk() as desk:
        handle = keep_original(desk, RAW, session="session-1", now=1).handle
        edit = Edit(
            key=EditKey("session-1", "toolu_1"),
            verb=Verb.REPLACE,
            original=handle,
            replacement=b"cut",
            reason="long output",
            level="balanced",
            plan="plan-1",
            at=2,
        )
        desk.journal.record(edit)
    return handle


def run(*arguments: str) -> str:
    result = CliRunner().invoke(brimline, ["undo", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_it_says_what_it_would_undo_and_then_does(handle: str) -> None:
    line, dry = run("--dry-run").splitlines()
    assert line.startswith(handle)
    assert line.endswith("12,000 bytes  replace toolu_1 part 0: long output")
    assert dry == "Would undo 1 edit: 12,000 bytes are sent again."

    assert run("plan-1").endswith("Undid 1 edit: 12,000 bytes are sent again.\n")
    with opened_desk() as desk:
        assert desk.journal.replay("session-1", "toolu_1", RAW) == RAW


def test_its_answer_keeps_to_its_schema(handle: str) -> None:
    schema = json.loads((files("brimline") / "schemas" / "undo.json").read_text(encoding="utf-8"))
    answer = json.loads(run("session-1", "--json"))

    Draft202012Validator(schema).validate(answer)
    assert [edit["handle"] for edit in answer["edits"]] == [handle]


def test_nothing_to_undo_is_an_error_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["undo"])

    assert end.value.code == 1
    assert capsys.readouterr().err.startswith("brimline: nothing is hidden, so there is nothing to undo")
