"""The archive is private from its first byte, waits for others, and says what is wrong in one sentence."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from brimline.core.errors import InputError, StoreError, StoreFullError
from brimline.stores import archive as archive_module
from brimline.stores.archive import FILE, Archive, open_archive

OPEN_AND_CLOSE = """
import sys
from pathlib import Path
from brimline.stores.archive import open_archive
open_archive(Path(sys.argv[1])).close()
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_everything_is_the_owner_s_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        archive = open_archive(tmp_path / "home" / "originals")
        with archive.writing() as database:
            database.execute("CREATE TABLE something (x)")
        modes = {path.name: mode(path) for path in (tmp_path / "home" / "originals").iterdir()}
        archive.close()
    finally:
        os.umask(before)

    assert modes == dict.fromkeys((FILE, f"{FILE}-wal", f"{FILE}-shm"), 0o600)
    assert mode(tmp_path / "home" / "originals") == mode(tmp_path / "home") == 0o700


def test_a_folder_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    open_archive(tmp_path).close()

    assert mode(tmp_path) == 0o700


def make_half_a_change(archive: Archive) -> None:
    with archive.writing() as database:
        database.execute("CREATE TABLE half (x)")
        database.execute("no SQL")


def test_a_change_that_fails_leaves_nothing(archive: Archive) -> None:
    with pytest.raises(StoreError, match="syntax error"):
        make_half_a_change(archive)

    with archive.reading() as database:
        assert database.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchone() is None


def test_many_processes_may_begin_it_at_once(tmp_path: Path) -> None:
    started = [subprocess.Popen([sys.executable, "-c", OPEN_AND_CLOSE, tmp_path / "new"]) for _ in range(6)]

    assert [process.wait() for process in started] == [0] * 6


def test_a_damaged_archive_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database " * 1000)

    with pytest.raises(StoreError, match=r"is damaged .* move it away"):
        open_archive(tmp_path)

    assert (tmp_path / FILE).read_bytes().startswith(b"no database")


def test_an_archive_of_a_newer_brimline_is_refused(tmp_path: Path) -> None:
    archive = open_archive(tmp_path)
    with archive.writing() as database:
        database.execute("INSERT INTO migrations VALUES ('m999_future')")
    archive.close()

    with pytest.raises(StoreError, match="made by another version of brimline"):
        open_archive(tmp_path)


def test_a_place_where_no_folder_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match=r"cannot use .*file/originals: .*; see to its rights"):
        open_archive(tmp_path / "file" / "originals")


def test_a_busy_archive_is_said_to_be(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "_BUSY_SECONDS", 0.01)
    other = open_archive(archive.folder)

    with archive.writing(), pytest.raises(StoreError, match="busy; try again"), other.writing():
        pass

    other.close()


def test_a_full_disk_is_told_from_other_trouble(archive: Archive) -> None:
    with archive.reading() as database:
        database.execute("PRAGMA max_page_count = 20")
        database.execute("CREATE TABLE much (x)")

    with pytest.raises(StoreFullError, match="no room"), archive.writing() as database:
        database.execute("INSERT INTO much VALUES (zeroblob(1000000))")


def test_half_a_character_in_a_name_is_refused(archive: Archive) -> None:
    with pytest.raises(InputError, match="half a character"), archive.reading() as database:
        database.execute("SELECT ?", ("\ud800",))


def test_what_is_deleted_is_gone_from_every_file(archive: Archive) -> None:
    secret = b"canary-7f3a" * 400
    with archive.writing() as database:
        database.execute("CREATE TABLE secrets (x)")
        database.execute("INSERT INTO secrets VALUES (?)", (secret,))
    with archive.writing() as database:
        database.execute("DELETE FROM secrets")
    archive.shrink()

    assert [path.name for path in archive.folder.iterdir() if b"canary-7f3a" in path.read_bytes()] == []


def test_a_commit_waits_for_the_disk(archive: Archive) -> None:
    with archive.reading() as database:
        assert database.execute("PRAGMA synchronous").fetchone() == (2,)
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_any_other_trouble_is_named_with_its_place(archive: Archive) -> None:
    with (
        pytest.raises(StoreError, match=r"cannot use the archive .*archive\.sqlite3: near"),
        archive.reading() as database,
    ):
        database.execute("no SQL")


def test_its_steps_are_recorded(archive: Archive) -> None:
    with archive.reading() as database:
        names = [name for (name,) in database.execute("SELECT name FROM migrations ORDER BY name")]

    assert names == ["m001_originals", "m002_holdings", "m003_edits"]


def test_the_journal_can_only_be_added_to(archive: Archive) -> None:
    with archive.writing() as database:
        database.execute("INSERT INTO originals VALUES ('aa', 'aa', 0, 0, 0, x'')")
        database.execute(
            "INSERT INTO edits VALUES (NULL, 's', 't', 0, 'drop', 'aa', '', '', '', 0, NULL, x'')"
        )

    with pytest.raises(StoreError, match="only ever added to"), archive.writing() as database:
        database.execute("UPDATE edits SET reason = 'other'")


def test_sqlite_is_new_enough_for_what_we_ask_of_it() -> None:
    assert sqlite3.sqlite_version_info >= (3, 31)
