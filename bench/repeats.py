"""Shrinking reads and what repeats.

Reads, answers to edits, JSON, prose and blobs one by one; then every result in the order of its session,
with references for the runs of lines that an earlier result, or a call that wrote a file, still shows. A
compaction forgets them. All of it but `fold` is level light. Tokens as in the bench of the other types.
"""

import json
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bench.content import CPU_SECONDS, DATA, FIRST_TWO, MODEL, TOKENS, Result, recorded, share_saved, text_of
from bench.figures import Row, Skipped
from brimline.content import blob, edit_echo, json_text, prose, source
from brimline.content.detect import ContentType
from brimline.content.repeats import Shown, expand_runs, find_runs, replace_runs
from brimline.content.shrunk import Shrunk
from brimline.tokenizers import tokenizer_for

WAYS: tuple[tuple[ContentType, str, Callable[[str], Shrunk], float | None], ...] = (
    (ContentType.SOURCE, "numbers without arrow and padding", source.tighten, 0.07),
    (ContentType.SOURCE, "each 10th number", source.thin_numbers, 0.14),
    (ContentType.EDIT_ECHO, "tighten", edit_echo.tighten, 0.6),
    (ContentType.JSON, "tighten", json_text.tighten, 0.03),
    (ContentType.JSON, "fold", json_text.fold, 0.1),
    (ContentType.PROSE, "fold", prose.fold, None),
    (ContentType.BLOB, "fold", blob.fold, None),
)
REFERRED, ALL_LIGHT = 0.08, 0.15


class Turn(NamedTuple):
    """A result of a session as it came, with references, and with each 10th number too."""

    result: Result
    referred: str
    light: str
    is_same: bool
    """Whether the references give the lines back."""


def measure() -> Iterator[Row]:
    """Yield a row for each way to shrink a type, then two for references."""
    results = recorded()
    tokens = [tokenizer_for(result.model).count(result.text) for result in results]
    for kind, name, shrink, wanted in WAYS:
        chosen = [pair for pair in zip(results, tokens, strict=True) if pair[0].kind is kind]
        start = time.process_time()
        texts = [shrink(result.text).text for result, _ in chosen]
        yield row(f"{kind}, {name}", wanted, chosen, texts, time.process_time() - start)
    yield from of_repeats()


def of_repeats() -> Iterator[Row]:
    """Yield what references save, and what all of light saves that is measured here."""
    start = time.process_time()
    turns = list(in_order())
    seconds = time.process_time() - start
    chosen = [(turn.result, tokenizer_for(turn.result.model).count(turn.result.text)) for turn in turns]
    wrong = sum(not turn.is_same for turn in turns)
    said = f"all results, references to earlier lines ({wrong} not given back exactly)"
    yield row(said, REFERRED, chosen, [turn.referred for turn in turns], seconds)
    said = "all results, references, each 10th number and no edit echoes"
    yield row(said, ALL_LIGHT, chosen, [turn.light for turn in turns], seconds)


def row(
    what: str, wanted: float | None, chosen: list[tuple[Result, int]], texts: list[str], seconds: float
) -> Row:
    """Say what the *texts* in place of what was *chosen* save, and what CPU time that took."""
    after = [tokenizer_for(result.model).count(text) for (result, _), text in zip(chosen, texts, strict=True)]
    saved, other = share_saved(chosen, after), share_saved(chosen, after, first_two=False)
    pace = seconds / sum(before for _, before in chosen) * TOKENS
    return Row(
        what,
        f"≥ {wanted:.0%} saved, ≤ {CPU_SECONDS} s of CPU for 100K tokens" if wanted else "what is there",
        f"{saved:.1%} saved ({other:.1%} elsewhere), {pace:.2f} s",
        (saved >= wanted and pace <= CPU_SECONDS) if wanted else None,
    )


def in_order() -> Iterator[Turn]:
    """Yield each result of each session with references to what that session still shows."""
    archive = DATA / "sessions" / "claude-code-sessions.tar.xz"
    if not archive.is_file():
        raise Skipped(f"{archive.name} is not in {archive.parent}; BRIMLINE_DATA names the data folder.")
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(archive) as tar:
            tar.extractall(scratch, filter="data")
        for file in sorted(Path(scratch).glob("*/projects/**/*.jsonl")):
            yield from of_session(file)


def of_session(file: Path) -> Iterator[Turn]:
    """Yield the results of one session file in order."""
    first_two = any(name in str(file) for name in FIRST_TWO)
    earlier, blocks, names, model = Shown(), dict[str, list[str]](), dict[str, str](), MODEL
    for line in file.read_text("utf-8").splitlines():
        record = json.loads(line)
        if record.get("isCompactSummary"):
            earlier = Shown()
        message = record.get("message") or {}
        model = message.get("model", model)
        content = message.get("content")
        for block in content if isinstance(content, list) else []:
            name, text = shown_by(block)
            names.setdefault(block.get("id", ""), f"the {block.get('name')} of {named_file(block)}")
            if not text or name in blocks:
                continue
            is_result = block["type"] == "tool_result"
            lines = blocks[name] = (edit_echo.tighten(text).text if is_result else text).split("\n")
            runs = find_runs(lines, earlier, tokenizer_for(model).count) if is_result else []
            earlier.add(name, lines, runs)
            referred = replace_runs(lines, runs, {run.block: names.get(run.block[5:], "") for run in runs})
            if is_result:
                result = Result(first_two, model, ContentType.PLAIN, text)
                light, is_same = "\n".join(referred), expand_runs(referred, runs, blocks) == lines
                yield Turn(result, light, source.thin_numbers(light).text, is_same)


def shown_by(block: dict[str, Any]) -> tuple[str, str]:
    """Return a name for what *block* shows, and its text: a result, or the file that a call writes."""
    if block.get("type") == "tool_result":
        return f"of a {block['tool_use_id']}", text_of(block.get("content"))
    written = block.get("input", {}).get("content") or block.get("input", {}).get("new_string")
    return f"by a {block.get('id')}", written if isinstance(written, str) else ""


def named_file(block: dict[str, Any]) -> str:
    """Return the last part of the path that a call names."""
    path = str(block.get("input", {}).get("file_path", "it"))
    return path.replace("\\", "/").rpartition("/")[2]
