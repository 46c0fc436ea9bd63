"""The lines that say what was left out, so that every fold speaks alike and is known again."""

import re

_MARK = re.compile(r"\[… \d+ [^\]\n]*\]")


def mark(lines: int, what: str) -> str:
    """Return the line that stands for *lines* left-out lines; *what* says of which kind, as "more lines"."""
    return f"[… {lines} {what}]"


def is_mark(line: str) -> bool:
    """Return whether *line* is one of ours, so that what was folded once is not folded again."""
    return _MARK.fullmatch(line.strip()) is not None


def has_mark(text: str) -> bool:
    """Return whether any line of *text* is a mark."""
    return "[… " in text and any(is_mark(line) for line in text.split("\n"))
