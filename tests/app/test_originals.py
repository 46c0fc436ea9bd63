"""Originals as commands show them: found by session, let go by age and by need."""

import os
import time
from pathlib import Path

import pytest

from brimline.app.originals import (
    collect_originals,
    find_session,
    keep_original,
    list_originals,
    opened_desk,
    purge_originals,
    read_original,
    show_original,
)
from brimline.core.errors import NoSessionError, StoreFullError

DAY = 86_400


def keep(raw: bytes, session: str = "session-1", days_ago: float = 0) -> str:
    with opened_desk() as desk:
        return keep_original(desk, raw, session=session, now=time.time() - days_ago * DAY).handle


def test_they_lie_in_brimline_s_home(brimline_home: Path) -> None:
    handle = keep(b"raw")

    view = list_originals()
    assert view.folder == str(brimline_home / "originals")
    assert [one.handle for one in view.originals] == [handle]
    assert Path(view.originals[0].paths[0]).read_bytes() == b"raw"


@pytest.mark.parametrize("name", ["session-1", "session-", "folder/session-1.jsonl"])
def test_a_session_is_found_by_id_beginning_and_transcript(name: str) -> None:
    handle = keep(b"raw")
    keep(b"other", "another")

    assert [one.handle for one in list_originals(name).originals] == [handle]


def test_an_id_is_taken_before_longer_ones_that_begin_with_it() -> None:
    assert find_session(["s", "s2"], "s") == "s"
    with pytest.raises(NoSessionError, match="2 sessions with originals begin with"):
        find_session(["sa", "sb"], "s")
    with pytest.raises(NoSessionError, match="no session 'x' holds originals"):
        find_session(["sa", "sb"], "x")


def test_text_is_shown_as_text_and_the_rest_in_base64() -> None:
    text, blob = keep("grün".encode()), keep(b"\xff\x00")

    assert (show_original(text).text, show_original(text).base64) == ("grün", None)
    assert (show_original(blob).text, show_original(blob).base64) == (None, "/wA=")
    assert read_original(blob) == b"\xff\x00"


def test_a_session_whose_transcript_was_just_written_is_not_over(tmp_path: Path) -> None:
    transcript = tmp_path / "claude" / "projects" / "-p" / "resumed.jsonl"
    transcript.parent.mkdir(parents=True)
    transcript.write_text("{}\n")
    keep(b"raw", "resumed", days_ago=60)
    keep(b"other", "over", days_ago=60)

    gone = collect_originals(claude_dir=str(tmp_path / "claude"))

    assert (gone.sessions, gone.originals, gone.done) == (["over"], 1, True)


def test_where_there_is_no_room_idle_sessions_make_it_and_live_ones_do_not() -> None:
    keep(os.urandom(3_000), "idle", days_ago=2)
    with opened_desk(max_bytes=8_000) as desk:
        keep_original(desk, os.urandom(3_500), session="live", now=time.time())
        assert desk.originals.sessions() == ["live"]

        with pytest.raises(StoreFullError):
            keep_original(desk, os.urandom(3_500), session="live", now=time.time())


def test_a_session_at_work_without_edits_for_days_is_live(tmp_path: Path) -> None:
    transcript = tmp_path / "claude" / "projects" / "-p" / "at-work.jsonl"
    transcript.parent.mkdir(parents=True)
    transcript.write_text("{}\n")
    keep(os.urandom(3_000), "at-work", days_ago=5)

    with opened_desk(max_bytes=8_000) as desk, pytest.raises(StoreFullError):
        keep_original(
            desk, os.urandom(3_500), session="s", now=time.time(), claude_dir=str(tmp_path / "claude")
        )

    assert [one.sessions for one in list_originals().originals] == [["at-work"]]


def test_a_purge_is_shown_before_it_is_done() -> None:
    keep(b"raw", "a")
    keep(b"other", "b")

    shown, done = purge_originals("a", sure=False), purge_originals("a", sure=True)

    assert (shown.done, done.done) == (False, True)
    assert shown.originals == done.originals == 1
    assert shown.freed_bytes == done.freed_bytes
    assert purge_originals(sure=True).sessions == ["b"]
    assert list_originals().used_bytes == 0
