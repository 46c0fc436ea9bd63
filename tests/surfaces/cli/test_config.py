"""`brimline config`, as it is called."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from brimline.surfaces.cli.program import brimline


def test_origin_says_where_each_value_came_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "brimline.json"
    file.write_text(json.dumps({"tokenManagement": {"criticalThreshold": 0.8}}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIMLINE_WINDOW", "300000")

    text = CliRunner().invoke(brimline, ["config", "show", "--origin"], catch_exceptions=False).stdout
    origins = {line.split()[0]: line.split("(", 1)[1].rstrip(")") for line in text.splitlines()}

    assert origins["criticalThreshold"] == str(file)
    assert origins["window"] == "BRIMLINE_WINDOW"
    assert origins["autoOptimize"] == "default"


def test_without_a_subcommand_it_shows() -> None:
    assert "compressionMode     balanced" in CliRunner().invoke(brimline, ["config"]).stdout


def test_a_file_that_is_right_is_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "brimline.json"
    file.write_text(json.dumps({"tokenManagement": {"window": 300_000}}), encoding="utf-8")

    assert (
        "1 setting, all right (window)" in CliRunner().invoke(brimline, ["config", "check", str(file)]).stdout
    )
