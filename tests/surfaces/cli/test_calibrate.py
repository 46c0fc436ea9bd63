"""`brimline calibrate`, as it is called."""

from pathlib import Path

from click.testing import CliRunner

from brimline.app import demo
from brimline.surfaces.cli.program import brimline

SESSION = Path(demo.__file__).with_name(demo.SESSION)


def test_each_model_is_a_row_of_figures(tmp_path: Path) -> None:
    project = tmp_path / "projects" / "-work"
    project.mkdir(parents=True)
    (project / SESSION.name).write_bytes(SESSION.read_bytes())

    text = CliRunner().invoke(brimline, ["calibrate", "--claude-dir", str(tmp_path)]).stdout

    row = next(line for line in text.splitlines() if "claude-sonnet-5" in line)
    assert row.split()[2:4] == ["1.0000", "0.0"]
    assert "1 sessions" not in text
