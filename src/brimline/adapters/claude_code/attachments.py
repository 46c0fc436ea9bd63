"""What the client adds to a turn besides the conversation: listings, memory, reminders, files.

Only the figures of the client's own wording around them are kept; docs/design/calibration.md says how
each was found.
"""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from brimline.adapters.claude_code.blocks import (
    NOTICES,
    USER_MESSAGES,
    Block,
    Form,
    Part,
    Tags,
    tool_part,
)
from brimline.core.ports import Wording
from brimline.core.resource import Kind


class WireAttachment(msgspec.Struct, rename="camel"):
    """An attachment; which fields it has depends on its type."""

    type: str = ""
    content: msgspec.Raw = msgspec.Raw(b'""')
    path: str = ""
    filename: str = ""
    prompt: msgspec.Raw = msgspec.Raw(b'""')
    snippet: str = ""
    hook_event: str = ""
    hook_name: str = ""
    command_mode: str = ""
    added_names: list[str] = []
    added_lines: list[str] = []
    added_types: list[str] = []
    added_blocks: list[str] = []
    removed_names: list[str] = []
    pending_mcp_servers: list[str] = []
    is_initial: bool = False
    show_concurrency_note: bool = False
    text: str = ""
    date: str = ""
    commit: str | None = None
    pr: str | None = None
    files: list["_Instructions"] = []
    snapshot: "_Environment | None" = None
    cli_prefix: str = ""
    system_prompt: msgspec.Raw = msgspec.Raw(b'""')
    tools: list["_Tool"] = []
    entries: list[msgspec.Raw] = []


class _Named(msgspec.Struct):
    name: str = ""


class _Tool(msgspec.Struct):
    """A tool of a recorded prompt; `schema` is its whole definition as it is sent."""

    name: str = ""
    schema: msgspec.Raw = msgspec.Raw(b"{}")


class _Instructions(msgspec.Struct):
    path: str = ""
    content: str = ""


class _Environment(msgspec.Struct, rename="camel"):
    working_directory: str = ""
    is_git_repo: bool = False
    platform: str = ""
    shell: str = ""
    os_version: str = ""


class _Text(msgspec.Struct):
    text: str = ""


class _Task(msgspec.Struct):
    id: str = ""
    status: str = ""
    subject: str = ""


class _FileText(msgspec.Struct, rename="camel"):
    content: str = ""
    start_line: int | None = 1


class _FileContent(msgspec.Struct):
    type: str = ""
    content: str = ""
    file: _FileText = msgspec.field(default_factory=_FileText)


def read_attachment(raw: msgspec.Raw) -> Iterator[Block]:
    """Yield the blocks that an attachment puts into the window; an unknown type puts none."""
    try:
        attachment = msgspec.json.decode(raw, type=WireAttachment)
        yield from _READERS.get(attachment.type, _nothing)(attachment)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return


def _nothing(_attachment: WireAttachment) -> Iterator[Block]:
    yield from ()


def _note(parts: Sequence[Part], wording: Wording, tags: Tags = Tags.BY_MODEL) -> Block:
    """Return a note whose text is its *parts*, a line each."""
    return Block(Form.NOTE, tuple(parts), "\n".join(part.text for part in parts), wording=wording, tags=tags)


def _texts(raw: msgspec.Raw, between: str = "\n") -> str:
    """Return the text of a field that is a string, or a list of strings or of text blocks."""
    value = msgspec.json.decode(raw, type=str | list[str | _Text])
    if isinstance(value, str):
        return value
    return between.join(piece if isinstance(piece, str) else piece.text for piece in value)


def _skill_listing(attachment: WireAttachment) -> Iterator[Block]:
    first, *others = _texts(attachment.content).split("\n- ")
    lines = [first, *(f"- {line}" for line in others)]
    if first:
        yield _note([Part(Kind.SKILL_LISTING, _skill_name(line), line) for line in lines], Wording(14, 17))


def _skill_name(line: str) -> str:
    return line.removeprefix("- ").split(": ", 1)[0].strip()


