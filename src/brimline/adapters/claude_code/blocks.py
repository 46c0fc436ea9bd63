"""What a transcript's line puts into the window: blocks, each with its place and what to count."""

import base64
import re
import struct
from collections.abc import Iterator, Mapping
from enum import Enum, StrEnum
from typing import NamedTuple

import msgspec

from brimline.adapters.claude_code.records import Record, WireBlock
from brimline.core.ports import Wording
from brimline.core.resource import Category, Kind

FILE_TOOLS = frozenset({"Read", "NotebookRead"})
AGENT_TOOLS = frozenset({"Agent", "Task"})

USER_MESSAGES = "User messages"
ASSISTANT_TEXT = "Assistant text"
THINKING = "Thinking"
SUMMARY = "Compaction summary"
NOTICES = "Task notifications"

COMMAND_NAMES = {
    "<command-": "Slash commands",
    "<local-command-": "Slash commands",
    "<bash-": "Shell commands of the user",
}
"""Text that the client itself puts into a user's turn, by how it begins."""


class Tags(Enum):
    """When a note stands in reminder tags, besides for models that take all notes so."""

    BY_MODEL = "by model"
    AFTER_RESULTS = "after results"
    ALWAYS = "always"


class Form(StrEnum):
    """How a block is counted."""

    TEXT = "text"
    NOTICE = "notice"
    NOTE = "note"
    RESULT = "result"
    IMAGE = "image"
    SCHEMA = "schema"
    DEFINITION = "definition"


class Part(NamedTuple):
    """A piece of a block that is shown as a line of its own."""

    kind: Kind
    name: str
    text: str


class Block(NamedTuple):
    """Something that stands in the window from the next request on.

    `parts` share the block's tokens in proportion to their own; one part gets all of them. A note has
    the client's `wording` around its text, an image its `size` in pixels.
    """

    form: Form
    parts: tuple[Part, ...]
    text: str = ""
    is_error: bool = False
    size: tuple[int, int] | None = None
    call_id: str = ""
    wording: Wording = Wording(0, 0)
    tags: Tags = Tags.BY_MODEL


class Call(NamedTuple):
    """A tool call seen: its tool, and the file, skill, server or agent it is about."""

    tool: str
    target: str


class Use(NamedTuple):
    """A call makes use of an item of the window."""

    category: Category
    name: str


def plain(kind: Kind, name: str, text: str) -> Block:
    """Return a text block that is one line of a status."""
    return Block(Form.TEXT, (Part(kind, name, text),), text)


def read_call(block: WireBlock) -> tuple[Call, dict[str, object]]:
    """Return what a tool call is about, and its arguments."""
    arguments = _read_object(block.input)
    return Call(block.name, _target(block.name, arguments)), arguments


