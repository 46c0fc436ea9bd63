import itertools
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brimline.core.requests import Filed, FileStamp, Mark, Reading, Request, SessionFacts, counted
from brimline.stores import sessions_index
from brimline.stores.sessions_index import SessionsIndex, memory_index, open_index, rebuild_index

Calls = dict[str, int]
"""Outputs by message id."""


def filed(path: str, calls: Calls, *, begun: int = 0, session: str = "s", at: float = 0.0) -> Filed:
    requests = [
        Request(name, "r", "opus", at, 1, 2, 3, 4, output, sidechain=False) for name, output in calls.items()
    ]
    facts = SessionFacts("said", "/srv", "2.1", "opus", 100 + begun, first_at=at, last_at=at)
    reading = Reading(FileStamp(path, 1, 50, 9), begun, Mark(50, b"head", b"tail"), requests, 1, facts)
    return Filed(reading, "-srv", session, agent=False)


def update(index: SessionsIndex, *files: Filed, gone: tuple[str, ...] = (), prices: str = "p1") -> bool:
    cost = float(prices[1:])
    return index.update(
        files,
        gone,
        reader_version=1,
        prices=prices,
        price=lambda request: None if request.model == "unknown" else cost * request.output_tokens,
        as_of=index.version(),
    )


def outputs(index: SessionsIndex) -> int:
    return sum(cell.output_tokens for cell in index.cells())


@pytest.fixture
def index() -> Iterator[SessionsIndex]:
    opened = memory_index()
    yield opened
    opened.close()


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "home" / "index" / "i.sqlite3")


def test_a_file_is_remembered_as_it_was_read(index: SessionsIndex) -> None:
    update(index, filed("/a", {"m": 5}))

    known = index.known_files()["/a"]
    assert (known.stamp, known.mark, known.reader_version) == (
        FileStamp("/a", 1, 50, 9),
        Mark(50, b"head", b"tail"),
        1,
    )
    assert index.skipped_lines() == 1


def test_cells_sum_what_is_counted_by_file_slot_and_model(index: SessionsIndex) -> None:
    update(index, filed("/a", {"m": 5, "n": 7}, at=899.0), filed("/b", {"o": 1}, at=900.0))

    first, second = index.cells()
    assert first == ("-srv", "/srv", "s", 0, "opus", 2, 2, 4, 6, 8, 12, 12.0, 0, 899.0, 899.0)
    assert (second.slot, second.requests, second.output_tokens) == (1, 1, 1)


def test_a_call_in_two_files_counts_once_whichever_is_read_first() -> None:
    for order in itertools.permutations(["/a", "/b", "/c"]):
        index = memory_index()
        for name in order:
            update(index, filed(name, {"m": {"/a": 5, "/b": 9, "/c": 9}[name]}, session=name))

        (cell,) = index.cells()
        assert (cell.session_id, cell.requests, cell.output_tokens) == ("/c", 1, 9)
        index.close()


def test_a_file_that_goes_away_gives_its_calls_back_to_the_others(index: SessionsIndex) -> None:
    update(index, filed("/a", {"m": 5, "n": 1}, session="a"), filed("/b", {"m": 9}, session="b"))
    index.save_blob("/b", "log", "1", b"x")
    assert outputs(index) == 10

    update(index, gone=("/b",))

    assert {(cell.session_id, cell.requests, cell.output_tokens) for cell in index.cells()} == {("a", 2, 6)}
    assert set(index.known_files()) == {"/a"}
    assert index.load_blob("/b", "log") is None


def test_a_file_read_from_its_start_replaces_what_was_known_of_it(index: SessionsIndex) -> None:
    update(index, filed("/a", {"m": 5, "n": 1}), filed("/b", {"n": 0}))

    update(index, filed("/a", {"o": 2}))

    assert sum(cell.requests for cell in index.cells()) == 2, "n stands in /b again"
    assert outputs(index) == 2
    assert index.skipped_lines() == 2


def test_what_is_read_on_adds_to_what_is_known(index: SessionsIndex) -> None:
    update(index, filed("/a", {"m": 5, "n": 8}))

    update(index, filed("/a", {"m": 6, "n": 7, "o": 1}, begun=50, at=10.0))

    (cell,) = index.cells()
    assert (cell.requests, cell.output_tokens) == (3, 6 + 8 + 1)
    (session,) = index.sessions()
    assert (session.facts.window_tokens, session.facts.first_at, session.facts.last_at) == (150, 10.0, 10.0)
    assert (session.session_id, session.requests, session.project) == ("s", 3, "-srv")
    assert index.skipped_lines() == 2


def test_another_price_list_prices_everything_again(index: SessionsIndex) -> None:
    update(index, filed("/a", {"m": 5}))
    assert (index.prices(), sum(cell.cost_usd for cell in index.cells())) == ("p1", 5.0)

    update(index, filed("/b", {"n": 1}), prices="p2")

    assert (index.prices(), sum(cell.cost_usd for cell in index.cells())) == ("p2", 12.0)


def test_requests_of_unknown_models_are_counted_but_not_priced(index: SessionsIndex) -> None:
    known = filed("/a", {"m": 5})
    strange = [request._replace(model="unknown") for request in known.reading.requests]

    update(index, known._replace(reading=known.reading._replace(requests=strange)))

    (cell,) = index.cells()
    assert (cell.requests, cell.unpriced_requests, cell.cost_usd) == (1, 1, 0.0)


def test_a_blob_comes_back_with_its_stamp_and_the_last_one_holds(index: SessionsIndex) -> None:
    assert index.load_blob("/a", "log") is None
    index.save_blob("/a", "log", "1", b"one")
    index.save_blob("/a", "other", "1", b"other")
    index.save_blob("/a", "log", "2", b"two")

    assert index.load_blob("/a", "log") == ("2", b"two")


