"""What is kept comes back byte for byte, or not at all."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brimline.core.errors import InputError, StoreError, StoreFullError
from brimline.stores import originals as originals_module
from brimline.stores.archive import Archive, open_archive
from brimline.stores.originals import Originals
from brimline.stores.plain_files import write_plain
from brimline.stores.retention import purge

WRITER = """
import sys
from pathlib import Path
from brimline.stores.archive import open_archive
from brimline.stores.originals import Originals
originals = Originals(open_archive(Path(sys.argv[1])))
for number in range(10_000):
    raw = f"original {number} ".encode() * 3_000
    print(originals.put(raw, session="s", at=number).handle, number, flush=True)
"""


def put(originals: Originals, raw: bytes, session: str = "s", at: float = 1.0) -> str:
    return originals.put(raw, session=session, at=at).handle


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=5_000), session=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_bytes_of_any_session_come_back(originals: Originals, raw: bytes, session: str) -> None:
    kept = originals.put(raw, session=session, at=1)

    assert originals.read(kept.handle) == kept.path.read_bytes() == raw
    assert kept.sha256 == sha256(raw).hexdigest()
    assert session in originals.find(kept.handle).sessions


def test_what_two_sessions_hold_is_stored_once(originals: Originals) -> None:
    raw = b"the same output\n" * 1_000
    first = originals.put(raw, session="a", at=1)
    second = originals.put(raw, session="b", at=2)

    (original,) = originals.catalogue()
    assert first.handle == second.handle == original.handle
    assert original.sessions == ("a", "b")
    assert set(original.paths) == {first.path, second.path}
    assert original.stored_bytes < len(raw) / 10
    assert originals.used_bytes() == original.stored_bytes + 2 * len(raw)


def test_a_plain_file_goes_where_the_caller_wants_it(originals: Originals, tmp_path: Path) -> None:
    folder = tmp_path / "session" / "tool-results"

    kept = originals.put(b"raw", session="s", at=1, folder=folder)

    assert kept.path == folder / f"{kept.handle}.txt"
    assert kept.path.read_bytes() == b"raw"


@pytest.mark.parametrize("session", ["../../etc/passwd", "/etc", "a\0b", "x" * 10_000_000, "", "\u202e\n"])
def test_no_session_s_name_is_ever_a_path(session: str, originals: Originals, archive: Archive) -> None:
    kept = originals.put(b"raw", session=session, at=1)

    assert kept.path.parent.parent == archive.folder
    assert len(kept.path.parent.name) == 12
    assert originals.sessions() == [session]


def test_an_original_is_found_by_an_unambiguous_beginning(originals: Originals) -> None:
    kept = originals.put(b"raw", session="s", at=1)

    assert originals.find(kept.sha256[:4]) == originals.find(kept.sha256) == originals.find(kept.handle)


@pytest.mark.parametrize(
    "handle", ["", "abc", "../x", "ABCDEF", "a" * 65, "abcd\0", "abcd*", "ab cd", "ab[c-d]"]
)
def test_what_is_no_handle_is_refused(handle: str, originals: Originals) -> None:
    with pytest.raises(InputError, match="is no handle"):
        originals.read(handle)


def test_a_handle_of_nothing_says_where_to_look(originals: Originals) -> None:
    with pytest.raises(InputError, match="no original abcd; `brimline originals list`"):
        originals.read("abcd")


def test_handles_that_would_be_alike_grow(archive: Archive) -> None:
    short = Originals(archive, handle_digits=1)
    raws = [f"original {number}".encode() for number in range(40)]

    handles = [put(short, raw) for raw in raws]

    assert len(set(handles)) == 40
    assert max(map(len, handles)) > 1
    wide = [handle for handle in handles if len(handle) >= 4]
    assert all(short.read(sha256(raw).hexdigest()) == raw for raw in raws)
    assert [put(short, raw) for raw in raws] == handles
    assert wide == [handle for handle in wide if short.find(handle).handle == handle]


def test_an_ambiguous_beginning_is_refused_but_a_whole_handle_is_not(archive: Archive) -> None:
    originals = Originals(archive, handle_digits=4)
    number, seen = 0, dict[str, bytes]()
    while True:  # some 300 texts until two hashes begin with the same four digits
        raw = str(number).encode()
        start = sha256(raw).hexdigest()[:4]
        if start in seen:
            break
        seen[start], number = raw, number + 1
    first, second = put(originals, seen[start]), put(originals, raw)

    assert (first, len(second)) == (start, 5)
    assert originals.read(first) == seen[start]
    purge(archive, ["s"])
    put(Originals(archive, handle_digits=8), seen[start])
    put(Originals(archive, handle_digits=8), raw)
    with pytest.raises(InputError, match=f"2 originals begin with {start}"):
        originals.find(start)


@pytest.mark.parametrize("damage", ["bits", "cut", "size", "other"])
def test_a_damaged_archive_is_read_from_a_plain_file_and_else_refused(
    damage: str, archive: Archive, originals: Originals
) -> None:
    raw = bytes(range(256)) * 40
    kept = originals.put(raw, session="s", at=1)
    with archive.writing() as database:
        (content,) = database.execute("SELECT content FROM originals").fetchone()
        spoilt = {
            "bits": content[:40] + bytes([content[40] ^ 1]) + content[41:],
            "cut": content[:-10],
            "size": zstandard.compress(bytes(100_000_000)),
            "other": zstandard.compress(bytes(len(raw))),
        }[damage]
        database.execute("UPDATE originals SET content = ?", (spoilt,))

    assert originals.read(kept.handle) == raw
    kept.path.write_bytes(b"changed")
    with pytest.raises(StoreError, match=f"{kept.handle} is damaged: no copy has the checksum"):
        originals.read(kept.handle)


def test_beyond_the_limit_nothing_is_kept(archive: Archive) -> None:
    small = Originals(archive, max_bytes=1_000)
    first = put(small, b"x" * 500)

    with pytest.raises(StoreFullError, match="of 1,000 bytes; free some with `brimline originals gc"):
        put(small, os.urandom(600))

    (original,) = small.catalogue()
    assert original.handle == first
    assert len(list(original.paths[0].parent.iterdir())) == 1
    assert put(Originals(archive, max_bytes=10), b"x" * 500) == first  # what is kept takes no more room


def test_what_is_purged_while_it_is_kept_is_not_said_to_be_kept(
    archive: Archive, originals: Originals, monkeypatch: pytest.MonkeyPatch
) -> None:
    def purge_first(folder: Path, handle: str, raw: bytes) -> Path:
        purge(archive, ["s"])
        return write_plain(folder, handle, raw)

    monkeypatch.setattr(originals_module, "write_plain", purge_first)
    with pytest.raises(StoreError, match="purged while it was kept"):
        put(originals, b"secret")

    assert list(originals.folder_of("s").iterdir()) == []


def test_a_writer_that_is_killed_anywhere_leaves_whole_originals(tmp_path: Path) -> None:
    for attempt in range(6):
        folder = tmp_path / f"originals-{attempt}"
        with subprocess.Popen([sys.executable, "-c", WRITER, folder], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            said = [writer.stdout.readline()]
            time.sleep(0.013 * attempt)
            writer.send_signal(signal.SIGKILL)
            said += writer.stdout.readlines()
        promised = dict(line.decode().split() for line in said if line.endswith(b"\n"))

        archive = open_archive(folder)
        originals = Originals(archive)
        with archive.reading() as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = originals.catalogue()
        assert promised.keys() <= {original.handle for original in kept}
        for handle, number in promised.items():
            raw = f"original {number} ".encode() * 3_000
            assert originals.read(handle) == raw == originals.find(handle).paths[0].read_bytes()
        for original in kept:  # the one that was interrupted is whole too
            assert sha256(originals.read(original.handle)).hexdigest() == original.sha256
        assert all(
            sha256(path.read_bytes()).hexdigest().startswith(path.stem)
            for path in originals.folder_of("s").glob("[!.]*.txt")
        )
        archive.close()


def keep_many(folder: Path, own: int) -> list[str]:
    archive = open_archive(folder)
    originals = Originals(archive)
    shared = [put(originals, f"shared {number}".encode() * 50, f"s{own}") for number in range(25)]
    alone = [put(originals, f"own {own} {number}".encode() * 50, f"s{own}") for number in range(25)]
    archive.close()
    return shared + alone


def test_writers_at_once_keep_everything_once(archive: Archive, originals: Originals) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        handles = pool.starmap(keep_many, [(archive.folder, own) for own in range(4)])

    kept = originals.catalogue()
    assert len({tuple(of_one[:25]) for of_one in handles}) == 1
    assert len(kept) == 25 + 4 * 25
    assert {len(original.sessions) for original in kept} == {1, 4}
    assert all(path.read_bytes() == originals.read(one.handle) for one in kept for path in one.paths)


def keep_and_count(folder: Path, rounds: int) -> int:
    archive = open_archive(folder)
    originals, refused = Originals(archive), 0
    for number in range(rounds):
        try:
            put(originals, f"secret {number % 5}".encode() * 500)
        except StoreError:
            refused += 1
    archive.close()
    return refused


def test_no_file_outlives_a_purge_that_came_between(archive: Archive, originals: Originals) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        writers = [pool.apply_async(keep_and_count, (archive.folder, 80)) for _ in range(2)]
        while not all(writer.ready() for writer in writers):
            purge(archive, ["s"])
        refused = sum(writer.get() for writer in writers)
    kept = originals.catalogue()
    files = {path for path in originals.folder_of("s").glob("*") if path.is_file()}

    assert files == {path for original in kept for path in original.paths}
    assert refused < 160
    purge(archive, ["s"])
    assert not originals.folder_of("s").exists()


def test_a_session_s_catalogue_has_the_last_kept_first(originals: Originals) -> None:
    old, new = put(originals, b"old", at=1), put(originals, b"new", at=2)
    put(originals, b"other", "other", at=3)

    assert [original.handle for original in originals.catalogue("s")] == [new, old]
    assert originals.catalogue("nobody") == []
    assert originals.sessions() == ["other", "s"]
