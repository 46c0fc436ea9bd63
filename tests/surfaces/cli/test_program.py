"""The command line as a whole: default command, errors, exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from brimline.surfaces.cli import main
from brimline.surfaces.cli.program import COMMANDS, brimline


@pytest.fixture
def nowhere(tmp_path: Path) -> str:
    return str(tmp_path / "nowhere")


def test_every_command_that_is_listed_can_be_loaded() -> None:
    context = brimline.make_context("brimline", ["status"])

    assert [name for name in COMMANDS if brimline.get_command(context, name) is None] == []


def test_help_lists_every_command() -> None:
    shown = CliRunner().invoke(brimline, ["--help"]).output

    assert all(name in shown for name in COMMANDS)


@pytest.mark.parametrize("command", ["status", "usage", "timeline", "calibrate"])
def test_without_a_session_the_exit_code_is_20_and_the_sentence_says_where_was_looked(
    command: str, nowhere: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, "--claude-dir", nowhere])

    assert end.value.code == 20
    assert nowhere in capsys.readouterr().err


def test_without_a_command_it_is_status(nowhere: str) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--claude-dir", nowhere])

    assert end.value.code == 20


def test_errors_are_json_where_json_was_asked_for(nowhere: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["status", "--claude-dir", nowhere, "--json"])

    said = capsys.readouterr()
    assert said.out == ""
    assert json.loads(said.err)["error"]["type"] == "NoSessionError"


def test_a_misspelt_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["statsu"])

    assert end.value.code == 2
    assert "did you mean 'status'?" in capsys.readouterr().err


USAGE_ERRORS = [
    (["status", "--sesion", "x"], "there is no option --sesion; did you mean --session?"),
    (["status", "--frobnicate"], "there is no option --frobnicate; see brimline status --help"),
    (["usage", "--by", "moon"], "invalid value for '--by': 'moon' is not one of"),
    (["status", "--at-request", "x"], "'x' is not a valid integer; see brimline status --help"),
    (["status", "--session"], "option '--session' requires an argument; see brimline --help"),
    (["count"], "missing argument 'FILE|-'; see brimline count --help"),
    (["frobnicate"], "no such command 'frobnicate'; see brimline --help"),
    (["status", "a", "b"], "got unexpected extra arguments (a b); see brimline status --help"),
]


@pytest.mark.parametrize(("args", "said"), USAGE_ERRORS)
def test_a_usage_error_is_one_sentence(
    args: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(args)

    told = capsys.readouterr()
    assert (end.value.code, told.out, told.err.count("\n")) == (2, "", 1)
    assert told.err.startswith("brimline: ")
    assert said in told.err


@pytest.mark.parametrize(("args", "said"), USAGE_ERRORS)
def test_a_usage_error_is_json_where_json_was_asked_for(
    args: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main([args[0], "--json", *args[1:]])

    error = json.loads(capsys.readouterr().err)["error"]
    assert (end.value.code, error["type"]) == (2, "UsageError")
    assert said in error["message"]


def test_a_wrong_setting_is_a_usage_error(
    nowhere: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BRIMLINE_WINDOW", "tiny")

    with pytest.raises(SystemExit) as end:
        main(["status", "--claude-dir", nowhere])

    assert end.value.code == 2
    assert "BRIMLINE_WINDOW: window is 'tiny'" in capsys.readouterr().err


def test_a_terminal_without_our_signs_shows_the_rest() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from brimline.surfaces.cli import main; main()", "demo"],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=True,
    )

    assert b"Token Budget Status" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("command", [["demo"], ["usage", "--json"]])
def test_a_full_disk_is_one_sentence(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "projects" / "-p").mkdir(parents=True)
    (tmp_path / "projects" / "-p" / "s.jsonl").touch()
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from brimline.surfaces.cli import main; main()", *command],
            env={**os.environ, "CLAUDE_CONFIG_DIR": str(tmp_path)},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr.startswith(b"brimline: could not finish: ")
    assert done.stderr.count(b"\n") == 1