def test_sessions_are_listed_by_last_writing_without_sub_agents(index: SessionsIndex) -> None:
    old, new, agent = (filed(name, {name: 1}, session=name) for name in ("/old", "/new", "/agent"))
    reading = new.reading._replace(stamp=new.reading.stamp._replace(mtime_ns=99))

    update(index, old, new._replace(reading=reading), agent._replace(agent=True))

    assert [session.path for session in index.sessions()] == ["/new", "/old"]


def test_a_sub_agents_file_belongs_to_the_session_it_names(index: SessionsIndex) -> None:
    update(index, filed("/agent", {"m": 1}, session="")._replace(agent=True))

    assert [cell.session_id for cell in index.cells()] == ["said"]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["/a", "/b", "/c"]),
            st.dictionaries(st.sampled_from("mnop"), st.integers(0, 5), max_size=4),
            st.sampled_from(["replace", "append", "remove"]),
        ),
        max_size=8,
    )
)
def test_after_any_changes_the_sums_are_those_of_a_fresh_index(changes: list[tuple[str, Calls, str]]) -> None:
    index = memory_index()
    files: dict[str, Calls] = {}
    for path, calls, change in changes:
        if change == "remove":
            files.pop(path, None)
            update(index, gone=(path,))
        elif change == "append" and path in files:
            files[path] |= {name: max(output, files[path].get(name, 0)) for name, output in calls.items()}
            update(index, filed(path, calls, begun=50))
        else:
            files[path] = dict(calls)
            update(index, filed(path, calls))
    fresh = memory_index()
    update(fresh, *(filed(path, calls) for path, calls in sorted(files.items())))
    placed = [
        (request, number)
        for number, (path, calls) in enumerate(sorted(files.items()))
        for request in filed(path, calls).reading.requests
    ]

    assert index.cells() == fresh.cells()
    assert sum(cell.requests for cell in index.cells()) == len(counted(placed))
    index.close()
    fresh.close()


def test_only_its_owner_may_read_an_index(path: str) -> None:
    index = open_index(path)
    update(index, filed("/a", {"m": 5}))

    folder = Path(path).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert len(list(folder.iterdir())) == 3, "in WAL mode while it is open"
    index.close()


def test_an_index_is_there_when_it_is_opened_again(path: str) -> None:
    index = open_index(path)
    assert index.is_empty()
    update(index, filed("/a", {"m": 5}))
    index.close()

    again = open_index(path)
    assert (outputs(again), again.is_empty(), again.notice) == (5, False, "")
    again.close()


def test_a_write_that_another_process_came_before_changes_nothing(path: str) -> None:
    mine, other = open_index(path), open_index(path)
    as_of = mine.version()
    update(other, filed("/a", {"m": 5}))

    refused = mine.update(
        [filed("/a", {"m": 1})], [], reader_version=1, prices="p1", price=lambda _: 0.0, as_of=as_of
    )

    assert (refused, outputs(mine)) == (False, 5)
    assert update(mine, filed("/a", {"m": 1}))
    assert outputs(other) == 1
    mine.close()
    other.close()


@pytest.mark.parametrize("damage", [b"no database, but long enough to look like one" * 100, b"short"])
def test_a_damaged_index_is_replaced_and_said_so(path: str, damage: bytes) -> None:
    Path(path).parent.mkdir(parents=True)
    Path(path).write_bytes(damage)

    index = open_index(path)

    assert "was damaged" in index.notice
    assert "built again from the transcripts" in index.notice
    assert update(index, filed("/a", {"m": 5}))
    index.close()


def test_an_index_with_foreign_tables_is_replaced(path: str) -> None:
    Path(path).parent.mkdir(parents=True)
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE files (something INTEGER)")
    database.close()

    index = open_index(path)

    assert "was damaged" in index.notice
    assert index.known_files() == {}
    index.close()


def test_a_rebuilt_index_is_empty_and_leaves_no_old_log_behind(path: str) -> None:
    index = open_index(path)
    update(index, filed("/a", {"m": 5}))

    rebuilt = rebuild_index(path, ValueError("torn page"))

    assert rebuilt.known_files() == {}
    assert "torn page" in rebuilt.notice
    index.close()
    rebuilt.close()


def test_where_no_index_can_be_kept_one_in_memory_stands_in(tmp_path: Path) -> None:
    (tmp_path / "home").touch()

    index = open_index(str(tmp_path / "home" / "index" / "i.sqlite3"))

    assert "cannot be kept" in index.notice
    assert update(index, filed("/a", {"m": 5}))
    assert outputs(index) == 5
    index.close()


def test_a_folder_in_the_indexs_place_does_not_stop_anybody(tmp_path: Path) -> None:
    folder = tmp_path / "i.sqlite3"
    folder.mkdir()

    index = open_index(str(folder))

    assert "cannot be kept" in index.notice
    index.close()
    assert folder.is_dir()


def test_an_index_that_another_process_is_just_beginning_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of 2,400 processes that began an index at once were refused by SQLite, without its waiting."""
    connect, refusals = sessions_index._connect, [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY]

    def refuse_twice(path: str) -> sqlite3.Connection:
        if refusals:
            refused = sqlite3.OperationalError("database is locked")
            refused.sqlite_errorcode = refusals.pop()
            raise refused
        return connect(path)

    monkeypatch.setattr(sessions_index, "_connect", refuse_twice)

    index = open_index(str(tmp_path / "i.sqlite3"))

    assert (index.path, index.notice, refusals) == (str(tmp_path / "i.sqlite3"), "", [])
    index.close()
