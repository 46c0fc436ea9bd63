import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from platformdirs import user_data_dir

from brimline.adapters.claude_code.folders import list_transcripts
from brimline.adapters.claude_code.scan import Result, Task, read_one
from brimline.app import indexing
from brimline.app.indexing import (
    Indexed,
    Pricing,
    home_folder,
    index_path,
    index_sessions,
    open_sessions_index,
    refresh,
    shipped_prices,
)
from brimline.core.errors import InputError
from brimline.core.usage import Usage
from brimline.stores import sessions_index
from brimline.stores.sessions_index import SessionsIndex, open_index

TOKENS = (1, 30, 300)


class OneDollarAToken:
    def cost_usd(self, model: str, usage: Usage, at: float) -> float | None:
        return None if model == "unknown" else float(usage.output_tokens)


PRICES = Pricing("test", OneDollarAToken)


def line(message_id: str, output: int = 10, *, model: str = "opus") -> str:
    usage = {"input_tokens": 1, "cache_creation_input_tokens": 30, "cache_read_input_tokens": 300}
    message = {"id": message_id, "model": model, "usage": usage | {"output_tokens": output}}
    return json.dumps(
        {"message": message, "requestId": "r", "timestamp": "2026-07-01T10:00:00Z", "cwd": "/srv"},
        separators=(",", ":"),
    )


@pytest.fixture
def claude(tmp_path: Path) -> Path:
    (tmp_path / "claude" / "projects" / "-srv").mkdir(parents=True)
    return tmp_path / "claude"


def write(claude: Path, session: str, *lines: str) -> Path:
    path = claude / "projects" / "-srv" / f"{session}.jsonl"
    path.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    return path


def index(claude: Path, pricing: Pricing = PRICES) -> Indexed:
    return index_sessions([str(claude)], pricing=pricing)


def sums(claude: Path) -> tuple[int, int]:
    """Return (requests, output tokens) after a refresh."""
    indexed = index(claude)
    cells = indexed.store.cells()
    indexed.store.close()
    return sum(cell.requests for cell in cells), sum(cell.output_tokens for cell in cells)


def warnings(claude: Path) -> tuple[str, ...]:
    indexed = index(claude)
    indexed.store.close()
    return indexed.warnings


def the_index() -> Path:
    (path,) = (Path(os.environ["BRIMLINE_HOME"]) / "index").glob("*.sqlite3")
    return path


def test_a_folder_is_indexed_and_an_appended_line_added(claude: Path) -> None:
    path = write(claude, "a", line("m"))
    assert sums(claude) == (1, 10)

    with path.open("a", encoding="utf-8") as file:
        file.write(line("n", 5) + "\n")

    assert sums(claude) == (2, 15)
    assert sums(claude) == (2, 15)


def test_only_new_bytes_of_changed_files_are_read(claude: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [write(claude, name, *(line(f"{name}{number}") for number in range(50))) for name in "abc"]
    sums(claude)
    added = line("new") + "\n"
    with paths[1].open("a", encoding="utf-8") as file:
        file.write(added)
    sizes: list[int] = []
    real = os.read

    def counting(descriptor: int, size: int) -> bytes:
        sizes.append(len(block := real(descriptor, size)))
        return block

    monkeypatch.setattr(os, "read", counting)

    assert sums(claude) == (151, 1510)
    assert sum(sizes) == len(added)


def test_many_bytes_are_read_to_the_same_end_as_few(claude: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        write(claude, name, *(line(f"{number}", output=ord(name)) for number in range(20)))
    few = sums(claude)
    the_index().unlink()
    monkeypatch.setattr(indexing, "_WORTH_BULK_BYTES", 1)

    assert sums(claude) == few == (20, 20 * ord("c"))


def test_a_file_that_shrank_is_read_again(claude: Path) -> None:
    write(claude, "a", line("m"), line("n"))
    sums(claude)

    write(claude, "a", line("m", 3))

    assert sums(claude) == (1, 3)


def test_a_file_rewritten_in_place_is_read_again(claude: Path) -> None:
    path = write(claude, "a", line("m", 10), line("n", 10), line("o", 10))
    sums(claude)
    before = path.stat()

    write(claude, "a", line("m", 10), line("n", 99), line("o", 10))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))

    assert path.stat().st_size == before.st_size
    assert sums(claude) == (3, 119)


def test_a_file_put_in_anothers_place_is_read_from_its_start(claude: Path) -> None:
    path = write(claude, "a", line("m", 10))
    sums(claude)

    other = write(claude, "b", line("m", 10), line("n", 7))
    other.replace(path)

    assert sums(claude) == (2, 17)


def test_a_longer_file_with_another_beginning_is_read_from_its_start(claude: Path) -> None:
    write(claude, "a", line("m", 10))
    sums(claude)

    write(claude, "a", line("x", 1), line("y", 2), line("z", 3))

    assert sums(claude) == (3, 6)


def test_a_file_that_went_away_is_forgotten(claude: Path) -> None:
    path = write(claude, "a", line("m"))
    write(claude, "b", line("n", 5))
    sums(claude)

    path.unlink()

    assert sums(claude) == (1, 5)


