"""`brimline usage`, as it is called."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from brimline.app import demo
from brimline.surfaces.cli import main
from brimline.surfaces.cli.program import brimline

SESSION = Path(demo.__file__).with_name(demo.SESSION)


@pytest.fixture
def claude_dir(tmp_path: Path) -> str:
    project = tmp_path / "claude" / "projects" / "-work"
    project.mkdir(parents=True)
    (project / SESSION.name).write_bytes(SESSION.read_bytes())
    return str(tmp_path / "claude")


def shown(*arguments: str, columns: str = "160", monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", columns)
    result = CliRunner().invoke(brimline, ["usage", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_table_has_rows_and_totals(claude_dir: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown("--claude-dir", claude_dir, "--by", "model", monkeypatch=monkeypatch)

    row = next(line for line in text.splitlines() if "claude-sonnet-5" in line)
    total = next(line for line in text.splitlines() if "Total" in line)
    assert row.split()[1:] == total.split()[1:] == ["39", "77", "138,556", "3,955,733", "17,829", "$1.52"]


def test_a_narrow_terminal_gets_short_figures(claude_dir: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown("--claude-dir", claude_dir, columns="80", monkeypatch=monkeypatch)

    assert "4.0M" in text
    assert "3,955,733" not in text


def test_csv_is_read_back_as_numbers(claude_dir: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown("--claude-dir", claude_dir, "--by", "session", "--csv", monkeypatch=monkeypatch)

    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["session"], row["cache_read_tokens"]) == (SESSION.stem, "3955733")
    assert float(row["cost_usd"]) == pytest.approx(1.5236, abs=0.001)


def test_requests_of_unknown_models_are_said(claude_dir: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = Path(claude_dir).glob("projects/*/*.jsonl")
    file.write_bytes(file.read_bytes().replace(b'"claude-sonnet-5"', b'"mystery-9"'))

    text = shown("--claude-dir", claude_dir, monkeypatch=monkeypatch)

    assert "Without a cost, as no price is known: 39 requests of mystery-9." in text


def test_days_in_the_wrong_order_are_refused(claude_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(
            ["usage", "--claude-dir", claude_dir, "--since", "2026-02-02", "--until", "2026-02-01", "--json"]
        )

    assert end.value.code == 2
    assert "since 2026-02-02 lies after until 2026-02-01" in capsys.readouterr().err


def test_two_forms_at_once_are_refused(claude_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["usage", "--claude-dir", claude_dir, "--csv", "--json"])

    assert end.value.code == 2
    assert "name one of them" in capsys.readouterr().err


def test_csv_holds_nothing_that_moves_a_cursor(claude_dir: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = Path(claude_dir).glob("projects/*/*.jsonl")
    hostile = rb"claude\u001b[2J\u202e-sonnet-5"
    file.write_bytes(file.read_bytes().replace(b"claude-sonnet-5", hostile))

    text = shown("--claude-dir", claude_dir, "--csv", "--by", "model", monkeypatch=monkeypatch)

    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "-sonnet-5" in text