def _agent_listing(attachment: WireAttachment) -> Iterator[Block]:
    named = zip(attachment.added_types, attachment.added_lines, strict=False)
    parts = [Part(Kind.AGENT, name, line) for name, line in named]
    if parts:
        long = attachment.is_initial and attachment.show_concurrency_note
        yield _note(parts, Wording(36, 51) if long else Wording(9, 14))


def _deferred_tools(attachment: WireAttachment) -> Iterator[Block]:
    named = zip(attachment.added_names, attachment.added_lines, strict=False)
    added = [_deferred_part(name, line) for name, line in named]
    removed = [_deferred_part(name, name) for name in attachment.removed_names]
    pending = [Part(Kind.MCP_SERVER, server, server) for server in attachment.pending_mcp_servers]
    for parts, wording in ((added, Wording(56, 84)), (removed, Wording(58, 76)), (pending, Wording(93, 129))):
        if parts:
            yield _note(parts, wording)


def _deferred_part(name: str, line: str) -> Part:
    part = tool_part(name, line)
    return part if part.kind is Kind.MCP_SERVER else Part(Kind.BUILTIN_TOOL, "Deferred tool names", line)


def _mcp_instructions(attachment: WireAttachment) -> Iterator[Block]:
    named = zip(attachment.added_names, attachment.added_blocks, strict=False)
    added = [Part(Kind.MCP_SERVER, name, block) for name, block in named]
    removed = [Part(Kind.MCP_SERVER, name, name) for name in attachment.removed_names]
    for parts, wording in ((added, Wording(24, 36)), (removed, Wording(43, 60))):
        if parts:
            yield _note(parts, wording)


def _memory(attachment: WireAttachment) -> Iterator[Block]:
    content = msgspec.json.decode(attachment.content, type=_FileContent).content
    parts = [Part(Kind.MEMORY_FILE, attachment.path, text) for text in (attachment.path, content)]
    yield _note(parts, Wording(4, 6))


def _file(attachment: WireAttachment) -> Iterator[Block]:
    """Yield a file that the client attached: its text with line numbers, as the Read tool gives it."""
    file = msgspec.json.decode(attachment.content, type=_FileContent).file
    lines = enumerate(file.content.split("\n"), start=file.start_line or 1)
    text = "\n".join(f"{number}\t{line}" for number, line in lines)
    yield _note([Part(Kind.FILE, attachment.filename, text)], Wording(45, 60))


def _file_reference(attachment: WireAttachment) -> Iterator[Block]:
    yield _note([Part(Kind.FILE, attachment.filename, attachment.filename)], Wording(31, 39))


def _edited_file(attachment: WireAttachment) -> Iterator[Block]:
    texts = (attachment.filename, attachment.snippet) if attachment.snippet else (attachment.filename,)
    parts = [Part(Kind.FILE, attachment.filename, text) for text in texts]
    yield _note(parts, Wording(71, 91) if attachment.snippet else Wording(89, 113))


def _queued(attachment: WireAttachment) -> Iterator[Block]:
    text = _texts(attachment.prompt)
    if attachment.command_mode == "task-notification":
        yield Block(Form.NOTICE, (Part(Kind.USER_TEXT, NOTICES, text),), text)
    else:
        yield _note([Part(Kind.USER_TEXT, USER_MESSAGES, text)], Wording(60, 80))


HOOKS_HEARD = frozenset({"SessionStart", "UserPromptSubmit", "UserPromptExpansion"})
"""The events whose plain output reaches the model."""


def _hook_output(attachment: WireAttachment) -> Iterator[Block]:
    if attachment.hook_event in HOOKS_HEARD:
        yield from _hook(attachment, Wording(3, 4))


def _hook_context(attachment: WireAttachment) -> Iterator[Block]:
    yield from _hook(attachment, Wording(4, 6))


def _hook(attachment: WireAttachment, wording: Wording) -> Iterator[Block]:
    text = _texts(attachment.content)
    if text:
        said = f"{attachment.hook_name}\n{text}"
        yield _note([Part(Kind.REMINDER, f"Hook {attachment.hook_event}", said)], wording, Tags.AFTER_RESULTS)


