"""The use cases, put together from real folders."""

import json
import os
from pathlib import Path

import pytest

from brimline.app import demo
from brimline.app.views import StatusView
from brimline.app.wiring import calibrate_view, config_view, cost_view, status_view, timeline_view
from brimline.core.errors import InputError, NoSessionError

SESSION = Path(demo.__file__).with_name(demo.SESSION)


@pytest.fixture
def claude_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "claude" / "projects" / "-work"
    folder.mkdir(parents=True)
    (folder / SESSION.name).write_bytes(SESSION.read_bytes())
    return tmp_path / "claude"


def test_the_newest_session_is_taken_where_none_is_named(claude_dir: Path) -> None:
    status = status_view(claude_dir=str(claude_dir))

    assert status.session == SESSION.stem
    assert status.request == status.requests == 39


@pytest.mark.parametrize("turn", [1, 20, 39])
def test_any_request_can_be_looked_at(claude_dir: Path, turn: int) -> None:
    status = status_view(claude_dir=str(claude_dir), session=SESSION.stem[:8], turn=turn)

    assert status.request == turn
    assert status.reported_tokens == timeline_view(claude_dir=str(claude_dir)).tokens[turn - 1]


@pytest.mark.parametrize("turn", [0, -1, 40])
def test_a_request_that_is_not_there_is_refused(claude_dir: Path, turn: int) -> None:
    with pytest.raises(InputError, match="requests 1 to 39"):
        status_view(claude_dir=str(claude_dir), turn=turn)


def test_the_window_comes_from_the_flag_before_every_other_source(claude_dir: Path) -> None:
    status = status_view(claude_dir=str(claude_dir), window_tokens=250_000)

    assert status.window.size == 250_000
    assert status.used.share == pytest.approx(126_560 / 250_000)
    assert status.health == "warning"


def test_claude_s_own_settings_move_the_line(claude_dir: Path) -> None:
    (claude_dir / "settings.json").write_text('{"autoCompactWindow": 200000}', encoding="utf-8")

    window = status_view(claude_dir=str(claude_dir)).window

    assert (window.line, window.line_source) == (167_000, "settings")


def test_a_damaged_line_is_said_and_does_no_harm(claude_dir: Path) -> None:
    (file,) = claude_dir.glob("projects/*/*.jsonl")
    file.write_bytes(b'{"type": "user", "broken\n' + file.read_bytes())

    status = status_view(claude_dir=str(claude_dir))

    assert status.used.tokens == 126_560
    assert any("1 line of" in warning for warning in status.warnings)


def test_reading_on_gives_the_same_as_reading_anew(claude_dir: Path) -> None:
    (file,) = claude_dir.glob("projects/*/*.jsonl")
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:90]))
    before = status_view(claude_dir=str(claude_dir))
    with file.open("ab") as grown:
        grown.writelines(lines[90:])

    status = status_view(claude_dir=str(claude_dir))

    assert before.requests is not None
    assert before.requests < 39
    assert status == status_view(claude_dir=str(claude_dir), session=str(file))
    assert status.accounted_tokens == status_of_copy(file).accounted_tokens


def status_of_copy(file: Path) -> StatusView:
    copy = file.with_name("copy.jsonl")
    copy.write_bytes(file.read_bytes())
    return status_view(claude_dir=str(file.parents[2]), session=str(copy))


@pytest.mark.parametrize("content", [b"", b'{"type": "user", "uuid": "u", "message": {"content": "hi"}}\n'])
def test_a_newest_transcript_without_a_request_is_passed_over_in_words(
    claude_dir: Path, content: bytes
) -> None:
    (file,) = claude_dir.glob("projects/*/*.jsonl")
    for name in ("begun", "newest"):
        file.with_name(f"{name}.jsonl").write_bytes(content)
    os.utime(file, (0, 0))

    status = status_view(claude_dir=str(claude_dir), turn=7)

    assert (status.session, status.request) == (SESSION.stem, 7)
    (warning,) = status.warnings
    assert "passed over, and 1 more transcript" in warning
    assert "newest.jsonl holds no request yet" in warning
    with pytest.raises(InputError, match=r"newest\.jsonl holds no request yet"):
        status_view(claude_dir=str(claude_dir), session="newest")


def test_where_no_transcript_has_a_request_the_newest_is_named(claude_dir: Path) -> None:
    (file,) = claude_dir.glob("projects/*/*.jsonl")
    file.write_bytes(b"")

    with pytest.raises(InputError, match="holds no request yet"):
        status_view(claude_dir=str(claude_dir))


def test_broken_settings_of_claude_stop_nothing_and_are_said(claude_dir: Path) -> None:
    (claude_dir / "settings.json").write_text('{"autoCompactWindow": 200000,', encoding="utf-8")

    status = status_view(claude_dir=str(claude_dir))
    config = config_view(claude_dir=str(claude_dir))

    assert status.used.tokens == 126_560
    for warnings in (status.warnings, config.warnings, timeline_view(claude_dir=str(claude_dir)).warnings):
        (warning,) = warnings
        assert "Claude Code's settings are passed over" in warning
        assert "settings.json" in warning


def test_a_session_without_usage_figures_says_so(claude_dir: Path) -> None:
    (file,) = claude_dir.glob("projects/*/*.jsonl")
    file.write_bytes(file.read_bytes().replace(b'"usage":', b'"usage_was":'))

    status = status_view(claude_dir=str(claude_dir))

    assert "has no usage figures up to request 39" in "".join(status.warnings)
    assert (status.reported_tokens, status.residual_tokens) == (None, 0)
    assert status.used.tokens == status.accounted_tokens


def test_cost_without_a_session_is_the_scenario_alone(tmp_path: Path) -> None:
    view = cost_view(claude_dir=str(tmp_path))

    assert view.session is None
    assert view.scenario.saved_cost_share == pytest.approx(0.75)
    assert "no Claude Code session" in view.warnings[0]


def test_cost_of_a_session_that_is_not_there_is_an_error(claude_dir: Path) -> None:
    with pytest.raises(NoSessionError):
        cost_view(claude_dir=str(claude_dir), session="ffffffff")


def test_calibration_of_the_bundled_session_is_close(claude_dir: Path) -> None:
    (fit,) = calibrate_view(claude_dir=str(claude_dir)).models

    assert fit.model == "claude-sonnet-5"
    assert fit.slope == pytest.approx(1, abs=0.001)
    assert fit.median_abs_error_tokens == 0


def test_calibration_says_what_it_could_not_read(claude_dir: Path) -> None:
    (file,) = claude_dir.glob("projects/*/*.jsonl")
    file.write_bytes(b'{"type": "user", "broken\n' + file.read_bytes())

    view = calibrate_view(claude_dir=str(claude_dir))

    assert view.warnings == [f"1 line of {file} could not be read; the rest is taken"]
    assert view.models


def test_the_configuration_names_where_each_value_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "brimline.json").write_text(
        json.dumps({"tokenManagement": {"window": 5_000}}), encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)

    view = config_view(claude_dir=str(tmp_path))

    assert view.tokenManagement["window"] == 5_000
    assert view.origins["window"] == str(tmp_path / "brimline.json")
    assert view.origins["pools"] == "default"


def test_a_working_directory_that_is_gone_is_said_so(
    claude_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    with pytest.raises(InputError, match="was removed; change into one that is there"):
        status_view(claude_dir=str(claude_dir))
