"""What a content block is about, and how large an image is."""

import base64
import json
import struct
import time

import msgspec
import pytest

from brimline.adapters.claude_code.blocks import (
    Call,
    Form,
    image_size,
    read_call,
    read_result,
    read_user_text,
    server_of,
    tool_part,
    use_of,
)
from brimline.adapters.claude_code.records import Record, WireBlock
from brimline.core.resource import Category, Kind

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 480) + b"\x08\x06\0\0\0"
GIF = b"GIF89a" + struct.pack("<HH", 32, 16) + b"\0\0\0"


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def frame(marker: int, width: int, height: int) -> bytes:
    return segment(marker, struct.pack(">BHH", 8, height, width) + b"\x03\x01\x22\0")


def jpeg(*segments: bytes) -> bytes:
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0") + b"".join(segments)


PREVIEW = jpeg(frame(0xC0, 160, 120))


def source(data: bytes | str) -> msgspec.Raw:
    encoded = base64.b64encode(data).decode() if isinstance(data, bytes) else data
    return msgspec.Raw(json.dumps({"type": "base64", "data": encoded}).encode())


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (PNG, (640, 480)),
        (GIF, (32, 16)),
        (jpeg(frame(0xC0, 800, 600)), (800, 600)),
        (jpeg(segment(0xC4, b"tables"), frame(0xC2, 1024, 768)), (1024, 768)),
        (jpeg(segment(0xE1, b"Exif\0\0" + PREVIEW), frame(0xC0, 4000, 3000)), (4000, 3000)),
        (jpeg(b"\xff\xff", frame(0xC0, 7, 9)), (7, 9)),
        (PNG + b"x" * 1_000_000, (640, 480)),
    ],
    ids=["png", "gif", "jpeg", "progressive", "with a preview", "filled up", "large"],
)
def test_the_size_of_an_image_is_in_its_first_bytes(data: bytes, size: tuple[int, int]) -> None:
    assert image_size(source(data)) == size


@pytest.mark.parametrize(
    "data",
    [PNG[:20], GIF[:8], jpeg(), jpeg(b"\0" * 50), b"RIFF....WEBPVP8 ", b"", "no base64!", "ä" * 8, "abc"],
)
def test_an_image_that_cannot_be_read_has_no_size(data: bytes | str) -> None:
    assert image_size(source(data)) is None


def test_a_source_that_is_no_data_has_no_size() -> None:
    assert image_size(msgspec.Raw(b'{"type":"url","url":"https://example.org/a.png"}')) is None
    assert image_size(msgspec.Raw(b"[]")) is None
    assert image_size(msgspec.Raw(b'{"data":null}')) is None


@pytest.mark.parametrize(
    ("tool", "arguments", "target"),
    [
        ("Read", {"file_path": "/a.py", "offset": 3}, "/a.py"),
        ("NotebookRead", {"notebook_path": "/n.ipynb"}, "/n.ipynb"),
        ("Read", {}, ""),
        ("Skill", {"skill": "pdf"}, "pdf"),
        ("Skill", {"command": "older"}, "older"),
        ("Task", {"subagent_type": "Explore"}, "Explore"),
        ("Agent", {"prompt": "go"}, "general-purpose"),
        ("mcp__github__list_issues", {}, "github"),
        ("Bash", {"command": "ls"}, ""),
    ],
)
def test_a_call_is_about_a_file_a_skill_an_agent_or_a_server(
    tool: str, arguments: dict[str, object], target: str
) -> None:
    seen, told = read_call(WireBlock(name=tool, input=msgspec.Raw(json.dumps(arguments).encode())))

    assert (seen.tool, seen.target, told) == (tool, target, arguments)


@pytest.mark.parametrize("broken", [b"", b"[]", b'"text"', b"{", b"[" * 100_000 + b"]" * 100_000])
def test_arguments_that_are_no_object_are_none(broken: bytes) -> None:
    assert read_call(WireBlock(name="Read", input=msgspec.Raw(broken))) == (Call("Read", ""), {})


def test_a_call_uses_what_it_calls() -> None:
    assert use_of(Call("Skill", "pdf")) == (Category.SKILLS, "pdf")
    assert use_of(Call("Agent", "Explore")) == (Category.AGENTS, "Explore")
    assert use_of(Call("mcp__github__list", "github")) == (Category.MCPS, "github")
    assert use_of(Call("Bash", "")) is None


