"""Shrinking tool results by what they are.

Every tool result of the session data, counted with its session's own tokenizer before and after. Light is
`tighten`, balanced is `fold`; no prompt cache, no repeats and no price is in these figures, which say what
each type has to give, not what a session saves. The second figure is of the repository that is neither of the
two most sessions come from.
"""

import json
import os
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from bench.figures import Row, Skipped
from brimline.content import diff, log, paths, search, test_output
from brimline.content.detect import ContentType, detect
from brimline.content.shrunk import Shrunk
from brimline.tokenizers import tokenizer_for

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("BRIMLINE_DATA", ROOT.parent / "shared" / "data"))
FIRST_TWO = ("entireio", "PackmindHub")
MODEL = "claude-opus-4-5"
CPU_SECONDS = 0.1
TOKENS = 100_000

Shrink = Callable[[str], Shrunk]
WAYS: dict[ContentType, dict[str, tuple[Shrink, float | None]]] = {
    ContentType.SEARCH: {"tighten": (search.tighten, 0.25), "fold": (search.fold, 0.3)},
    ContentType.TEST_OUTPUT: {
        "tighten": (test_output.tighten, None),
        "fold": (test_output.fold, 0.4),
        "tighten, then paths": (lambda text: paths.tighten(test_output.tighten(text).text), None),
        "fold, then paths": (lambda text: paths.tighten(test_output.fold(text).text), None),
    },
    ContentType.LOG: {
        "tighten": (log.tighten, None),
        "tighten, then paths": (lambda text: paths.tighten(log.tighten(text).text), None),
        "fold": (log.fold, None),
        "fold, then paths": (lambda text: paths.tighten(log.fold(text).text), None),
        "excerpt, 5 first and 12 last lines": (log.excerpt, None),
        "excerpt, 10 first and 40 last lines": (lambda text: log.excerpt(text, head=10, tail=40), None),
    },
    ContentType.PROSE: {"paths": (paths.tighten, None)},
    ContentType.JSON: {"paths": (paths.tighten, None)},
    ContentType.DIFF: {"tighten": (diff.tighten, None), "fold": (diff.fold, None)},
}


class Result(NamedTuple):
    """A recorded tool result: whether of the first two repositories, its model, type and text."""

    first_two: bool
    model: str
    kind: ContentType
    text: str


def measure() -> Iterator[Row]:
    """Yield the share of each type, then a row for each way to shrink one."""
    results = recorded()
    tokens = [tokenizer_for(result.model).count(result.text) for result in results]
    whole = sum(tokens)
    for kind in ContentType:
        held = sum(count for count, result in zip(tokens, results, strict=True) if result.kind is kind)
        number = sum(result.kind is kind for result in results)
        yield Row(f"{kind}: {number} results", "", f"{held / whole:.1%} of {whole:,} tokens of results", None)
    for kind, ways in WAYS.items():
        chosen = [pair for pair in zip(results, tokens, strict=True) if pair[0].kind is kind]
        for name, (shrink, wanted) in ways.items():
            yield row(f"{kind}, {name}", shrink, wanted, chosen)


def row(what: str, shrink: Shrink, wanted: float | None, chosen: list[tuple[Result, int]]) -> Row:
    """Shrink what was *chosen* and say what that saved."""
    start = time.process_time()
    shrunk = [shrink(result.text) for result, _ in chosen]
    seconds = (time.process_time() - start) / sum(before for _, before in chosen) * TOKENS
    after = [
        tokenizer_for(result.model).count(new.text) for (result, _), new in zip(chosen, shrunk, strict=True)
    ]
    saved = share_saved(chosen, after)
    other = share_saved(chosen, after, first_two=False)
    return Row(
        what,
        f"≥ {wanted:.0%} saved, ≤ {CPU_SECONDS} s of CPU for 100K tokens" if wanted else "what is there",
        f"{saved:.1%} saved ({other:.1%} elsewhere), {lost(chosen, shrunk)} lines lost that must stay, "
        f"{seconds:.2f} s",
        (saved >= wanted and seconds <= CPU_SECONDS) if wanted else None,
    )


def share_saved(
    chosen: list[tuple[Result, int]], after: list[int], *, first_two: bool | None = None
) -> float:
    """Return the share of tokens that went, of all results or of one side's."""
    pairs = [
        (before, now)
        for (result, before), now in zip(chosen, after, strict=True)
        if first_two is None or result.first_two is first_two
    ]
    return 1 - sum(now for _, now in pairs) / sum(before for before, _ in pairs)


def lost(chosen: list[tuple[Result, int]], shrunk: list[Shrunk]) -> int:
    """Return how many lines are gone that must stay, whatever the type."""
    return sum(
        line not in kept
        for (result, _), new in zip(chosen, shrunk, strict=True)
        for kept in [set(paths.spread(new.text).split("\n"))]
        for line in as_shown(result).split("\n")
        if must_stay(line, result.kind)
    )


def as_shown(result: Result) -> str:
    """Return what a terminal shows of a result; of a diff spaces at line ends are part."""
    shown = diff.tighten(result.text) if result.kind is ContentType.DIFF else log.tighten(result.text)
    return shown.text


def must_stay(line: str, kind: ContentType) -> bool:
    """Say whether *line* must stay: changes in a diff, errors anywhere but among hits and passing tests."""
    if kind is ContentType.DIFF:
        return line.startswith(("+", "-", "@@"))
    return kind is not ContentType.SEARCH and log.is_error_like(line) and not test_output.is_pass(line)


def recorded() -> list[Result]:
    """Return every tool result of the session data; raises Skipped where that is absent."""
    archive = DATA / "sessions" / "claude-code-sessions.tar.xz"
    if not archive.is_file():
        raise Skipped(f"{archive.name} is not in {archive.parent}; BRIMLINE_DATA names the data folder.")
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(archive) as tar:
            tar.extractall(scratch, filter="data")
        files = sorted(Path(scratch).glob("*/projects/**/*.jsonl"))
        return [result for file in files for result in of_session(file)]


def of_session(file: Path) -> Iterator[Result]:
    """Yield the tool results of one session file in order."""
    uses: dict[str, tuple[str, str, str]] = {}
    first_two = any(name in str(file) for name in FIRST_TWO)
    for line in file.read_text("utf-8").splitlines():
        message = json.loads(line).get("message") or {}
        content = message.get("content")
        for block in content if isinstance(content, list) else []:
            if block.get("type") == "tool_use":
                command = str(block["input"].get("command", ""))
                uses[block["id"]] = (message.get("model", MODEL), block["name"], command)
            elif block.get("type") == "tool_result" and (text := text_of(block.get("content"))):
                model, tool, command = uses.get(block["tool_use_id"], (MODEL, "", ""))
                yield Result(first_two, model, detect(text, tool=tool, command=command), text)


def text_of(content: object) -> str:
    """Return the text of a result's content, be it a string or blocks."""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content)
    return content if isinstance(content, str) else ""