def _read_object(raw: msgspec.Raw) -> dict[str, object]:
    try:
        return msgspec.json.decode(raw, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def _target(tool: str, arguments: Mapping[str, object]) -> str:
    if tool in FILE_TOOLS:
        return str(arguments.get("file_path") or arguments.get("notebook_path") or "")
    if tool == "Skill":
        return str(arguments.get("skill") or arguments.get("command") or "")
    if tool in AGENT_TOOLS:
        return str(arguments.get("subagent_type") or "general-purpose")
    return server_of(tool) or ""


def server_of(tool: str) -> str | None:
    """Return the MCP server of a tool named `mcp__server__tool`, or None for any other tool."""
    if not tool.startswith("mcp__"):
        return None
    return tool.removeprefix("mcp__").split("__", 1)[0]


def use_of(call: Call) -> Use | None:
    """Return the item that *call* shows to be needed, or None where it is only the tool itself."""
    if call.tool == "Skill":
        return Use(Category.SKILLS, call.target)
    if call.tool in AGENT_TOOLS:
        return Use(Category.AGENTS, call.target)
    return Use(Category.MCPS, call.target) if call.tool.startswith("mcp__") else None


def read_result(block: WireBlock, call: Call | None) -> Iterator[Block]:
    """Yield what a tool's answer puts into the window: its text, and its images one by one."""
    part = _result_part(call)
    inner = block.content if isinstance(block.content, list) else []
    text = block.content if isinstance(block.content, str) else "".join(piece.text for piece in inner)
    yield Block(Form.RESULT, (part,), text, is_error=bool(block.is_error), call_id=block.tool_use_id)
    for piece in inner:
        if piece.type == "image":
            yield Block(Form.IMAGE, (part,), size=image_size(piece.source), call_id=block.tool_use_id)
        elif piece.type == "tool_reference":
            yield Block(Form.SCHEMA, (tool_part(piece.tool_name),))


def tool_part(tool: str, text: str = "") -> Part:
    """Return where a tool's definition counts: with its MCP server, or as a built-in tool."""
    server = server_of(tool)
    return Part(Kind.MCP_SERVER, server, text) if server else Part(Kind.BUILTIN_TOOL, f"{tool} tool", text)


def _result_part(call: Call | None) -> Part:
    if call is None:
        return Part(Kind.TOOL_RESULT, "unknown tool", "")
    if call.tool in FILE_TOOLS and call.target:
        return Part(Kind.FILE, call.target, "")
    return Part(Kind.TOOL_RESULT, call.tool, "")


def read_user_text(text: str, record: Record, source: Call | None) -> Block:
    """Return the block of a text in a user's turn: the user's own, or one that a *source* call put there."""
    if record.is_compact_summary:
        return plain(Kind.SUMMARY, SUMMARY, text)
    if record.is_meta and (skill := _skill_of(text, source)):
        return plain(Kind.SKILL_BODY, skill, text)
    if text.startswith("<system-reminder>"):
        return plain(Kind.REMINDER, "System reminders", text)
    if text.startswith("<task-notification"):
        return Block(Form.NOTICE, (Part(Kind.USER_TEXT, NOTICES, text),), text)
    name = next((name for start, name in COMMAND_NAMES.items() if text.startswith(start)), USER_MESSAGES)
    return plain(Kind.USER_TEXT, name, text)


_SKILL_FOLDER = "Base directory for this skill: "


def _skill_of(text: str, source: Call | None) -> str | None:
    if source is not None and source.tool == "Skill":
        return source.target
    folder, line_break, _ = text.removeprefix(_SKILL_FOLDER).partition("\n")
    return (
        re.split(r"[/\\]", folder.rstrip("/\\"))[-1]
        if text.startswith(_SKILL_FOLDER) and line_break
        else None
    )


class ImageSource(msgspec.Struct):
    """An image's bytes in a block."""

    data: str = ""


def image_size(source: msgspec.Raw) -> tuple[int, int] | None:
    """Return width and height in pixels of a PNG, GIF or JPEG, or None where they cannot be read."""
    try:
        encoded = msgspec.json.decode(source, type=ImageSource).data
        # The headers lie in the first bytes, but a JPEG may carry a large preview before its frame.
        head = base64.b64decode(encoded[: 4 * 65_536])
    except (msgspec.DecodeError, ValueError):
        return None
    if head.startswith(b"\x89PNG") and len(head) >= 24:  # noqa: PLR2004 - the header ends there
        return struct.unpack(">II", head[16:24])
    if head.startswith(b"GIF8") and len(head) >= 10:  # noqa: PLR2004 - the header ends there
        return struct.unpack("<HH", head[6:10])
    return _jpeg_size(head) if head.startswith(b"\xff\xd8") else None


_MARKER = 0xFF
"""The byte that every marker of a JPEG begins with."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The markers that begin a JPEG's frame, which holds the size."""


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    """Return the size in the frame of a JPEG; a preview in an earlier segment has a frame of its own."""
    at = 2
    while at + 9 <= len(head) and head[at] == _MARKER:
        if head[at + 1] in _FRAMES:
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return width, height
        # The byte may fill up the room before a marker; any other is followed by its segment's length.
        filled = head[at + 1] == _MARKER
        at += 1 if filled else 2 + max(2, int.from_bytes(head[at + 2 : at + 4]))
    return None
