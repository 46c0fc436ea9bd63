"""Scanning all sessions, against ccusage.

Whole processes from start to end, page cache warm, ours and the peer's in turns. The peer is the command
that BRIMLINE_CCUSAGE names, else `ccusage` on PATH (`npm install ccusage@20.0.24`).
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

from bench.figures import Row, Skipped

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("BRIMLINE_DATA", ROOT.parent / "shared" / "data"))
FILES = 454
ROUNDS = 9
LINE = {
    "type": "assistant",
    "message": {
        "model": "claude-opus-4-6",
        "content": [],
        "usage": {"input_tokens": 1, "cache_read_input_tokens": 1000, "output_tokens": 10},
    },
    "timestamp": "2026-08-01T10:00:00.000Z",
}


def measure() -> Iterator[Row]:
    """Yield a row for the totals, the cold scan, and the refresh after an appended line."""
    peer, ours = ccusage(), brimline()
    with claude_folder() as folder, tempfile.TemporaryDirectory() as homes:
        yield totals(folder, Path(homes) / "totals", peer, ours)
        yield from times(folder, Path(homes) / "times", peer, ours)
        yield status(folder, Path(homes) / "times")


def totals(folder: Path, home: Path, peer: list[str], ours: list[str]) -> Row:
    """Compare the sums that both report."""
    theirs = json.loads(run(peer, folder, home))["totals"]
    mine = json.loads(run(ours, folder, home))["totals"]
    names = {
        "input_tokens": "inputTokens",
        "cache_write_tokens": "cacheCreationTokens",
        "cache_read_tokens": "cacheReadTokens",
        "output_tokens": "outputTokens",
    }
    off = {name: mine[name] - theirs[other] for name, other in names.items()}
    share = mine["cost_usd"] / theirs["totalCost"] - 1
    reached = f"off by {sum(map(abs, off.values()))} tokens, {share:+.3%} of {theirs['totalCost']:.2f} USD"
    met = not any(off.values()) and abs(share) <= 0.005  # noqa: PLR2004 - the wish in the row
    return Row("totals against ccusage", "equal to the token, within 0.5 % in USD", reached, met)


def times(folder: Path, home: Path, peer: list[str], ours: list[str]) -> Iterator[Row]:
    """Time the peer, our first scan, and our refresh after a line was appended, in turns."""
    theirs: list[float] = []
    cold: list[float] = []
    warm: list[float] = []
    for number in range(ROUNDS):
        shutil.rmtree(home, ignore_errors=True)
        cold.append(seconds(ours, folder, home))
        theirs.append(seconds(peer, folder, home))
        append(next(folder.glob("projects/*/*.jsonl")), number)
        warm.append(seconds(ours, folder, home))
    scan = statistics.median(mine / other for mine, other in zip(cold, theirs, strict=True))
    gain = statistics.median(other / mine for mine, other in zip(warm, theirs, strict=True))
    both = f"{statistics.median(theirs):.2f} s"
    yield Row(
        f"first scan of {FILES} files, building the index",
        "≤ 1.5 × ccusage's time",
        f"{scan:.2f} × ({statistics.median(cold):.2f} s, ccusage {both})",
        scan <= 1.5,  # noqa: PLR2004 - the wish
    )
    yield Row(
        "refresh after one appended line",
        "≥ 10 × faster than ccusage's run",
        f"{gain:.1f} × ({statistics.median(warm) * 1000:.0f} ms, ccusage {both})",
        gain >= 10,  # noqa: PLR2004 - the wish
    )


def status(folder: Path, home: Path) -> Row:
    """Time the status of the newest session after a line was appended to it, from process start."""
    newest = max(folder.glob("projects/*/*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
    command = [brimline()[0], "status", "--json"]
    run(command, folder, home)
    taken: list[float] = []
    for number in range(ROUNDS):
        append(newest, ROUNDS + number)
        taken.append(seconds(command, folder, home))
    median = statistics.median(taken)
    what = "status of the newest session, a line appended"
    return Row(what, "< 150 ms from process start", f"{median * 1000:.0f} ms", median < 0.15)  # noqa: PLR2004


def seconds(command: list[str], folder: Path, home: Path) -> float:
    """Return how long *command* took."""
    start = time.perf_counter()
    run(command, folder, home)
    return time.perf_counter() - start


def run(command: list[str], folder: Path, home: Path) -> bytes:
    """Run *command* on the Claude *folder* with our own files under *home*; return what it printed."""
    environ = {**os.environ, "CLAUDE_CONFIG_DIR": str(folder), "BRIMLINE_HOME": str(home)}
    return subprocess.run(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    ).stdout


def append(transcript: Path, number: int) -> None:
    """Append a request of its own to *transcript*."""
    line = {**LINE, "requestId": f"req_bench_{number}"}
    line["message"] = {**LINE["message"], "id": f"msg_bench_{number}"}  # type: ignore[dict-item]
    with transcript.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, separators=(",", ":")) + "\n")


def brimline() -> list[str]:
    """Return our command."""
    return [str(Path(sys.executable).with_name("brimline")), "usage", "--json"]


def ccusage() -> list[str]:
    """Return the peer's command, or skip."""
    command = os.environ.get("BRIMLINE_CCUSAGE") or shutil.which("ccusage")
    if not command:
        raise Skipped("ccusage is not installed; name its command in BRIMLINE_CCUSAGE.")
    return [command, "daily", "--offline", "--json"]


@contextmanager
def claude_folder() -> Iterator[Path]:
    """Yield a Claude folder with the session data copied to 454 files, about 570 MB, or skip."""
    archive = DATA / "sessions" / "claude-code-sessions.tar.xz"
    if not archive.is_file():
        raise Skipped(f"{archive.name} is not in {archive.parent}; BRIMLINE_DATA names the data folder.")
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(archive) as tar:
            tar.extractall(Path(scratch) / "sessions", filter="data")
        sessions = sorted((Path(scratch) / "sessions").glob("**/projects/**/*.jsonl"))
        folder = Path(scratch) / "claude"
        (folder / "projects" / "-p").mkdir(parents=True)
        for number, session in enumerate(islice(cycle(sessions), FILES)):
            shutil.copyfile(
                session, folder / "projects" / "-p" / f"00000000-0000-0000-0000-{number:012x}.jsonl"
            )
        yield folder


if __name__ == "__main__":
    for row in measure():
        print(*row, sep=" | ")
