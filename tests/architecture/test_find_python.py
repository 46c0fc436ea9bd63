"""The Makefile finds a Python that works, passes over those that do not, and says what to install."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "find-python"
DOES_NOT_START = "#!/bin/sh\necho 'command not found' >&2\nexit 127\n"
WITHOUT_ENSUREPIP = "#!/bin/sh\necho \"ModuleNotFoundError: No module named 'ensurepip'\" >&2\nexit 1\n"
WORKS = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"


def lend(machine: Path, *tools: str) -> None:
    for tool in tools:
        (machine / tool).symlink_to(shutil.which(tool) or pytest.skip(f"there is no {tool} here"))


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Make a machine with sh's own tools and no Python at all."""
    folder = tmp_path / "bin"
    folder.mkdir()
    lend(folder, "sh", "ls")
    return folder


def provide(machine: Path, name: str, script: str) -> None:
    (machine / name).write_text(script, encoding="utf-8")
    (machine / name).chmod(0o755)


def find(machine: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    places = {"PATH": str(machine), "HOME": str(machine.parent), **environment}
    return subprocess.run(
        ["/bin/sh", SCRIPT, *arguments], env=places, capture_output=True, text=True, check=False
    )


def test_a_shim_that_does_not_start_is_passed_over(machine: Path) -> None:
    provide(machine, "python3", DOES_NOT_START)
    provide(machine, "python3.12", DOES_NOT_START)
    provide(machine, "python3.11", WORKS)

    assert find(machine).stdout == f"{sys.executable}\n"


def test_a_python_that_cannot_make_an_environment_is_passed_over(machine: Path) -> None:
    provide(machine, "python3", WITHOUT_ENSUREPIP)
    provide(machine, "python3.13", WORKS)

    assert find(machine).stdout == f"{sys.executable}\n"


def test_the_one_that_is_named_comes_first(machine: Path) -> None:
    provide(machine, "python3", DOES_NOT_START)

    assert find(machine, PY=sys.executable).stdout == f"{sys.executable}\n"


@pytest.mark.parametrize("named", ["/nowhere/python", "python3.12", "sh"])
@pytest.mark.parametrize("arguments", [(), ("--each",)])
def test_one_that_is_named_and_does_not_work_is_refused(
    machine: Path, named: str, arguments: tuple[str, ...]
) -> None:
    provide(machine, "python3", WORKS)
    provide(machine, "python3.12", DOES_NOT_START)

    refused = find(machine, *arguments, PY=named)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"PY={named} does not start as CPython 3.11 or newer")
    assert refused.stderr.count("\n") == 1


def test_pyenv_has_the_last_word(machine: Path) -> None:
    versions = machine.parent / ".pyenv" / "versions" / "3.99" / "bin"
    versions.mkdir(parents=True)
    provide(versions, "python", WORKS)

    assert find(machine).stdout == f"{sys.executable}\n"


def test_each_minor_version_is_named_once(machine: Path) -> None:
    provide(machine, "python3", WORKS)
    provide(machine, "python3.11", WORKS)

    assert find(machine, "--each").stdout == f"{MINOR} {sys.executable}\n"


def test_a_machine_without_python_is_told_what_to_install(machine: Path) -> None:
    result = find(machine)

    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("brimline needs Python 3.11 or newer")
    assert result.stderr.count("\n") == 1


def test_make_stops_with_that_one_sentence(machine: Path, tmp_path: Path) -> None:
    lend(machine, "make")

    stopped = subprocess.run(
        ["make", f"VENV={tmp_path}/venv", "test"],
        cwd=SCRIPT.parents[1],
        env={"PATH": str(machine), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    sentence, end = stopped.stderr.splitlines()
    assert sentence.startswith("brimline needs Python 3.11 or newer")
    assert end.startswith("make: ***")