def _task_reminder(attachment: WireAttachment) -> Iterator[Block]:
    tasks = msgspec.json.decode(attachment.content, type=list[_Task], strict=False)
    listed = "\n".join(f"#{task.id}. [{task.status}] {task.subject}" for task in tasks)
    wording = Wording(94, 139) if tasks else Wording(86, 127)
    yield _note([Part(Kind.REMINDER, "Task reminders", listed)], wording)


ENVIRONMENT = "Environment"


def _environment(attachment: WireAttachment) -> Iterator[Block]:
    where = attachment.snapshot
    if where is not None:
        is_repository = str(where.is_git_repo).lower()
        told = (where.working_directory, is_repository, where.platform, where.shell, where.os_version)
        yield _note([Part(Kind.REMINDER, ENVIRONMENT, "\n".join(told))], Wording(168, 227))


def _date(attachment: WireAttachment) -> Iterator[Block]:
    yield _note([Part(Kind.REMINDER, ENVIRONMENT, attachment.date)], Wording(5, 7))


def _instructions(attachment: WireAttachment) -> Iterator[Block]:
    """Yield the memory files that a session starts with; clients tag them for every model."""
    texts = [(file.path, text) for file in attachment.files for text in (file.path, file.content)]
    if texts:
        files = len(attachment.files)
        parts = [Part(Kind.MEMORY_FILE, path, text) for path, text in texts]
        yield _note(parts, Wording(39 + 15 * files, 66 + 19 * files), Tags.ALWAYS)


def _attribution(attachment: WireAttachment) -> Iterator[Block]:
    """Yield how commits are to be signed; clients tag it for every model."""
    told = "\n".join(text for text in (attachment.commit, attachment.pr) if text)
    if told:
        yield _note([Part(Kind.REMINDER, "Commit attribution", told)], Wording(88, 133), Tags.ALWAYS)


_REMINDERS = {
    "model": ENVIRONMENT,
    "silent_turn_reminder": "Reminders to report",
    "total_tokens_reminder": "Token reminders",
}


def _told_as_it_is(attachment: WireAttachment) -> Iterator[Block]:
    if attachment.text:
        yield _note([Part(Kind.REMINDER, _REMINDERS[attachment.type], attachment.text)], Wording(0, 0))


def _loaded_tools(attachment: WireAttachment) -> Iterator[Block]:
    """Yield the definitions that ToolSearch loaded, as clients from 2.1.330 on record them."""
    for definition in attachment.entries:
        part = tool_part(msgspec.json.decode(definition, type=_Named).name, bytes(definition).decode())
        yield Block(Form.SCHEMA, (part,), part.text)


def _prompt_snapshot(attachment: WireAttachment) -> Iterator[Block]:
    """Yield the fixed part of a request as clients from 2.1.330 on record it.

    The first record of a session and of a compacted window is without the tools.
    """
    prompt = _texts(attachment.system_prompt, "\n\n")
    if prompt:
        whole = f"{attachment.cli_prefix}\n{prompt}" if attachment.cli_prefix else prompt
        yield Block(Form.DEFINITION, (Part(Kind.SYSTEM_PROMPT, "System prompt", whole),), whole)
    for tool in attachment.tools:
        part = tool_part(tool.name, bytes(tool.schema).decode())
        yield Block(Form.DEFINITION, (part,), part.text)


_READERS: dict[str, Callable[[WireAttachment], Iterator[Block]]] = {
    "skill_listing": _skill_listing,
    "agent_listing_delta": _agent_listing,
    "deferred_tools_delta": _deferred_tools,
    "mcp_instructions_delta": _mcp_instructions,
    "nested_memory": _memory,
    "file": _file,
    "compact_file_reference": _file_reference,
    "edited_text_file": _edited_file,
    "queued_command": _queued,
    "hook_success": _hook_output,
    "hook_additional_context": _hook_context,
    "task_reminder": _task_reminder,
    "environment": _environment,
    "date": _date,
    "instructions": _instructions,
    "remote_session_change": _attribution,
    **dict.fromkeys(_REMINDERS, _told_as_it_is),
    "deferred_tools_record": _loaded_tools,
    "prompt_snapshot": _prompt_snapshot,
}
