"""`brimline status`, as it is called."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from brimline.app.views import StatusView, view_status
from brimline.core.analyzer import analyze
from brimline.core.budget import Budget
from brimline.core.resource import Kind, Resource
from brimline.core.snapshot import Snapshot
from brimline.core.window import Window
from brimline.surfaces.cli import main
from brimline.surfaces.cli.program import brimline
from brimline.surfaces.cli.status_text import render_status

BRIEF = """\
📊 Token Budget Status
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
Total Budget:     200,000 tokens
Current Usage:     25,000 tokens (12.5%)
Available:        175,000 tokens (87.5%)

Breakdown:
├─ System:          2,500 tokens (1.3%)
├─ MCPs (active):   6,500 tokens (3.3%)
├─ Skills (loaded): 3,500 tokens (1.8%)
├─ Messages:        8,000 tokens (4.0%)
└─ Context:         4,500 tokens (2.3%)

Status: 🟢 Healthy
"""
OVERFULL = """
{"window": {"size": 200000}, "categories": [
  {"name": "System", "tokens": 1, "items": [{"name": "a", "tokens": 2}]}
]}
"""
TOKENS = {"System": 2_500, "MCPs": 6_500, "Skills": 3_500, "Messages": 8_000, "Context": 4_500}


def snapshot(path: Path, tokens: dict[str, int], size: int = 200_000, **more: object) -> str:
    categories = [{"name": name, "tokens": figure} for name, figure in tokens.items()]
    path.write_text(
        json.dumps({"window": {"size": size}, "categories": categories, **more}), encoding="utf-8"
    )
    return str(path)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(brimline, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_brief_s_snapshot_prints_as_in_the_brief(tmp_path: Path) -> None:
    assert run("status", "--snapshot", snapshot(tmp_path / "s.json", TOKENS)) == BRIEF


def test_a_snapshot_can_come_on_standard_input_and_stand_in_another_window(tmp_path: Path) -> None:
    content = Path(snapshot(tmp_path / "s.json", TOKENS)).read_text(encoding="utf-8")
    result = CliRunner().invoke(
        brimline, ["status", "--snapshot", "-", "--window", "50000", "--json"], input=content
    )

    view = json.loads(result.stdout)
    assert (view["window"]["size"], view["used"]["share"], view["health"]) == (50_000, 0.5, "warning")


@pytest.mark.parametrize("extra", [["--session", "abc"], ["--at-request", "1"]])
def test_a_snapshot_shows_no_session(
    tmp_path: Path, extra: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["status", "--snapshot", snapshot(tmp_path / "s.json", TOKENS), *extra])

    assert end.value.code == 2
    assert "--snapshot shows no session" in capsys.readouterr().err


def test_plain_swaps_the_emoji_for_words(tmp_path: Path) -> None:
    shown = run("status", "--snapshot", snapshot(tmp_path / "s.json", TOKENS), "--plain")

    assert shown == BRIEF.replace("📊 ", "").replace("🟢 ", "")


def test_agents_are_a_line_only_when_there_are_any(tmp_path: Path) -> None:
    shown = run("status", "--snapshot", snapshot(tmp_path / "s.json", {**TOKENS, "Agents": 100}))

    assert "├─ Agents:            100 tokens (0.1%)" in shown


def test_a_larger_window_keeps_its_columns(tmp_path: Path) -> None:
    shown = run("status", "--snapshot", snapshot(tmp_path / "s.json", TOKENS, size=1_000_000))
    lines = [line for line in shown.splitlines() if " tokens" in line]

    assert {line.index(" tokens") for line in lines} == {27}


@pytest.mark.parametrize(
    ("tokens", "health"),
    [
        (0, "healthy"),
        (99_999, "healthy"),
        (100_000, "warning"),
        (149_999, "warning"),
        (150_000, "critical"),
        (179_999, "critical"),
        (180_000, "emergency"),
        (200_000, "emergency"),
        (200_001, "overflow"),
    ],
)
def test_each_state_begins_where_the_design_says(tokens: int, health: str, tmp_path: Path) -> None:
    path = snapshot(tmp_path / "s.json", {"Messages": tokens})

    assert json.loads(run("status", "--snapshot", path, "--json"))["health"] == health


@pytest.mark.parametrize(
    ("tokens", "fail_on", "code"),
    [
        (50_000, "warning", 0),
        (120_000, "warning", 10),
        (120_000, "critical", 0),
        (160_000, "warning", 11),
        (190_000, "emergency", 12),
        (300_000, "emergency", 12),
    ],
)
def test_fail_on_turns_a_state_into_an_exit_code(
    tokens: int, fail_on: str, code: int, tmp_path: Path
) -> None:
    path = snapshot(tmp_path / "s.json", {"Messages": tokens})

    result = CliRunner().invoke(brimline, ["status", "--snapshot", path, "--fail-on", fail_on])

    assert result.exit_code == code


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "truncated"),
        ("{}", "`window`"),
        ('{"window": {}, "categories": []}', "`size`"),
        ('{"window": {"size": "big"}, "categories": []}', "$.window.size"),
        ('{"window": {"size": 10}, "categories": []}', "window.size is 10"),
        ('{"window": {"size": 200000}, "categories": [{"name": "Toys", "tokens": 1}]}', "Toys"),
        ('{"window": {"size": 200000}, "categories": [{"name": "System", "tokens": -1}]}', "negative"),
        (OVERFULL, "more than its 1"),
        ('{"schema": "x@2", "window": {"size": 200000}, "categories": []}', "x@2"),
        ('{"window": {"size": 200000, "line": 300000}, "categories": []}', "line of 300000"),
    ],
)
def test_a_snapshot_that_cannot_be_is_refused_in_one_sentence(
    content: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(SystemExit) as end:
        main(["status", "--snapshot", str(path)])

    said = capsys.readouterr().err
    assert end.value.code == 1
    assert said.startswith(f"brimline: {path} is no snapshot")
    assert words in said
    assert said.count("\n") == 1


def test_items_of_a_snapshot_open_under_detail(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    category = {"name": "Skills", "tokens": 500, "items": [{"name": "pdf", "tokens": 300}]}
    path.write_text(json.dumps({"window": {"size": 200_000}, "categories": [category]}), encoding="utf-8")

    shown = run("status", "--snapshot", str(path), "--detail")

    assert "300  pdf" in shown
    assert "200  Skills" in shown


def status_of(accounted: int, reported: int) -> StatusView:
    window = Window("m", 200_000, 167_000)
    resources = (Resource(Kind.FILE, "a.py", accounted),)
    snapshot = Snapshot(window=window, resources=resources, reported_tokens=reported)
    return view_status(analyze(snapshot, Budget(200_000)))


def test_what_the_lines_do_not_account_for_is_a_line_itself() -> None:
    """The breakdown of a real session must not look complete where a part of its growth left no trace."""
    text = render_status(status_of(accounted=90_000, reported=100_000))

    assert "├─ Context:        90,000 tokens (45.0%)" in text
    assert "└─ Unaccounted:    10,000 tokens (5.0%)" in text


def test_an_error_too_small_to_matter_is_no_line() -> None:
    assert "Unaccounted" not in render_status(status_of(accounted=99_100, reported=100_000))
