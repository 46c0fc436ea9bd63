"""What a user may not read is said to be so, never to be absent."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from brimline.app import demo

SESSION = Path(demo.__file__).with_name(demo.SESSION)
NOBODY = 65_534
RUN = f"""
import os, sys
from contextlib import redirect_stderr, redirect_stdout, suppress
from brimline.surfaces.cli import program, quick
closed = sys.argv.pop(1)
if closed:
    os.chdir(os.path.join(closed, "inner"))
    os.chmod(closed, 0)
if os.geteuid() == 0:
    # Nobody may not read root's Python: what the command loads is loaded before.
    home = os.environ["BRIMLINE_HOME"]
    os.environ["BRIMLINE_HOME"] = home + "-of-root"
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        for command in (program, quick):
            with suppress(SystemExit):
                command.main(sys.argv[1:])
    os.environ["BRIMLINE_HOME"] = home
    os.setgid({NOBODY})
    os.setuid({NOBODY})
sys.stderr = sys.__stderr__
quick.main()
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """Lend a folder that anybody may enter, which pytest's own are not, with a Claude folder in it."""
    folder = Path(tempfile.mkdtemp())
    project = folder / "claude" / "projects" / "-work"
    project.mkdir(parents=True)
    (folder / "here" / "inner").mkdir(parents=True)
    (folder / "home").mkdir()
    shutil.copy(SESSION, project)
    folder.chmod(0o755)
    (folder / "home").chmod(0o777)
    yield folder
    for path in (folder / "claude", folder / "claude/projects", project, folder / "here", folder / "hidden"):
        if path.exists():
            path.chmod(0o755)
    shutil.rmtree(folder)


def run(place: Path, *args: str, closed: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command line as a user who may not read everything; from the folder *closed*, closed then."""
    environment = {
        "BRIMLINE_HOME": str(place / "home"),
        "HOME": str(place / "home"),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    return subprocess.run(
        [sys.executable, "-c", RUN, closed, *args, "--claude-dir", str(place / "claude")],
        capture_output=True,
        text=True,
        check=False,
        cwd=place,
        env=environment,
    )


@pytest.mark.parametrize("command", ["status", "timeline", "calibrate", "usage"])
@pytest.mark.parametrize("hidden", ["claude", "claude/projects", "claude/projects/-work"])
def test_an_unreadable_folder_is_said_to_be_one(place: Path, command: str, hidden: str) -> None:
    (place / hidden).chmod(0)

    told = run(place, command, "--json")

    assert told.returncode == 20, told.stderr
    message = json.loads(told.stderr)["error"]["message"]
    assert "could not be listed (Permission denied)" in message
    assert hidden in message


def test_cost_of_an_unreadable_folder_is_the_scenario_and_says_why(place: Path) -> None:
    (place / "claude").chmod(0)

    told = run(place, "cost")

    assert told.returncode == 0, told.stderr
    assert "Permission denied" in told.stderr


@pytest.mark.parametrize("command", ["status", "timeline", "cost"])
def test_an_unreadable_transcript_is_said_to_be_one(place: Path, command: str) -> None:
    (file,) = place.glob("claude/projects/*/*.jsonl")
    file.chmod(0)

    for told in (run(place, command), run(place, command, "--session", str(file))):
        assert told.returncode == 1
        assert f"cannot read the transcript {file}: Permission denied" in told.stderr


def test_an_unreadable_newest_transcript_hides_no_other(place: Path) -> None:
    (file,) = place.glob("claude/projects/*/*.jsonl")
    os.utime(file, (0, 0))
    newer = file.with_name("newer.jsonl")
    shutil.copyfile(file, newer)
    newer.chmod(0)

    told = run(place, "status", "--json")

    assert json.loads(told.stdout)["session"] == SESSION.stem
    assert "newer.jsonl: Permission denied" in told.stderr


def test_a_transcript_in_a_hidden_folder_is_not_said_to_be_absent(place: Path) -> None:
    (place / "hidden").mkdir(mode=0)

    told = run(place, "status", "--session", str(place / "hidden" / "a.jsonl"))

    assert told.returncode == 1
    assert "a.jsonl: Permission denied" in told.stderr


def test_a_folder_is_no_transcript(place: Path) -> None:
    told = run(place, "status", "--session", str(place))

    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == f"brimline: {place} is a folder; name a transcript\n"


@pytest.mark.parametrize("command", ["status", "timeline", "cost", "calibrate", "usage"])
def test_an_unreadable_working_directory_is_in_nobody_s_way(place: Path, command: str) -> None:
    told = run(place, command, closed=str(place / "here"))

    assert (told.returncode, told.stderr) == (0, "")


def test_settings_that_may_not_be_read_are_an_error_only_where_they_are_ours(place: Path) -> None:
    (place / "brimline.json").touch(mode=0)
    (place / "claude" / "settings.json").touch(mode=0)

    told = run(place, "config", "show")
    (place / "brimline.json").unlink()
    passed = run(place, "config", "show")

    assert told.returncode == 2
    assert "brimline.json: Permission denied" in told.stderr
    assert passed.returncode == 0
    assert "settings are passed over" in passed.stderr
    assert "settings.json: Permission denied" in passed.stderr
