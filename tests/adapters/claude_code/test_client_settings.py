"""What Claude Code's settings files and variables say of the window."""

import json
from pathlib import Path

import pytest

from brimline.adapters.claude_code.client_settings import ClientSettings, read_client_settings


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [tmp_path / "settings.local.json", tmp_path / "settings.json"]


def write(path: Path, **settings: object) -> None:
    path.write_text(json.dumps(settings), encoding="utf-8")


def test_silence_leaves_everything_as_it_is(files: list[Path]) -> None:
    assert read_client_settings(files, {}) == ClientSettings()


def test_the_stronger_file_wins_key_by_key(files: list[Path]) -> None:
    write(files[0], autoCompactWindow=150_000)
    write(files[1], autoCompactWindow=300_000, autoCompactEnabled=False, unknown={"a": 1})

    assert read_client_settings(files, {}) == ClientSettings(compacts=False, compact_window_tokens=150_000)


def test_variables_come_from_the_environment_then_from_the_files(files: list[Path]) -> None:
    write(files[0], env={"CLAUDE_AUTOCOMPACT_PCT_OVERRIDE": "80"})
    write(files[1], env={"CLAUDE_AUTOCOMPACT_PCT_OVERRIDE": 60, "CLAUDE_CODE_MAX_CONTEXT_TOKENS": 400_000})

    told = read_client_settings(files, {"CLAUDE_CODE_AUTO_COMPACT_WINDOW": "120000"})
    louder = read_client_settings(files, {"CLAUDE_AUTOCOMPACT_PCT_OVERRIDE": "70"})

    assert told == ClientSettings(compact_window_tokens=120_000, compact_share=0.8, window_tokens=400_000)
    assert louder.compact_share == 0.7


@pytest.mark.parametrize("name", ["DISABLE_AUTO_COMPACT", "DISABLE_COMPACT"])
@pytest.mark.parametrize(("value", "compacts"), [("1", False), ("true", False), ("0", True), ("", True)])
def test_compaction_can_be_switched_off(files: list[Path], name: str, value: str, *, compacts: bool) -> None:
    assert read_client_settings(files, {name: value}).compacts is compacts


def test_a_variable_may_be_a_switch_in_a_file(files: list[Path]) -> None:
    write(files[1], env={"DISABLE_AUTO_COMPACT": True})

    assert not read_client_settings(files, {}).compacts


@pytest.mark.parametrize("value", ["-1", "0", "1e5", "lots", "٣٤", "9" * 5_000, ""])
def test_an_absurd_variable_says_nothing(files: list[Path], value: str) -> None:
    names = (
        "CLAUDE_CODE_AUTO_COMPACT_WINDOW",
        "CLAUDE_CODE_MAX_CONTEXT_TOKENS",
        "CLAUDE_AUTOCOMPACT_PCT_OVERRIDE",
    )

    read = read_client_settings(files, dict.fromkeys(names, value))

    assert read in (
        ClientSettings(),
        ClientSettings(compact_window_tokens=34, compact_share=0.34, window_tokens=34),
    )


def test_a_share_above_the_whole_says_nothing(files: list[Path]) -> None:
    assert read_client_settings(files, {"CLAUDE_AUTOCOMPACT_PCT_OVERRIDE": "101"}).compact_share is None


@pytest.mark.parametrize("window", [-5, 0, 10**20])
def test_an_absurd_window_in_a_file_says_nothing(files: list[Path], window: int) -> None:
    write(files[1], autoCompactWindow=window)

    assert read_client_settings(files, {}).compact_window_tokens is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"autoCompactWindow":"500k"}'])
def test_a_file_that_cannot_be_read_says_nothing(files: list[Path], content: bytes) -> None:
    files[0].write_bytes(content)
    write(files[1], autoCompactEnabled=False)

    assert read_client_settings(files, {}) == ClientSettings(compacts=False)
