import os
import threading
from pathlib import Path

import pytest

from brimline.adapters.claude_code import bulk
from brimline.adapters.claude_code.bulk import decode_usual, read_all
from brimline.adapters.claude_code.scan import Result, Task, Unread, decode_line, read_one
from brimline.core.requests import START, FileStamp, Reading

LINE = (
    b'{"message":{"id":"%b","model":"x","usage":{"input_tokens":1,"output_tokens":2}},'
    b'"requestId":"r","timestamp":"2026-07-01T10:00:00Z","cwd":"/srv"}\n'
)


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """Return nine files of different sizes, one of which went away, and let two processes read them."""
    monkeypatch.setattr(bulk, "_WORTH_A_PROCESS_BYTES", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    paths = [tmp_path / f"{number}.jsonl" for number in range(9)]
    for number, path in enumerate(paths):
        path.write_bytes(b"".join(LINE % b"%d-%d" % (number, part) for part in range(number)))
    stamps = [(path, path.stat()) for path in paths]
    paths[4].unlink()
    return [
        Task(FileStamp(str(path), state.st_ino, state.st_size, state.st_mtime_ns), START)
        for path, state in stamps
    ]


def read_plainly(tasks: list[Task]) -> list[Result]:
    return [read_one(task) for task in tasks]


def test_several_processes_read_what_one_reads(tasks: list[Task]) -> None:
    results = read_all(tasks)

    assert results == read_plainly(tasks)
    assert [isinstance(result, Unread) for result in results].index(True) == 4
    readings = [result for result in results if isinstance(result, Reading)]
    assert sum(len(reading.requests) for reading in readings) == sum(range(9)) - 4


def test_nothing_to_read_is_no_trouble() -> None:
    assert read_all([]) == []


def test_a_child_that_dies_costs_time_but_no_file(tasks: list[Task], monkeypatch: pytest.MonkeyPatch) -> None:
    def die(_tasks: list[Task], _sender: int) -> None:
        os._exit(3)

    monkeypatch.setattr(bulk, "_send", die)

    assert read_all(tasks) == read_plainly(tasks)


def test_a_child_that_fails_ends_without_running_anything_of_ours(
    tasks: list[Task], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(_results: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(bulk, "_pack", fail)

    assert read_all(tasks) == read_plainly(tasks)
    assert capfd.readouterr().err == ""


def test_a_process_with_other_threads_is_not_forked(
    tasks: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise AssertionError("forked")

    monkeypatch.setattr(os, "fork", refuse)
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert read_all(tasks) == read_plainly(tasks)
    finally:
        done.set()
        thread.join()


def test_shares_are_of_about_equal_bytes() -> None:
    sizes = [90, 50, 40, 30, 20, 10]
    tasks = [Task(FileStamp(str(size), 1, size, 1), START) for size in sizes]

    shares = bulk._shares(tasks, 2)

    assert [sum(task.new_bytes for task in share) for share in shares] == [120, 120]


def test_both_decoders_agree_on_every_line_of_real_sessions(claude_folders: list[Path]) -> None:
    checked = 0
    for path in sorted(path for folder in claude_folders for path in folder.glob("projects/*/*.jsonl")):
        for line in path.read_bytes().split(b"\n"):
            if b'"output_tokens"' in line:
                assert decode_usual(line) == decode_line(line)
                checked += 1

    assert checked > 7000
