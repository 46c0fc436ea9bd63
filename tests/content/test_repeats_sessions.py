"""On recorded sessions what repeats is found, given back exactly, and shorter."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from brimline.content import edit_echo
from brimline.content.repeats import Shown, expand_runs, find_runs, replace_runs
from brimline.content.source import restore_numbers, thin_numbers, tighten

pytestmark = pytest.mark.data


class Shrinking(NamedTuple):
    """Characters of a result as it came, with references, and with references and thin numbers."""

    before: int
    referred: int
    thinned: int


def words(text: str) -> int:
    return len(text.split())


def parts(session: Path) -> Iterator[dict[str, Any]]:
    """Yield the blocks of the messages of *session*, and an empty one for each compaction."""
    for line in session.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record.get("isCompactSummary"):
            yield {}
        content = record.get("message", {}).get("content")
        yield from content if isinstance(content, list) else []


def said(block: dict[str, Any]) -> tuple[str, str]:
    """Return the id and the text of what *block* shows: a result, or the file that a call writes."""
    if block.get("type") == "tool_result":
        content = block.get("content") or ""
        texts = [part.get("text", "") for part in content] if isinstance(content, list) else [content]
        return block["tool_use_id"], "\n".join(texts)
    if block.get("type") == "tool_use":
        return f"call {block['id']}", block["input"].get("content") or block["input"].get("new_string") or ""
    return "", ""


def shrink(session: Path) -> Iterator[Shrinking]:
    """Shrink each result of *session* in its turn, testing that all of it comes back."""
    earlier, originals = Shown(), dict[str, list[str]]()
    for block in parts(session):
        name, text = said(block)
        if not block:
            earlier = Shown()
        if not name or name in originals or not isinstance(text, str):
            continue
        lines = originals[name] = edit_echo.tighten(text).text.split("\n")
        runs = find_runs(lines, earlier, words) if block["type"] == "tool_result" else []
        earlier.add(name, lines, runs)
        referred = replace_runs(lines, runs, {run.block: "the Read of a/b.py" for run in runs})
        thin = thin_numbers("\n".join(referred)).text
        assert expand_runs(referred, runs, originals) == lines
        assert restore_numbers(thin) == tighten("\n".join(referred)).text
        if block["type"] == "tool_result":
            yield Shrinking(len(text), len("\n".join(referred)), len(thin))


def test_results_of_recorded_sessions_come_back_whole_and_are_a_sixth_shorter(
    claude_folders: list[Path],
) -> None:
    sessions = [session for folder in claude_folders for session in folder.rglob("*.jsonl")]
    shrunk = [result for session in sessions for result in shrink(session)]
    before, referred, thinned = (sum(sizes) for sizes in zip(*shrunk, strict=True))

    assert len(shrunk) > 3_000
    assert all(result.thinned <= result.before for result in shrunk)
    assert referred < 0.9 * before
    assert thinned < 0.83 * before
