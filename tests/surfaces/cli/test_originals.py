"""`brimline originals`, as it is called."""

import json
import os
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from brimline.app.originals import keep_original, opened_desk
from brimline.surfaces.cli import main
from brimline.surfaces.cli.program import brimline

SECRET = b"password=canary-4711\n"


def keep(raw: bytes = SECRET * 100, session: str = "session-1", days_ago: float = 0) -> str:
    with opened_desk() as desk:
        return keep_original(desk, raw, session=session, now=time.time() - days_ago * 86_400).handle


def run(*arguments: str) -> str:
    result = CliRunner().invoke(brimline, ["originals", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def checked(schema: str, *arguments: str) -> dict[str, object]:
    answer = json.loads(run(*arguments, "--json"))
    shipped = json.loads((files("brimline") / "schemas" / f"{schema}.json").read_text(encoding="utf-8"))
    Draft202012Validator(shipped).validate(answer)
    assert isinstance(answer, dict)
    return answer


def test_show_prints_every_byte(brimline_home: Path) -> None:
    raw = bytes(range(256)) * 10
    handle = keep(raw)

    shown = subprocess.run(
        [sys.executable, "-c", "from brimline.surfaces.cli import main; main()", "originals", "show", handle],
        env={**os.environ, "BRIMLINE_HOME": str(brimline_home)},
        capture_output=True,
        check=True,
    )

    assert shown.stdout == raw
    assert shown.stderr == b""


def test_a_terminal_is_not_moved_by_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    handle = keep(b"a\x1b[2Jb\r\n\tc\n")
    monkeypatch.setattr("brimline.surfaces.cli.originals._is_terminal", lambda: True)

    assert run("show", handle) == "a\ufffd[2Jb\n\tc\n"


def test_every_answer_keeps_to_its_schema() -> None:
    handle = keep()
    keep(b"over", "old", days_ago=60)

    assert checked("originals-show", "show", handle)["text"] == (SECRET * 100).decode()
    listed = checked("originals", "list", "--session", "session-1")["originals"]
    assert isinstance(listed, list)
    assert [one["handle"] for one in listed] == [handle]
    assert checked("originals-forgotten", "gc", "--claude-dir", "nowhere")["sessions"] == ["old"]
    assert checked("originals-forgotten", "purge")["done"] is False
    assert checked("originals-forgotten", "purge", "--yes")["sessions"] == ["session-1"]


def test_list_names_handle_size_and_file() -> None:
    handle = keep()

    first, total = run("list").splitlines()

    assert first.startswith(handle)
    assert "2,100 bytes" in first
    assert first.endswith(f"{handle}.txt")
    assert total.startswith("1 original; all take")


def test_gc_and_purge_say_what_went() -> None:
    keep(days_ago=60)
    keep(b"new", "other")

    assert run("gc", "--claude-dir", "nowhere").startswith("Removed 1 original and 0 edits of 1 session (")
    assert run("purge", "--session", "other").startswith("Would remove 1 original and 0 edits of 1 session (")
    assert run("purge", "--session", "other", "--yes").endswith("; 0 bytes are left.\n")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["show", "../../etc/passwd"], 1, "'../../etc/passwd' is no handle"),
        (["show", "0123456789ab"], 1, "there is no original 0123456789ab"),
        (["list", "--session", "nobody"], 20, "no session 'nobody' holds originals"),
        (["purge", "--session", "nobody", "--yes"], 20, "no session 'nobody' holds originals"),
        (["gc", "--keep-days", "-1"], 2, "--keep-days"),
    ],
)
def test_errors_are_one_sentence_with_an_exit_code(
    arguments: list[str], code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    keep()
    with pytest.raises(SystemExit) as end:
        main(["originals", *arguments])

    said = capsys.readouterr().err
    assert end.value.code == code
    assert sentence in said
    assert "canary" not in said


def test_a_damaged_archive_is_said_to_be_and_nothing_of_it_is_shown(
    brimline_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep()
    for file in (brimline_home / "originals").glob("archive.sqlite3*"):
        file.write_bytes(SECRET * 500)

    with pytest.raises(SystemExit) as end:
        main(["originals", "list"])

    said = capsys.readouterr().err
    assert end.value.code == 1
    assert "is damaged" in said
    assert said.count("\n") == 1
    assert "canary" not in said
