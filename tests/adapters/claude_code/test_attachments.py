"""What each attachment puts into the window, and on whose line it counts."""

import json
from pathlib import Path

import msgspec
import pytest
from tests.adapters.claude_code.building import Transcript

from brimline.adapters.claude_code.attachments import read_attachment
from brimline.adapters.claude_code.blocks import Block, Form
from brimline.core.resource import Kind


def read(**attachment: object) -> list[Block]:
    return list(read_attachment(msgspec.Raw(json.dumps(attachment).encode())))


CASES: list[tuple[dict[str, object], list[tuple[Kind, str]], str]] = [
    (
        {"type": "skill_listing", "content": "- pdf: Fill forms\n- sc:plan: Plan: well\n  and long"},
        [(Kind.SKILL_LISTING, "pdf"), (Kind.SKILL_LISTING, "sc:plan")],
        "- pdf: Fill forms\n- sc:plan: Plan: well\n  and long",
    ),
    (
        {"type": "agent_listing_delta", "addedTypes": ["Explore"], "addedLines": ["- Explore: looks"]},
        [(Kind.AGENT, "Explore")],
        "- Explore: looks",
    ),
    (
        {
            "type": "deferred_tools_delta",
            "addedNames": ["mcp__gh__list", "WebFetch"],
            "addedLines": ["mcp__gh__list", "WebFetch"],
        },
        [(Kind.MCP_SERVER, "gh"), (Kind.BUILTIN_TOOL, "Deferred tool names")],
        "mcp__gh__list\nWebFetch",
    ),
    (
        {"type": "deferred_tools_delta", "removedNames": ["mcp__gh__list"]},
        [(Kind.MCP_SERVER, "gh")],
        "mcp__gh__list",
    ),
    ({"type": "deferred_tools_delta", "pendingMcpServers": ["slow"]}, [(Kind.MCP_SERVER, "slow")], "slow"),
    (
        {"type": "mcp_instructions_delta", "addedNames": ["gh"], "addedBlocks": ["## gh\nUse it."]},
        [(Kind.MCP_SERVER, "gh")],
        "## gh\nUse it.",
    ),
    ({"type": "mcp_instructions_delta", "removedNames": ["gh"]}, [(Kind.MCP_SERVER, "gh")], "gh"),
    (
        {
            "type": "nested_memory",
            "path": "/a/CLAUDE.md",
            "content": {"type": "Project", "content": "Be kind."},
        },
        [(Kind.MEMORY_FILE, "/a/CLAUDE.md"), (Kind.MEMORY_FILE, "/a/CLAUDE.md")],
        "/a/CLAUDE.md\nBe kind.",
    ),
    (
        {
            "type": "file",
            "filename": "/a.py",
            "content": {"type": "text", "file": {"content": "a\nb", "startLine": 7}},
        },
        [(Kind.FILE, "/a.py")],
        "7\ta\n8\tb",
    ),
    ({"type": "compact_file_reference", "filename": "/a.py"}, [(Kind.FILE, "/a.py")], "/a.py"),
    (
        {"type": "edited_text_file", "filename": "/a.py", "snippet": "1\tnew"},
        [(Kind.FILE, "/a.py"), (Kind.FILE, "/a.py")],
        "/a.py\n1\tnew",
    ),
    ({"type": "edited_text_file", "filename": "/a.py"}, [(Kind.FILE, "/a.py")], "/a.py"),
    ({"type": "queued_command", "prompt": "and this"}, [(Kind.USER_TEXT, "User messages")], "and this"),
    (
        {"type": "queued_command", "prompt": [{"type": "text", "text": "this"}, "that"]},
        [(Kind.USER_TEXT, "User messages")],
        "this\nthat",
    ),
    (
        {"type": "queued_command", "commandMode": "task-notification", "prompt": "<task-notification>"},
        [(Kind.USER_TEXT, "Task notifications")],
        "<task-notification>",
    ),
    (
        {
            "type": "hook_success",
            "hookEvent": "SessionStart",
            "hookName": "SessionStart:clear",
            "content": "Hi",
        },
        [(Kind.REMINDER, "Hook SessionStart")],
        "SessionStart:clear\nHi",
    ),
    ({"type": "hook_success", "hookEvent": "PostToolUse", "content": "unheard"}, [], ""),
    ({"type": "hook_success", "hookEvent": "SessionStart", "content": ""}, [], ""),
    (
        {
            "type": "hook_additional_context",
            "hookEvent": "PostToolUse",
            "hookName": "x",
            "content": ["a", "b"],
        },
        [(Kind.REMINDER, "Hook PostToolUse")],
        "x\na\nb",
    ),
    (
        {"type": "task_reminder", "content": [{"id": "1", "status": "pending", "subject": "Test"}]},
        [(Kind.REMINDER, "Task reminders")],
        "#1. [pending] Test",
    ),
    ({"type": "task_reminder", "content": []}, [(Kind.REMINDER, "Task reminders")], ""),
    (
        {
            "type": "environment",
            "snapshot": {"workingDirectory": "/a", "isGitRepo": True, "platform": "linux"},
        },
        [(Kind.REMINDER, "Environment")],
        "/a\ntrue\nlinux\n\n",
    ),
    ({"type": "date", "date": "2026-11-22"}, [(Kind.REMINDER, "Environment")], "2026-11-22"),
    (
        {"type": "remote_session_change", "commit": "Signed", "pr": None},
        [(Kind.REMINDER, "Commit attribution")],
        "Signed",
    ),
    (
        {"type": "total_tokens_reminder", "text": "50,000 left"},
        [(Kind.REMINDER, "Token reminders")],
        "50,000 left",
    ),
    ({"type": "model", "text": ""}, [], ""),
    ({"type": "environment"}, [], ""),
    ({"type": "instructions", "files": []}, [], ""),
    ({"type": "command_permissions", "allowedTools": ["Bash"]}, [], ""),
    ({"type": "hook_non_blocking_error", "stderr": "boom"}, [], ""),
    ({"type": "of_the_future", "content": "who knows"}, [], ""),
    ({"type": "skill_listing", "content": ""}, [], ""),
]


