import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.content.detect import ContentType, detect

HITS = "a/b.go:1:x\na/c.go:2:y"
HUNK = "@@ -1 +1 @@\n-a\n+b"


@pytest.mark.parametrize(
    ("tool", "command", "text", "kind"),
    [
        ("Grep", "", HITS, ContentType.SEARCH),
        ("Grep", "", "No matches found", ContentType.SEARCH),
        ("Grep", "", '[{"a": 1}]', ContentType.JSON),
        ("Glob", "", "a/b.go\na/c.go", ContentType.SEARCH),
        ("Grep", "", "<tool_use_error>Path does not exist</tool_use_error>", ContentType.PLAIN),
        ("Read", "", "     1→x", ContentType.SOURCE),
        ("Read", "", "1\tx\n\n<system-reminder>\nmind\n</system-reminder>", ContentType.SOURCE),
        ("Read", "", "File does not exist.", ContentType.PLAIN),
        ("Edit", "", "The file a.py has been updated.", ContentType.EDIT_ECHO),
        ("Write", "", "File created successfully at: a.py", ContentType.EDIT_ECHO),
        ("Task", "", "I looked at it all.", ContentType.PROSE),
        ("TaskOutput", "", "<retrieval_status>success</retrieval_status>", ContentType.LOG),
        ("WebFetch", "", "The page says so.", ContentType.PROSE),
        ("WebFetch", "", "<!doctype html><html></html>", ContentType.HTML),
        ("mcp__db__query", "", '{"rows": []}', ContentType.JSON),
        ("mcp__x__y", "", "done", ContentType.PLAIN),
        ("Bash", "cat a.py", "def f(): pass", ContentType.SOURCE),
        ("Bash", "git diff", HUNK, ContentType.DIFF),
        ("Bash", "git diff --stat", " a | 2 +-\n 1 file changed", ContentType.LOG),
        ("Bash", "git log -p", HUNK, ContentType.DIFF),
        ("Bash", "git diff | grep '^[-+]'", "-a\n+b", ContentType.DIFF),
        ("Bash", "go test ./...", "ok  \tx\t0.1s", ContentType.TEST_OUTPUT),
        ("Bash", "./run-them-all", "Exit code 1\n--- FAIL: TestA (0.1s)", ContentType.TEST_OUTPUT),
        ("Bash", "rg foo", HITS, ContentType.SEARCH),
        ("Bash", "gh api x", '{"a": 1}', ContentType.JSON),
        ("Bash", "rg x a.jsonl", '{"a": 1}\n{"a": 2}', ContentType.JSON),
        ("Bash", "make", "cc -o a a.c", ContentType.LOG),
        ("Bash", "npx eslint src", "src/a.ts:3:1: error no-var\nsrc/a.ts:4:1: error no-var", ContentType.LOG),
        ("mcp__ide__search", "", HITS, ContentType.SEARCH),
        ("Bash", "echo", "This is a sentence of many words.", ContentType.LOG),
        ("PowerShell", "git diff", HUNK, ContentType.DIFF),
        ("", "git diff", HUNK, ContentType.DIFF),
        ("", "", HUNK, ContentType.DIFF),
        ("Bash", "ls", "  \n", ContentType.PLAIN),
    ],
)
def test_a_result_is_told_from_tool_command_and_shape(
    tool: str, command: str, text: str, kind: ContentType
) -> None:
    assert detect(text, tool=tool, command=command) is kind


@given(
    st.text(st.characters(exclude_categories=())),
    st.sampled_from(["", "Bash", "Read", "Grep", "Edit", "mcp__a__b"]),
    st.text(),
)
def test_any_result_is_of_one_type(text: str, tool: str, command: str) -> None:
    assert detect(text, tool=tool, command=command) in ContentType


def results(folder: Path) -> Iterator[tuple[str, dict[str, object], str]]:
    """Yield tool, input and text of every tool result that the sessions beneath *folder* hold."""
    for path in sorted(folder.glob("projects/**/*.jsonl")):
        uses: dict[str, tuple[str, dict[str, object]]] = {}
        for line in path.read_text("utf-8").splitlines():
            content = (json.loads(line).get("message") or {}).get("content")
            for block in content if isinstance(content, list) else []:
                if block.get("type") == "tool_use":
                    uses[block["id"]] = (block["name"], block["input"])
                elif block.get("type") == "tool_result":
                    yield *uses.get(block["tool_use_id"], ("", {})), _text(block.get("content"))


def _text(content: object) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content if isinstance(content, str) else ""


@pytest.fixture(scope="module")
def census(claude_folders: list[Path]) -> dict[str, Counter[ContentType]]:
    """Return how often each type was detected, by what the tool and its command say it must be."""
    counts: defaultdict[str, Counter[ContentType]] = defaultdict(Counter)
    for folder in claude_folders:
        for tool, given_input, text in results(folder):
            command = str(given_input.get("command", ""))
            counts[_expected(tool, given_input, command, text)][detect(text, tool=tool, command=command)] += 1
    return counts


def _expected(tool: str, given_input: dict[str, object], command: str, text: str) -> str:
    if "<tool_use_error>" in text or not text.strip():
        return "refused"
    if tool == "Grep":
        return f"Grep {given_input.get('output_mode', 'files_with_matches')}"
    if tool == "Bash" and "@@ -" in text and command.startswith(("git diff", "git show", "gh pr diff")):
        return "git diff"
    first = command.partition("&&")[2].strip() if command.startswith("cd ") else command
    named = [
        name
        for name in ("go test", "git diff", "git log", "sed -n", "grep", "gh api")
        if first.startswith(name)
    ]
    return named[0] if named else tool


@pytest.mark.data
@pytest.mark.parametrize(
    ("group", "kind", "share", "at_least"),
    [
        ("Grep content", ContentType.SEARCH, 0.99, 250),
        ("Grep files_with_matches", ContentType.SEARCH, 0.99, 30),
        ("Read", ContentType.SOURCE, 0.99, 600),
        ("Edit", ContentType.EDIT_ECHO, 1, 400),
        ("Write", ContentType.EDIT_ECHO, 1, 70),
        ("go test", ContentType.TEST_OUTPUT, 0.95, 60),
        ("git diff", ContentType.DIFF, 0.5, 60),
        ("git log", ContentType.LOG, 0.9, 40),
        ("sed -n", ContentType.SOURCE, 0.8, 10),
        ("grep", ContentType.SEARCH, 0.9, 60),
        ("gh api", ContentType.JSON, 0.4, 10),
        ("Task", ContentType.PROSE, 1, 40),
        ("TaskOutput", ContentType.LOG, 1, 25),
        ("refused", ContentType.PLAIN, 1, 20),
    ],
)
def test_recorded_results_are_of_the_type_their_tool_gives(
    census: dict[str, Counter[ContentType]], group: str, kind: ContentType, share: float, at_least: int
) -> None:
    counts = census[group]
    assert counts.total() >= at_least
    assert counts[kind] / counts.total() >= share, dict(counts)
