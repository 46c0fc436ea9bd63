"""Plain files are whole or not there, private, and nowhere but in the folder they were meant for."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from brimline.core.errors import StoreError
from brimline.stores.plain_files import plain_path, read_plain, remove_plain, sweep, write_plain

HANDLE = "0123456789ab"
KILLED_BEFORE_RENAME = """
import os, sys
from pathlib import Path
from brimline.stores import plain_files
def stop(*_, **__): os.kill(os.getpid(), 9)
os.rename = stop
plain_files.write_plain(Path(sys.argv[1]), "0123456789ab", b"secret " * 100_000)
"""


def test_a_file_is_private_from_its_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    fsync = os.fsync

    def look(descriptor: int) -> None:
        state = os.fstat(descriptor)
        if stat.S_ISREG(state.st_mode):
            seen.append(stat.S_IMODE(state.st_mode))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    before = os.umask(0)
    try:
        path = write_plain(tmp_path / "a" / "b", HANDLE, b"raw")
    finally:
        os.umask(before)

    assert seen == [0o600]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700


def test_the_rights_of_a_folder_that_is_not_ours_stay(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    write_plain(tmp_path, HANDLE, b"raw")

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_an_agent_s_own_tools_read_it(tmp_path: Path) -> None:
    path = write_plain(tmp_path, HANDLE, b"one\ntwo\nthree\n")

    assert subprocess.run(["sed", "-n", "2p", path], capture_output=True, check=True).stdout == b"two\n"
    assert (
        subprocess.run(["grep", "-n", "three", path], capture_output=True, check=True).stdout == b"3:three\n"
    )


def test_what_an_agent_changed_is_written_anew(tmp_path: Path) -> None:
    path = write_plain(tmp_path, HANDLE, b"raw")
    path.write_bytes(b"RAW")
    path.chmod(0o644)

    write_plain(tmp_path, HANDLE, b"raw")

    assert path.read_bytes() == b"raw"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_right_is_not_written_again(tmp_path: Path) -> None:
    before = write_plain(tmp_path, HANDLE, b"raw").stat()

    assert write_plain(tmp_path, HANDLE, b"raw").stat().st_ino == before.st_ino


def test_a_link_in_its_place_is_replaced_and_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"mine")
    plain_path(tmp_path, HANDLE).symlink_to(other)

    path = write_plain(tmp_path, HANDLE, b"raw")

    assert not path.is_symlink()
    assert (path.read_bytes(), other.read_bytes()) == (b"raw", b"mine")


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "link").symlink_to(elsewhere)

    with pytest.raises(StoreError, match=r"cannot use .*link: "):
        write_plain(tmp_path / "link", HANDLE, b"raw")

    assert list(elsewhere.iterdir()) == []


def test_a_killed_writer_leaves_nothing_that_can_be_taken_for_a_file(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED_BEFORE_RENAME, tmp_path], check=False)

    assert killed.returncode == -signal.SIGKILL
    assert read_plain(tmp_path, HANDLE) == b""
    (draft,) = tmp_path.iterdir()
    assert stat.S_IMODE(draft.stat().st_mode) == 0o600
    sweep(tmp_path, older_than_seconds=3600)
    assert draft.exists()  # it may be a writer's that is still at work
    os.utime(draft, (time.time() - 7200,) * 2)
    sweep(tmp_path, older_than_seconds=3600)
    assert list(tmp_path.iterdir()) == []


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="no room"):
        write_plain(tmp_path, HANDLE, b"raw")

    assert list(tmp_path.iterdir()) == []


def test_reading_and_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    assert read_plain(tmp_path, HANDLE) == b""
    remove_plain(tmp_path, HANDLE)
    remove_plain(tmp_path / "gone", HANDLE)
    sweep(tmp_path / "gone", older_than_seconds=0)
    assert list(tmp_path.iterdir()) == []
