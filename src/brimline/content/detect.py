"""What a tool result is: told from the tool, then from its command, then from its shape."""

import re

from brimline.content.content_type import ContentType
from brimline.content.programs import type_of_command
from brimline.content.shapes import has_changes, is_html, is_json, starts_numbered, type_of_shape

__all__ = ["ContentType", "detect"]

_SHELLS = frozenset(
    {"Bash", "PowerShell", "BashOutput", "shell", "local_shell", "exec_command", "run_terminal_cmd"}
)
_READERS = frozenset({"Read", "NotebookRead", "read_file", "view"})
_OF_TOOL = {
    "Edit": ContentType.EDIT_ECHO,
    "MultiEdit": ContentType.EDIT_ECHO,
    "NotebookEdit": ContentType.EDIT_ECHO,
    "Write": ContentType.EDIT_ECHO,
    "apply_patch": ContentType.EDIT_ECHO,
    "str_replace_based_edit_tool": ContentType.EDIT_ECHO,
    "Grep": ContentType.SEARCH,
    "Glob": ContentType.SEARCH,
    "TaskOutput": ContentType.LOG,
    "AgentOutputTool": ContentType.LOG,
    "Task": ContentType.PROSE,
    "Agent": ContentType.PROSE,
    "WebFetch": ContentType.PROSE,
    "WebSearch": ContentType.PROSE,
    "Skill": ContentType.PROSE,
    "ExitPlanMode": ContentType.PROSE,
    "AskUserQuestion": ContentType.PROSE,
}
_LIKE_A_LOG = frozenset({ContentType.PROSE, ContentType.SEARCH})
"""Shapes that say little of what a command printed: what compilers and linters say looks like hits."""
_REFUSED = re.compile(r"\s*<tool_use_error>")
_WRAPPING = re.compile(
    r"(?:<system-reminder>[^<]*</system-reminder>\s*)?(?:Exit code \d+\n)?"
    r"(?:<persisted-output>\n[^\n]*\n\nPreview[^\n]*\n)?"
)


def detect(text: str, *, tool: str = "", command: str = "") -> ContentType:
    """Return what *text*, the result of *tool*, is; *command* is the shell command that *tool* ran."""
    if _REFUSED.match(text) or not text.strip():
        return ContentType.PLAIN
    body = text[_head(text) :]
    if tool in _SHELLS or (command and not tool):
        return _of_command(body, command)
    if tool in _READERS:
        return ContentType.SOURCE if starts_numbered(body) else ContentType.PLAIN
    if tool in _OF_TOOL:
        return _unless_structured(body, _OF_TOOL[tool])
    return type_of_shape(body) or ContentType.PLAIN


def _head(text: str) -> int:
    """Return where the output itself begins, after what the client set before it."""
    found = _WRAPPING.match(text)
    return found.end() if found else 0


def _of_command(body: str, command: str) -> ContentType:
    told = type_of_command(command)
    if told is ContentType.SOURCE:
        return told
    # A summary of a diff (`--stat`, `--name-only`) holds nothing that the rules of logs would lose.
    if told and (told is not ContentType.DIFF or has_changes(body)):
        return _unless_structured(body, told)
    shape = type_of_shape(body)
    return ContentType.LOG if shape is None or shape in _LIKE_A_LOG else shape


def _unless_structured(body: str, told: ContentType) -> ContentType:
    """Return JSON or HTML where the whole of *body* is that, whatever the tool usually gives."""
    if told in {ContentType.EDIT_ECHO, ContentType.LOG, ContentType.TEST_OUTPUT}:
        return told
    if is_json(body):
        return ContentType.JSON
    return ContentType.HTML if is_html(body) else told
