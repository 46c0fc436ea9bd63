"""A diff: every changed line and every header verbatim, only far context left out, and said so.

Read are unified diffs as git, `diff -u` and GitHub patches print them, with anything between them (commit
messages, statistics) untouched. What belongs to a hunk is told by the counts in its header, so a removed line
that reads `-- x` is no header and a line of a commit message that begins with a space is no context.
"""

import re

from brimline.content.marks import elide, has_mark
from brimline.content.shrunk import Shrunk, shorter, whole

CONTEXT_LINES = 1
"""Context kept next to each change."""

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_COLOURS = re.compile(r"\x1b\[[0-9;]*[mK]")
_SIGNS = frozenset({"", "+", "-", "\\"})
_KIND = "context lines"


def tighten(text: str) -> Shrunk:
    """Return *text* without colours; spaces at line ends are part of what changed and stay."""
    plain = _COLOURS.sub("", text) if "\x1b" in text else text
    return shorter(text, Shrunk(plain, lossless=plain == text, omitted_lines=0))


def fold(text: str) -> Shrunk:
    """Return *text* with only `CONTEXT_LINES` of context on either side of a change."""
    if has_mark(text):
        return whole(text)
    tight = tighten(text)
    lines = tight.text.split("\n")
    far = far_context(lines)
    kept, omitted = elide(lines, [_KIND if at in far else "" for at in range(len(lines))])
    return shorter(text, Shrunk(kept, lossless=False, omitted_lines=omitted)) if omitted else tight


def context_places(lines: list[str]) -> set[int]:
    """Return the places of context lines, told by the counts in the hunks' headers."""
    places: set[int] = set()
    old = new = 0
    for at, line in enumerate(lines):
        sign = line[:1].strip()
        if found := _HUNK.match(line):
            old, new = int(found[1] or 1), int(found[2] or 1)
        elif sign not in _SIGNS:
            old = new = 0
        elif old > 0 or new > 0:
            old -= sign in {"", "-"}
            new -= sign in {"", "+"}
            if not sign:
                places.add(at)
    return places


def far_context(lines: list[str]) -> set[int]:
    """Return the places of context lines further than `CONTEXT_LINES` from any other line of their hunk."""
    context = context_places(lines)
    changed = [at for at in range(len(lines)) if at not in context and lines[at][:1] in {"+", "-"}]
    around = range(-CONTEXT_LINES, CONTEXT_LINES + 1)
    return context - {at + step for at in changed for step in around}
