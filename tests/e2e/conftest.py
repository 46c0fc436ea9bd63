"""Real clients: brought from npm by name, and kept outside the repository."""

import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

CLIENTS = Path(os.environ.get("BRIMLINE_E2E_CACHE") or Path.home() / ".cache" / "brimline-e2e")
MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
SYSTEMS = {"linux": "linux", "darwin": "darwin"}


@pytest.fixture(scope="session")
def claude_code() -> Callable[[str], Path]:
    """Return what gives the path of a version's `claude`; it skips in words where there is none to be had.

    BRIMLINE_E2E_CACHE names the folder where clients are kept (by default below ~/.cache).
    """
    return bring


def bring(version: str) -> Path:
    """Return the path of Claude Code's program of *version*, fetched with npm on first use."""
    program = CLIENTS / f"claude-code-{version}" / "claude"
    if not program.is_file():
        _fetch(_package(), version, program)
    return program


def _package() -> str:
    system, machine = SYSTEMS.get(sys.platform), MACHINES.get(platform.machine().lower())
    if system is None or machine is None:
        pytest.skip(f"Claude Code is not packaged for {sys.platform} on {platform.machine()}")
    return f"@anthropic-ai/claude-code-{system}-{machine}"


def _fetch(package: str, version: str, program: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(f"npm is not on PATH, so Claude Code {version} cannot be brought; install Node.js")
    CLIENTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CLIENTS) as scratch:
        command = [npm, "pack", f"{package}@{version}", "--loglevel=error", "--pack-destination", scratch]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=500)
        packed = list(Path(scratch).glob("*.tgz"))
        if done.returncode or not packed:
            pytest.skip(f"npm could not bring {package}@{version}: {done.stderr.strip()[:300]}")
        with tarfile.open(packed[0]) as tar:
            tar.extractall(scratch, filter="data")
        program.parent.mkdir(exist_ok=True)
        (Path(scratch) / "package" / "claude").replace(program)
