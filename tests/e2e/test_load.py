"""Many sessions, many readers, a writer beside them, and an index that is killed or damaged."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from tests.e2e.visit import Totals, Usage, brimline, read_status, read_usage, run_brimline
from tests.e2e.writer import LINES_PER_SECOND, WRITTEN

pytestmark = [pytest.mark.e2e, pytest.mark.data, pytest.mark.timeout(600)]

COPIES = 6
"""How many times the sessions are there: some 340 MB in 264 files."""

KILLS = 8
WRITER = Path(__file__).with_name("writer.py")


@pytest.fixture(scope="module")
def corpus(claude_folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield a Claude folder with every session of the data COPIES times, its messages renamed in each."""
    folder = tmp_path_factory.mktemp("corpus")
    for copy in range(COPIES):
        for source in claude_folders:
            for path in (source / "projects").rglob("*.jsonl"):
                project, *rest = path.relative_to(source / "projects").parts
                target = folder.joinpath("projects", f"{source.name}-{copy}-{project}", *rest)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes().replace(b'"msg_', b'"msg_%d_' % copy))
    yield folder
    for path in folder.rglob("*.jsonl"):
        path.unlink()


@pytest.fixture(scope="module")
def right(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Totals:
    """Return the totals of the corpus as a single undisturbed run says."""
    return read_usage(tmp_path_factory.mktemp("undisturbed"), corpus).totals


def index_of(home: Path) -> Path:
    """Return the one index below *home*."""
    (path,) = (home / "index").glob("*.sqlite3")
    return path


# A failure here: sums drift with the number of files, or equal names in different projects mix.
def test_copies_of_the_sessions_add_up(right: Totals, claude_folders: list[Path], tmp_path: Path) -> None:
    each = [read_usage(tmp_path, folder).totals for folder in claude_folders]

    for field in (name for name in Totals.__struct_fields__ if name != "cost_usd"):
        assert getattr(right, field) == COPIES * sum(getattr(totals, field) for totals in each), field
    assert right.cost_usd == pytest.approx(COPIES * sum(totals.cost_usd for totals in each))


# A failure here: a killed run leaves an index that says less, or more, than the transcripts.
def test_a_killed_run_leaves_nothing_wrong(corpus: Path, right: Totals, tmp_path: Path) -> None:
    began = time.monotonic()
    read_usage(tmp_path / "whole", corpus)
    whole_seconds = time.monotonic() - began
    moments = random.Random(7)
    killed = 0
    for number in range(KILLS):
        home = tmp_path / str(number // 2)  # every other one strikes what the last one left
        usage = brimline(home, "usage", "--json", "--claude-dir", corpus)
        with subprocess.Popen(**usage, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            time.sleep(moments.uniform(0.1, 1.0) * whole_seconds)
            killed += run.poll() is None
            run.kill()
        if number % 2:
            assert read_usage(home, corpus).totals == right
    assert killed >= KILLS // 2


# A failure here: runs that start together on no index spoil it, or one of them gives up.
def test_runs_that_start_together_agree(corpus: Path, right: Totals, tmp_path: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: read_usage(tmp_path, corpus).totals, range(3)))

    assert found == [right] * 3
    assert read_usage(tmp_path, corpus).totals == right


# A failure here: status lines of many terminals block each other or show different windows.
def test_twenty_status_at_once_agree(corpus: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: read_status(tmp_path, corpus), range(20)))

    assert found == [found[0]] * 20


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut in the middle": lambda data: data[: len(data) // 2],
    "cut in the header": lambda data: data[:50],
    "garbage": lambda data: random.Random(1).randbytes(len(data)),
    "garbage pages": lambda data: data[:4096] + random.Random(2).randbytes(len(data) - 4096),
    "another file": lambda data: b'{"not": "a database"}\n' * 400,
}