@pytest.mark.parametrize(
    ("tool", "server"), [("mcp__a_b__c__d", "a_b"), ("mcp__x", "x"), ("mcp__", ""), ("Bash", None)]
)
def test_a_server_is_named_by_its_tools(tool: str, server: str | None) -> None:
    assert server_of(tool) == server


def test_a_tools_definition_counts_with_its_server_or_as_built_in() -> None:
    assert tool_part("mcp__github__list", "{}") == (Kind.MCP_SERVER, "github", "{}")
    assert tool_part("Bash", "{}") == (Kind.BUILTIN_TOOL, "Bash tool", "{}")


def test_a_read_is_a_file_and_every_other_result_its_tools() -> None:
    (file,) = read_result(WireBlock(content="text"), Call("Read", "/a.py"))
    (shell,) = read_result(WireBlock(content="text", is_error=True), Call("Bash", ""))
    (lost,) = read_result(WireBlock(content=None), None)

    assert file.parts[0][:2] == (Kind.FILE, "/a.py")
    assert (shell.parts[0][:2], shell.is_error) == ((Kind.TOOL_RESULT, "Bash"), True)
    assert (lost.parts[0][:2], lost.text) == ((Kind.TOOL_RESULT, "unknown tool"), "")


def test_a_result_of_several_blocks_is_its_text_and_each_image_and_each_loaded_tool() -> None:
    blocks = [
        WireBlock(type="text", text="one"),
        WireBlock(type="image", source=source(PNG)),
        WireBlock(type="text", text="two"),
        WireBlock(type="tool_reference", tool_name="mcp__github__list"),
    ]

    text, image, schema = read_result(WireBlock(content=blocks, tool_use_id="t"), Call("ToolSearch", ""))

    assert (text.form, text.text) == (Form.RESULT, "onetwo")
    assert (image.form, image.size) == (Form.IMAGE, (640, 480))
    assert (schema.form, schema.parts[0].name) == (Form.SCHEMA, "github")


SKILL = Call("Skill", "pdf")
FOLDER = "Base directory for this skill: /home/me/.claude/skills/{}\n\n# Do it"


@pytest.mark.parametrize(
    ("text", "record", "source", "kind", "name"),
    [
        ("fix it", Record(), None, Kind.USER_TEXT, "User messages"),
        ("<command-name>/x</command-name>", Record(), None, Kind.USER_TEXT, "Slash commands"),
        ("<local-command-stdout>", Record(), None, Kind.USER_TEXT, "Slash commands"),
        ("<bash-input>ls</bash-input>", Record(), None, Kind.USER_TEXT, "Shell commands of the user"),
        ("<task-notification>", Record(), None, Kind.USER_TEXT, "Task notifications"),
        ("<system-reminder>", Record(), None, Kind.REMINDER, "System reminders"),
        ("so far", Record(is_compact_summary=True), None, Kind.SUMMARY, "Compaction summary"),
        ("# Do it", Record(is_meta=True), SKILL, Kind.SKILL_BODY, "pdf"),
        (FOLDER.format("docx"), Record(is_meta=True), None, Kind.SKILL_BODY, "docx"),
        (FOLDER.format("docx/"), Record(is_meta=True), None, Kind.SKILL_BODY, "docx"),
        (FOLDER.format(r"a\b"), Record(is_meta=True), None, Kind.SKILL_BODY, "b"),
        (FOLDER.format("typed"), Record(), None, Kind.USER_TEXT, "User messages"),
        ("caveat", Record(is_meta=True), None, Kind.USER_TEXT, "User messages"),
    ],
)
def test_a_users_text_is_told_from_what_the_client_put_there(
    text: str, record: Record, source: Call | None, kind: Kind, name: str
) -> None:
    assert read_user_text(text, record, source).parts == ((kind, name, text),)


@pytest.mark.timing
def test_a_skills_folder_without_end_is_looked_at_once() -> None:
    endless = "Base directory for this skill: " + "a" * 3_000_000
    started = time.process_time()

    block = read_user_text(endless, Record(is_meta=True), None)

    assert block.parts[0].kind is Kind.USER_TEXT
    assert time.process_time() - started < 1
