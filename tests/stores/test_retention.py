"""What is over is let go whole, what lives is not, and nothing of what was purged can be found."""

import os
from pathlib import Path

import pytest

from brimline.core.errors import StoreError
from brimline.core.plan import Edit, EditKey, Verb
from brimline.stores.archive import Archive
from brimline.stores.journal import Journal
from brimline.stores.originals import Originals
from brimline.stores.retention import LIVE_SECONDS, Forgotten, collect, foresee, purge

DAY = 86_400.0
NOW = 100 * DAY


def keep(originals: Originals, journal: Journal, raw: bytes, session: str, days_ago: float) -> str:
    at = NOW - days_ago * DAY
    handle = originals.put(raw, session=session, at=at).handle
    edit = Edit(
        key=EditKey(session, f"toolu_{handle}"),
        verb=Verb.REPLACE,
        original=handle,
        replacement=b"cut: " + raw[:5],
        reason="test",
        level="balanced",
        plan="p",
        at=at,
    )
    journal.record(edit)
    return handle


def gc(archive: Archive, *, keep_days: float = 30, max_bytes: int = 10**9, **seen_at: float) -> Forgotten:
    return collect(archive, now=NOW, keep_seconds=keep_days * DAY, max_bytes=max_bytes, seen_at=seen_at)


def test_sessions_that_are_over_for_long_are_forgotten_whole(
    archive: Archive, originals: Originals, journal: Journal
) -> None:
    keep(originals, journal, b"old output", "old", days_ago=31)
    keep(originals, journal, b"new output", "new", days_ago=29)

    gone = gc(archive)

    assert (gone.sessions, gone.originals, gone.edits) == (("old",), 1, 1)
    assert gone.freed_bytes > 0
    assert gone.used_bytes == originals.used_bytes()
    assert originals.sessions() == ["new"]
    assert [entry.edit.key.session for entry in journal.standing()] == ["new"]
    assert not originals.folder_of("old").exists()


def test_what_another_session_still_holds_stays(
    archive: Archive, originals: Originals, journal: Journal, tmp_path: Path
) -> None:
    handle = keep(originals, journal, b"same output", "old", days_ago=40)
    keep(originals, journal, b"same output", "new", days_ago=1)
    for session, at in (("old", NOW - 40 * DAY), ("new", NOW)):
        originals.put(b"same output", session=session, at=at, folder=tmp_path / "shared")

    assert gc(archive).originals == 0
    assert originals.read(handle) == b"same output"
    assert (tmp_path / "shared" / f"{handle}.txt").read_bytes() == b"same output"
    assert originals.find(handle).sessions == ("new",)


def test_a_session_that_was_seen_at_work_is_not_over(
    archive: Archive, originals: Originals, journal: Journal
) -> None:
    keep(originals, journal, b"output", "resumed", days_ago=40)

    assert gc(archive, resumed=NOW - 5).sessions == ()
    assert gc(archive, resumed=NOW - 40 * DAY).sessions == ("resumed",)


def test_beyond_the_limit_the_longest_idle_go_first_and_live_ones_never(
    archive: Archive, originals: Originals, journal: Journal
) -> None:
    for session, days_ago in (("a", 9), ("b", 5), ("c", 3), ("live", 0.5)):
        keep(originals, journal, os.urandom(1_000), session, days_ago)

    assert gc(archive, max_bytes=4_500).sessions == ("a", "b")
    assert gc(archive, max_bytes=0).sessions == ("c",)
    assert gc(archive, max_bytes=0, keep_days=0).sessions == ()
    assert originals.sessions() == ["live"]
    assert LIVE_SECONDS == DAY


def test_a_purge_takes_live_sessions_too_and_leaves_no_trace(
    archive: Archive, originals: Originals, journal: Journal, tmp_path: Path
) -> None:
    secret = b"token=canary-4711 " * 300
    folder = tmp_path / "tool-results"
    folder.mkdir()
    (folder / "of-the-client.txt").write_text("not ours")
    keep(originals, journal, secret, "s", days_ago=0)
    handle = originals.put(secret, session="s", at=NOW, folder=folder).handle
    (folder / f".{handle}.txt.1-2.brimline-part").write_bytes(secret)  # a killed writer's

    gone = purge(archive, ["s"])

    assert (gone.sessions, gone.originals, gone.edits, gone.used_bytes) == (("s",), 1, 1, 0)
    assert [path.name for path in folder.iterdir()] == ["of-the-client.txt"]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in files if b"canary-4711" in path.read_bytes()] == []


def test_a_purge_can_be_foreseen(archive: Archive, originals: Originals, journal: Journal) -> None:
    handle = keep(originals, journal, b"output", "s", days_ago=0)
    keep(originals, journal, b"other", "t", days_ago=0)

    expected = foresee(archive, ["s"])

    assert originals.find(handle).paths[0].exists()
    assert journal.standing(session="s") != []
    assert purge(archive, ["s"]) == expected
    assert originals.sessions() == ["t"]


def test_a_purge_of_a_session_that_holds_nothing_does_nothing(archive: Archive) -> None:
    assert purge(archive, ["nobody"]) == Forgotten(("nobody",), 0, 0, 0, 0)


def test_a_folder_that_is_gone_with_its_session_is_no_obstacle(
    archive: Archive, originals: Originals, tmp_path: Path
) -> None:
    kept = originals.put(b"raw", session="s", at=NOW, folder=tmp_path / "gone")
    kept.path.unlink()
    kept.path.parent.rmdir()

    assert purge(archive, ["s"]).originals == 1


def test_a_file_that_cannot_be_removed_keeps_its_row(
    archive: Archive, originals: Originals, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = originals.put(b"raw", session="s", at=NOW).handle

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", refuse)
        with pytest.raises(StoreError, match="Permission denied"):
            purge(archive, ["s"])

    assert originals.find(handle).sessions == ("s",)
    assert purge(archive, ["s"]).originals == 1