@pytest.mark.parametrize(("attachment", "parts", "text"), CASES)
def test_an_attachment_counts_where_the_table_says(
    attachment: dict[str, object], parts: list[tuple[Kind, str]], text: str
) -> None:
    blocks = read(**attachment)

    assert [part[:2] for block in blocks for part in block.parts] == parts
    assert "".join(block.text for block in blocks) == text


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"type":"nested_memory","path":5}',
        b'{"type":"nested_memory","content":"text"}',
        b'{"type":"task_reminder","content":"text"}',
        b'{"type":"task_reminder","content":[{"id":{}}]}',
        b'{"type":"skill_listing","content":{"a":1}}',
        b'{"type":"queued_command","prompt":[[1]]}',
        b'{"type":"prompt_snapshot","tools":[5]}',
        b'{"type":"skill_listing","content":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_an_attachment_that_cannot_be_read_puts_nothing_there(broken: bytes) -> None:
    assert list(read_attachment(msgspec.Raw(broken))) == []


def test_a_recorded_prompt_is_its_system_prompt_and_every_tool() -> None:
    schemas = {"Bash": {"name": "Bash", "description": "Runs"}, "mcp__gh__list": {"name": "mcp__gh__list"}}
    tools = [{"name": name, "schema": schema} for name, schema in schemas.items()]
    spoken = [{"type": "text", "text": "You are"}, {"type": "text", "text": "Claude"}]

    prompt, shell, listing = read(type="prompt_snapshot", systemPrompt=spoken, tools=tools, cliPrefix="CLI")

    assert {block.form for block in (prompt, shell, listing)} == {Form.DEFINITION}
    assert prompt.parts == ((Kind.SYSTEM_PROMPT, "System prompt", "CLI\nYou are\n\nClaude"),)
    assert shell.parts[0][:2] == (Kind.BUILTIN_TOOL, "Bash tool")
    assert listing.parts[0][:2] == (Kind.MCP_SERVER, "gh")
    assert json.loads(shell.text) == schemas["Bash"]


def test_memory_that_a_session_starts_with_counts_by_file() -> None:
    (block,) = read(
        type="instructions",
        files=[{"path": "/a/CLAUDE.md", "content": "A"}, {"path": "/b/CLAUDE.md", "content": "B"}],
    )

    assert [part[:2] for part in block.parts] == [
        *[(Kind.MEMORY_FILE, "/a/CLAUDE.md")] * 2,
        *[(Kind.MEMORY_FILE, "/b/CLAUDE.md")] * 2,
    ]


def test_the_long_wording_of_agents_is_for_the_first_listing() -> None:
    listed = {"type": "agent_listing_delta", "addedTypes": ["A"], "addedLines": ["a"], "isInitial": True}

    (long,), (short,) = read(**listed, showConcurrencyNote=True), read(**listed)

    assert long.wording.v5 - short.wording.v5 == 37


@pytest.mark.parametrize(
    "attachment",
    [
        {"type": "instructions", "files": [{"path": "/a/CLAUDE.md", "content": "Be brief."}]},
        {"type": "remote_session_change", "commit": "Signed", "pr": None},
    ],
)
def test_what_every_client_tags_is_tagged_once_for_a_model_that_takes_all_notes_so(
    tmp_path: Path, attachment: dict[str, object]
) -> None:
    def tokens(model: str) -> int:
        transcript = Transcript(tmp_path / f"{model}.jsonl", model=model)
        transcript.add("attachment", {"attachment": attachment})
        transcript.answer()
        return sum(entry.tokens for node in transcript.read().nodes[:1] for entry in node.entries)

    assert tokens("claude-opus-5") == tokens("claude-sonnet-5") > 80
