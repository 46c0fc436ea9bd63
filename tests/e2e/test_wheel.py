"""The package as a stranger installs it: everything it needs is inside, and its command runs."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
LEFT_OUT = {"__pycache__"}

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run *command* with a clean environment and *environment* besides; return what it printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BRIMLINE_", "PYTHON"))}
    done = subprocess.run(
        command, cwd=cwd, env=kept | environment, capture_output=True, text=True, check=False, timeout=500
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel and its locked requirements into an environment of its own; return its `bin`."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    locked = ROOT / "requirements.txt"
    run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", locked, cwd=folder)
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", wheel, cwd=folder)
    return python.parent


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    files = {
        str(path.relative_to(SOURCE))
        for path in (SOURCE / "brimline").rglob("*")
        if path.is_file() and not LEFT_OUT.intersection(path.parts)
    }

    packed = set(zipfile.ZipFile(wheel).namelist())

    assert "brimline/py.typed" in packed
    assert files - packed == set()


def test_the_wheel_carries_its_licence(wheel: Path) -> None:
    assert any(name.endswith("licenses/LICENSE") for name in zipfile.ZipFile(wheel).namelist())


def test_the_installed_requirements_fit_together(installed: Path, tmp_path: Path) -> None:
    assert "No broken requirements" in run(installed / "python", "-m", "pip", "check", cwd=tmp_path)


def test_the_installed_command_shows_its_demo(installed: Path, tmp_path: Path) -> None:
    shown = run(installed / "brimline", "demo", cwd=tmp_path, BRIMLINE_HOME=str(tmp_path / "home"))

    assert "Token Budget Status" in shown


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_installed_command_completes_in_a_shell(installed: Path, tmp_path: Path, shell: str) -> None:
    assert "_BRIMLINE_COMPLETE" in run(installed / "brimline", "completion", shell, cwd=tmp_path)


def test_the_wheel_installs_as_a_tool(wheel: Path, tmp_path: Path) -> None:
    folders = {name: str(tmp_path / name) for name in ("UV_TOOL_DIR", "UV_TOOL_BIN_DIR", "UV_CACHE_DIR")}
    uv = Path(sys.executable).with_name("uv")

    run(uv, "tool", "install", "--python", sys.executable, wheel, cwd=tmp_path, **folders)

    assert "Usage: brimline" in run(tmp_path / "UV_TOOL_BIN_DIR" / "brimline", "--help", cwd=tmp_path)
