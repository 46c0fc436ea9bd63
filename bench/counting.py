"""Counting tokens for Claude.

Against ctok, from whose vocabularies ours are compiled, in fresh processes after each other, on one thread:
source code of the standard library, lines of session files (JSON) and paragraphs of Wikipedia. First sight is
a process that has loaded the vocabulary and counted none of the text; seen before is the same text again.
CPU time, the best of some runs, ours and ctok's alike. ctok needs Python 3.12: the one that runs this, or
the one that `BRIMLINE_CTOK_PYTHON` names.
"""

import json
import os
import statistics
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

from bench.__main__ import table
from bench.figures import Row, Skipped

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("BRIMLINE_DATA", ROOT.parent / "shared" / "data"))
CTOK_PYTHONS = (
    os.environ.get("BRIMLINE_CTOK_PYTHON", ""),
    sys.executable,
    *map(str, ROOT.glob(".venv-3.1*/bin/python")),
)

CHARS: Final = 200_000
SMALL: Final = 30_000
RUNS: Final = 3
GENERATIONS = {"claude-opus-4-5": "3.0", "claude-sonnet-5": "4.8"}

FASTER_AT_FIRST: Final = 3
FASTER_WHEN_SEEN: Final = 20
FIRST_COUNT_MS: Final = 60
SMALL_MS: Final = 40
EXACT_SHARE: Final = 0.995
RECORDED: Final = {"v3": "claude-opus-4-5", "v4.7": "claude-opus-4-7", "v5": "claude-opus-5"}
RUN_SECONDS: Final = 1.0
RUN_CHARS: Final = " \n\t\u3000aAé1.'=#中한😀\u0301\0\u200d²"

OURS = """
import json, sys, time
from brimline.tokenizers import tokenizer_for
model, texts = json.load(sys.stdin)
tokenizer = tokenizer_for(model)
tokenizer.count("load the vocabulary — all of it")
told = []
for text in texts:
    again = text[:1] + text[1:]
    tokenizer.forget()
    times = [time.process_time()]
    for each in (text, again):
        tokens = tokenizer.count(each)
        times.append(time.process_time())
    told.append([tokens + tokenizer.frame_tokens, times[1] - times[0], max(times[2] - times[1], 1e-6)])
print(json.dumps(told))
"""

CTOKS = """
import json, sys, time
from ctok import token_count
version, texts = json.load(sys.stdin)
token_count("load the vocabulary", version)
told = []
for text in texts:
    started = time.process_time()
    tokens = token_count(text, version)
    told.append([tokens, time.process_time() - started])
print(json.dumps(told))
"""

RUN = """
import sys, time
from brimline.tokenizers import tokenizer_for
tokenizer = tokenizer_for(sys.argv[1])
tokenizer.count("load the vocabulary")
text = chr(int(sys.argv[2])) * (1_000_000 // len(chr(int(sys.argv[2])).encode()))
started = time.process_time()
tokenizer.count(text)
print(time.process_time() - started)
"""

EXACT = """
import gzip, json, pathlib, sys
from collections import Counter
from brimline.tokenizers import tokenizer_for
folder, generation, model = sys.argv[1:]
tokenizer = tokenizer_for(model)
off = Counter()
for corpus in ("rosetta", "udhr"):
    counts = json.loads(pathlib.Path(folder, f"{corpus}_counts.json").read_bytes())[generation]["counts"]
    for row in map(json.loads, gzip.open(pathlib.Path(folder, f"{corpus}.jsonl.gz"))):
        told = counts[row.get("id") or row["f"]]
        off[abs(tokenizer.count(row["text"]) + tokenizer.frame_tokens - told)] += 1
print(off[0], off.total(), max(off))
"""

COUNT = "from brimline.surfaces.cli import main; main()"
FIRST = "import sys; from brimline.tokenizers import tokenizer_for; tokenizer_for(sys.argv[1]).count('hello')"


def measure() -> list[Row]:
    """Return the figures of counting, both generations, three kinds of text."""
    texts = corpora()
    python = ctok_python()
    rows = [row for model in GENERATIONS for row in against_ctok(python, model, texts)]
    return [*exactness(), *rows, *alone(texts["source code"][:SMALL])]


def exactness() -> Iterator[Row]:
    """Yield how many of the recorded answers of `count_tokens` each generation meets."""
    with unpacked("token-truth.tar.xz") as folder:
        for generation, model in RECORDED.items():
            told = told_by(sys.executable, EXACT, str(folder / "token-truth"), generation, model)
            exact, texts, farthest = map(int, told.split())
            yield Row(
                f"{model}, recorded answers met",
                f">= {EXACT_SHARE:.1%}, none off by more than 1",
                f"{exact:,} of {texts:,}, farthest off by {farthest}",
                exact >= EXACT_SHARE * texts and farthest <= 1,
            )


def ctok_python() -> str:
    """Return a Python that has ctok, or raise Skipped."""
    for python in filter(None, CTOK_PYTHONS):
        if subprocess.run([python, "-c", "import ctok"], capture_output=True, check=False).returncode == 0:
            return python
    raise Skipped("no Python 3.12 with ctok is here; BRIMLINE_CTOK_PYTHON can name one.")