# A failure here: a damaged index ends in an error or, worse, in wrong sums.
@pytest.mark.parametrize("sort", DAMAGE)
def test_a_damaged_index_is_built_again_and_said_so(
    sort: str, claude_folders: list[Path], tmp_path: Path
) -> None:
    folder = claude_folders[0]
    before = read_usage(tmp_path, folder).totals
    index = index_of(tmp_path)
    index.write_bytes(DAMAGE[sort](index.read_bytes()))

    after = read_usage(tmp_path, folder)

    assert after.totals == before
    assert any("damaged" in warning and str(index) in warning for warning in after.warnings)
    assert read_usage(tmp_path, folder) == Usage(before)


# A failure here: a status bar shows an error, or another window, for as long as the index is damaged.
@pytest.mark.parametrize("sort", DAMAGE)
def test_status_does_not_need_the_index(sort: str, claude_folders: list[Path], tmp_path: Path) -> None:
    before = read_status(tmp_path, claude_folders[0])
    index = index_of(tmp_path)
    index.write_bytes(DAMAGE[sort](index.read_bytes()))

    assert read_status(tmp_path, claude_folders[0]) == before


# A failure here: a log of writes that does not belong to the index is taken for its own.
def test_a_foreign_write_ahead_log_is_harmless(claude_folders: list[Path], tmp_path: Path) -> None:
    before = read_usage(tmp_path, claude_folders[0]).totals
    index = index_of(tmp_path)
    index.with_name(f"{index.name}-wal").write_bytes(random.Random(3).randbytes(65_536))

    assert read_usage(tmp_path, claude_folders[0]).totals == before


# A failure here: where no index can be kept, there is an error instead of an answer.
def test_a_file_in_the_place_of_the_home_costs_only_the_index(
    claude_folders: list[Path], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.write_text("mine\n")

    found = read_usage(home, claude_folders[0])

    assert found.totals == read_usage(tmp_path / "other", claude_folders[0]).totals
    assert any("cannot be kept" in warning for warning in found.warnings)
    assert read_status(home, claude_folders[0]) == read_status(tmp_path / "other", claude_folders[0])
    assert home.read_text() == "mine\n"


# A failure here: the same, where the home may only be read.
@pytest.mark.skipif(not os.geteuid(), reason="root may write into every folder, whatever its mode")
def test_a_home_that_may_not_be_written_costs_only_the_index(
    claude_folders: list[Path], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o500)

    assert any("cannot be kept" in warning for warning in read_usage(home, claude_folders[0]).warnings)


# A failure here: a line that is half written when we look is lost, counted twice, or an error.
def test_a_transcript_may_grow_under_every_reader(tmp_path: Path) -> None:
    claude, home, rounds = tmp_path / "claude", tmp_path / "home", 50
    path = claude / "projects" / "-written" / "written.jsonl"
    path.parent.mkdir(parents=True)
    path.touch()
    lines = 12 * LINES_PER_SECOND
    with subprocess.Popen([sys.executable, WRITER, path, str(lines)]) as writer:
        wait_for_lines(path)
        seen = [look(home, claude) for _ in range(rounds)]
        still_writing = writer.poll() is None
        writer.wait(timeout=120)
    assert still_writing or seen[0].requests < lines // 3

    final, status = read_usage(home, claude).totals, read_status(home, claude)

    assert [totals.requests for totals in seen] == sorted(totals.requests for totals in seen)
    assert final.requests == status.requests == lines // 3
    assert final.output_tokens == 30 * final.requests
    assert final.cache_write_tokens == WRITTEN * final.requests
    assert status.reported_tokens == 1_001 + final.requests * WRITTEN


def wait_for_lines(path: Path) -> None:
    """Wait until *path* holds a whole request."""
    until = time.monotonic() + 30
    while path.read_bytes().count(b"\n") < 3 and time.monotonic() < until:
        time.sleep(0.01)


def look(home: Path, claude: Path) -> Totals:
    """Ask for status and usage; return the totals."""
    done = run_brimline(home, "status", "--json", "--claude-dir", claude)
    assert done.returncode == 0, done.stdout + done.stderr
    used = run_brimline(home, "usage", "--json", "--claude-dir", claude)
    assert used.returncode == 0, used.stdout + used.stderr
    return msgspec.json.decode(used.stdout, type=Usage).totals
