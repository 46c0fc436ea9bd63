"""What every test gets: a home of its own, no settings of whoever runs it, and the data where it is there."""

import os
import tarfile
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("deterministic", derandomize=True, deadline=None)  # the same examples in every run
settings.load_profile("deterministic")

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("BRIMLINE_DATA", ROOT.parent / "shared" / "data"))
OTHERS_SETTINGS = ("BRIMLINE_", "CLAUDE_", "NO_COLOR", "FORCE_COLOR")


@pytest.fixture(autouse=True)
def brimline_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an empty BRIMLINE_HOME, UTC, and none of the settings of whoever runs it."""
    for name in [name for name in os.environ if name.startswith(OTHERS_SETTINGS)]:
        monkeypatch.delenv(name)
    home = tmp_path / "brimline-home"
    monkeypatch.setenv("BRIMLINE_HOME", str(home))
    monkeypatch.setenv("TZ", "UTC")
    return home


def unpacked(archive: Path, cache: pytest.Cache) -> Path:
    """Return a folder with the contents of *archive*, unpacked once for each state of the archive.

    Skips the test in words where the archive is absent.
    """
    if not archive.is_file():
        pytest.skip(f"needs {archive.name}, which is not in {archive.parent}; BRIMLINE_DATA names the folder")
    state = archive.stat()
    folder = cache.mkdir("data") / f"{archive.name.partition('.')[0]}-{state.st_size}-{state.st_mtime_ns}"
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch, tarfile.open(archive) as tar:
            tar.extractall(scratch, filter="data")
            with suppress(OSError):  # another run may just have unpacked it
                Path(scratch).rename(folder)
            Path(scratch).mkdir(exist_ok=True)  # so that its removal finds it
    return folder


@pytest.fixture(scope="session")
def claude_folders(request: pytest.FixtureRequest) -> list[Path]:
    """Return the folders of the session data; each holds `projects/` and serves as a CLAUDE_CONFIG_DIR."""
    assert request.config.cache is not None
    folder = unpacked(DATA / "sessions" / "claude-code-sessions.tar.xz", request.config.cache)
    return sorted(path.parent for path in folder.glob("*/projects"))


@pytest.fixture(scope="session")
def token_truth(request: pytest.FixtureRequest) -> Path:
    """Return the folder of texts and the counts that Anthropic's `count_tokens` answered for them."""
    assert request.config.cache is not None
    return unpacked(DATA / "token-truth.tar.xz", request.config.cache) / "token-truth"