def corpora() -> dict[str, str]:
    """Return the texts by kind, each `CHARS` characters or a little less."""
    sources = sorted(Path(sysconfig.get_path("stdlib")).glob("[a-h]*.py"))
    code = "".join(path.read_text(encoding="utf-8") for path in sources)
    return {
        "source code": code[:CHARS],
        "JSON": "".join(session_lines())[:CHARS],
        "prose": "\n\n".join(paragraphs())[:CHARS],
    }


def session_lines() -> Iterator[str]:
    """Yield every tenth line of the sessions, cut at 2,000 characters so that many are in the sample."""
    with unpacked("sessions/claude-code-sessions.tar.xz") as folder:
        for path in sorted(folder.rglob("*.jsonl")):
            with path.open(encoding="utf-8") as lines:
                yield from (line[:2000] for line in islice(lines, 0, 200, 10))


def paragraphs() -> Iterator[str]:
    """Yield the paragraphs of the reading comprehension data."""
    with unpacked("reading-comprehension.tar.xz") as folder:
        articles = json.loads((folder / "xquad.en.json").read_text(encoding="utf-8"))["data"]
        yield from (paragraph["context"] for article in articles for paragraph in article["paragraphs"])


@contextmanager
def unpacked(name: str) -> Iterator[Path]:
    """Lend a folder with the contents of an archive of the data; raises Skipped where it is absent."""
    archive = DATA / name
    if not archive.is_file():
        raise Skipped(f"{name} is not in {DATA}; BRIMLINE_DATA names the data folder.")
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(archive) as tar:
            tar.extractall(scratch, filter="data")
        yield Path(scratch)


def told_by(python: str, code: str, *arguments: str, given: object = None) -> str:
    """Return what *code* prints in a process of its own that is *given* a value as JSON."""
    command = [python, "-c", code, *arguments]
    return subprocess.run(
        command, input=json.dumps(given), text=True, stdout=subprocess.PIPE, check=True
    ).stdout


def best_of(python: str, code: str, given: object) -> list[list[float]]:
    """Return the smallest of each figure of each text in some runs of *code*: tokens, then seconds."""
    runs = [json.loads(told_by(python, code, given=given)) for _ in range(RUNS)]
    return [[min(figures) for figures in zip(*of_text, strict=True)] for of_text in zip(*runs, strict=True)]


def against_ctok(python: str, model: str, texts: dict[str, str]) -> Iterator[Row]:
    """Yield how much faster than ctok *model*'s tokenizer counts each text, at first sight and again."""
    given = list(texts.values())
    ours = best_of(sys.executable, OURS, [model, given])
    peers = best_of(python, CTOKS, [GENERATIONS[model], given])
    for (kind, text), (tokens, first, again), (peer_tokens, peer) in zip(
        texts.items(), ours, peers, strict=True
    ):
        same = "" if tokens == peer_tokens else f", but {tokens} tokens where ctok has {peer_tokens}"
        speed = f"{len(text) / first / 1e6:.1f} MB/s{same}"
        yield faster(f"{model}, {kind}, first sight", peer / first, FASTER_AT_FIRST, speed)
        yield faster(f"{model}, {kind}, seen before", peer / again, FASTER_WHEN_SEEN, "")


def faster(what: str, ratio: float, floor: float, more: str) -> Row:
    """Return the row of a ratio against ctok."""
    reached = f"{ratio:,.1f} times" if ratio < 100 else f"{ratio:,.0f} times"  # noqa: PLR2004  (no digit means anything)
    return Row(
        what, f">= {floor} times ctok", f"{reached} {f'({more})' if more else ''}".strip(), ratio >= floor
    )


def alone(code: str) -> Iterator[Row]:
    """Yield our own times: a process's first count, a file not seen before, runs of one character."""
    ms = 1000 * statistics.median(seconds_of_count() for _ in range(5 * RUNS))
    yield within("`brimline count`, whole process, median", ms, FIRST_COUNT_MS, "ms")
    for model in GENERATIONS:
        ms = 1000 * min(seconds_of_process(model) for _ in range(5 * RUNS))
        yield within(f"{model}, first count, from process start", ms, FIRST_COUNT_MS, "ms")
        ((_, first, _),) = best_of(sys.executable, OURS, [model, [code]])
        yield within(f"{model}, 30 KB of unseen source", 1000 * first, SMALL_MS, "ms")
        worst = max(float(told_by(sys.executable, RUN, model, str(ord(char)))) for char in RUN_CHARS)
        yield within(
            f"{model}, 1 MB of one character, the slowest of {len(RUN_CHARS)}", worst, RUN_SECONDS, "s"
        )


def seconds_of_process(model: str) -> float:
    """Return the wall time of a process that counts one word."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", FIRST, model], check=True)
    return time.perf_counter() - started


def seconds_of_count() -> float:
    """Return the wall time of the command that counts one word."""
    command = [sys.executable, "-c", COUNT, "count", "-", "--json"]
    started = time.perf_counter()
    subprocess.run(command, input=b"hello", stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def within(what: str, reached: float, limit: float, unit: str) -> Row:
    """Return the row of a time that should stay within a limit."""
    return Row(what, f"<= {limit:g} {unit}", f"{reached:.3g} {unit}", reached <= limit)


if __name__ == "__main__":
    print(table(measure()))