def test_a_last_line_is_taken_when_it_is_complete(claude: Path) -> None:
    path = write(claude, "a", line("m"))
    whole = line("n", 5)
    with path.open("a", encoding="utf-8") as file:
        file.write(whole[:50])
        file.flush()
        assert sums(claude) == (1, 10)
        file.write(whole[50:])
        file.flush()
        assert sums(claude) == (2, 15)
        file.write("\n" + line("o", 1) + "\n")

    assert sums(claude) == (3, 16)


def test_another_reader_version_reads_everything_again(claude: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(claude, "a", line("m"))
    sums(claude)
    read: list[str] = []

    def noting(task: Task) -> Result:
        read.append(Path(task.stamp.path).stem)
        return read_one(task)

    monkeypatch.setattr(indexing, "read_one", noting)
    monkeypatch.setattr(indexing, "READER_VERSION", 999)

    assert sums(claude) == sums(claude) == (1, 10)
    assert read == ["a"]


def test_a_folders_index_does_not_know_another_folders_calls(claude: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "projects" / "-srv").mkdir(parents=True)
    write(claude, "a", line("m"))
    write(other, "a", line("m", 99))

    assert sums(claude) == (1, 10)
    assert sums(other) == (1, 99)
    assert sums(claude) == (1, 10)


def test_a_first_index_and_a_deleted_one_are_built_without_a_word(claude: Path) -> None:
    write(claude, "a", line("m"))
    assert warnings(claude) == ()

    the_index().unlink()

    assert warnings(claude) == ()
    assert sums(claude) == (1, 10)


def test_a_corrupted_index_is_built_again_and_said_so(claude: Path) -> None:
    write(claude, "a", line("m"))
    sums(claude)
    the_index().write_bytes(b"\xff" * 5000)

    (sentence,) = warnings(claude)

    assert "was damaged" in sentence
    assert sums(claude) == (1, 10)


def test_an_index_damaged_inside_is_built_again_when_it_shows(claude: Path) -> None:
    path = write(claude, "a", *(line(str(number)) for number in range(500)))
    sums(claude)
    content = bytearray(the_index().read_bytes())
    content[8192:] = b"\xee" * (len(content) - 8192)
    the_index().write_bytes(content)
    with path.open("a", encoding="utf-8") as file:
        file.write(line("new") + "\n")

    (sentence,) = warnings(claude)

    assert "was damaged" in sentence
    assert sums(claude) == (501, 5010)


def test_a_torn_end_of_an_index_is_noticed(claude: Path) -> None:
    write(claude, "a", *(line(str(number)) for number in range(500)))
    sums(claude)
    size = the_index().stat().st_size
    os.truncate(the_index(), size // 2)

    (sentence,) = warnings(claude)

    assert "was damaged" in sentence
    assert sums(claude) == (500, 5000)


def test_malformed_lines_are_told_each_time(claude: Path) -> None:
    write(claude, "a", line("m"), line("n")[:-1], line("o"))
    warnings(claude)

    (told,) = warnings(claude)
    assert told.startswith("1 line was left out: it holds token figures, but no complete JSON, no time,")
    assert sums(claude) == (2, 20)


def test_a_transcript_that_cannot_be_read_is_told_and_the_others_are_read(claude: Path) -> None:
    closed = write(claude, "a", line("m"))
    write(claude, "b", line("n", 5))
    closed.chmod(0)
    if os.access(closed, os.R_OK):
        pytest.skip("this user may read every file, whatever its mode")

    assert any("a.jsonl could not be read (Permission denied)" in sentence for sentence in warnings(claude))
    assert sums(claude) == (1, 5)


def test_a_transcript_that_vanishes_between_listing_and_reading_is_passed_over(claude: Path) -> None:
    write(claude, "a", line("m"))
    vanishing = write(claude, "b", line("n"))
    listing = list_transcripts([str(claude)])
    vanishing.unlink()
    store = open_sessions_index([str(claude)])

    assert refresh(store, listing, PRICES) == ()
    assert list(store.known_files()) == [listing.transcripts[0].path]
    store.close()


def test_where_no_home_can_be_made_everything_is_read_anew(
    claude: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(claude, "a", line("m"))
    (tmp_path / "file").touch()
    monkeypatch.setenv("BRIMLINE_HOME", str(tmp_path / "file" / "home"))

    for _ in range(2):
        assert sums(claude) == (1, 10)
        assert "cannot be kept" in warnings(claude)[0]


def test_costs_come_from_the_price_list_and_follow_it(claude: Path) -> None:
    write(claude, "a", line("m", 7), line("n", 5, model="unknown"))

    class Dearer(OneDollarAToken):
        def cost_usd(self, model: str, usage: Usage, at: float) -> float | None:
            return 10.0 * usage.output_tokens

    for pricing, expected in ((PRICES, (7.0, 1)), (Pricing("dearer", Dearer), (120.0, 0))):
        indexed = index(claude, pricing)
        cells = indexed.store.cells()
        assert (
            sum(cell.cost_usd for cell in cells),
            sum(cell.unpriced_requests for cell in cells),
        ) == expected
        indexed.store.close()


def test_the_price_list_is_loaded_only_for_new_requests(claude: Path) -> None:
    write(claude, "a", line("m"))
    sums(claude)

    def refuse() -> OneDollarAToken:
        raise AssertionError("loaded")

    index(claude, Pricing("test", refuse)).store.close()


def test_the_shipped_prices_are_named_by_their_contents() -> None:
    pricing = shipped_prices()

    assert pricing.name == shipped_prices().name
    assert pricing.load().cost_usd("claude-sonnet-4-5", Usage(output_tokens=1_000_000), 1.8e9) == 15.0


def test_writers_at_once_come_to_the_same_sums(claude: Path) -> None:
    for number in range(8):
        write(claude, str(number), *(line(f"{part}", number) for part in range(300)))
    program = (
        "import sys; from brimline.app.indexing import index_sessions;"
        "cells = index_sessions(sys.argv[1:]).store.cells();"
        "print(sum(cell.requests for cell in cells), sum(cell.output_tokens for cell in cells))"
    )
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(claude)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]

    assert [writer.communicate() for writer in writers] == [("300 2100\n", "")] * 4
    assert sums(claude) == (300, 2100)


def test_a_writer_that_is_always_too_late_says_so(claude: Path) -> None:
    write(claude, "a", line("m"))

    class Overtaken(SessionsIndex):
        def update(self, *_arguments: object, **_named: object) -> bool:
            return False

    store = open_sessions_index([str(claude)])
    overtaken = Overtaken(store._database, store.path)

    with pytest.raises(InputError, match="written to by other processes"):
        refresh(overtaken, list_transcripts([str(claude)]), PRICES)
    store.close()


def test_an_index_that_another_process_holds_is_said_to_be_busy(
    claude: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(claude, "a", line("m"))
    sums(claude)
    monkeypatch.setattr(sessions_index, "_BUSY_SECONDS", 0.05)
    holder = open_index(str(the_index()))
    holder._database.execute("BEGIN IMMEDIATE")
    write(claude, "b", line("n"))

    with pytest.raises(InputError, match="is busy; try again"):
        index(claude)

    holder.close()
    assert sums(claude) == (2, 20)


def test_home_is_what_the_environment_says_else_the_platforms_folder(tmp_path: Path) -> None:
    assert home_folder({"BRIMLINE_HOME": f"{tmp_path}/x/../y"}) == f"{tmp_path}/y"
    assert home_folder({}) == user_data_dir("brimline", appauthor=False)


def test_the_data_folder_is_where_the_platform_keeps_such_things(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BRIMLINE_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    assert home_folder() == user_data_dir("brimline", appauthor=False)


def test_each_set_of_folders_has_an_index_of_its_own() -> None:
    sets: list[Sequence[str]] = [["/a"], ["/b"], ["/a", "/b"], ["/a/b"], ["/a.b"]]

    assert len({index_path(folders, "/home") for folders in sets}) == len(sets)


def test_real_sessions_come_to_the_known_sums_and_dollars(claude_folders: list[Path]) -> None:
    indexed = index_sessions([str(folder) for folder in claude_folders])
    cells = indexed.store.cells()
    indexed.store.close()

    assert sum(cell.requests for cell in cells) == 3472
    assert sum(cell.input_tokens for cell in cells) == 147_973
    assert sum(cell.cache_write_5m_tokens + cell.cache_write_1h_tokens for cell in cells) == 13_812_576
    assert sum(cell.cache_read_tokens for cell in cells) == 382_087_840
    assert sum(cell.output_tokens for cell in cells) == 935_782
    assert sum(cell.cost_usd for cell in cells) == pytest.approx(360.00310485, rel=0.005)


def test_real_sessions_are_listed_with_what_they_say(claude_folders: list[Path]) -> None:
    indexed = index_sessions([str(claude_folders[-1])])
    sessions = indexed.store.sessions()
    indexed.store.close()

    assert len(sessions) == len(list(claude_folders[-1].glob("projects/*/*.jsonl")))
    assert all(session.facts.cwd and session.facts.client_version for session in sessions)
    assert all(session.facts.first_at < session.facts.last_at for session in sessions)
    assert all(session.facts.window_tokens > 20_000 for session in sessions if session.requests)


def test_real_sessions_read_bit_by_bit_come_to_the_same_sums(
    claude_folders: list[Path], tmp_path: Path
) -> None:
    session = max(claude_folders[1].glob("projects/*/*.jsonl"), key=lambda path: path.stat().st_size)
    content = session.read_bytes()
    folder = tmp_path / "bits"
    target = folder / "projects" / "-p" / session.name
    target.parent.mkdir(parents=True)
    for number in range(1, 14):
        with target.open("ab") as file:
            file.write(content[len(content) * (number - 1) // 13 : len(content) * number // 13])
        sums(folder)
    bits = sums(folder)
    the_index().unlink()

    assert target.read_bytes() == content
    assert bits == sums(folder)
    assert bits[0] > 10
