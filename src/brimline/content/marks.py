"""The lines that say what was left out, so that every fold speaks alike and is known again."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

_MARK = re.compile(r"\[… \d+ [^\]\n]*\]")


def mark(lines: int, what: str) -> str:
    """Return the line that stands for *lines* left-out lines; *what* says of which kind, as "more lines"."""
    return f"[… {lines} {what}]"


def is_mark(line: str) -> bool:
    """Return whether *line* is one of ours, so that what was folded once is not folded again."""
    return "[… " in line and _MARK.fullmatch(line.strip()) is not None


def has_mark(text: str) -> bool:
    """Return whether any line of *text* is a mark."""
    return "[… " in text and any(is_mark(line) for line in text.split("\n"))


def elide(lines: Sequence[str], kinds: Sequence[str]) -> tuple[str, int]:
    """Return *lines* joined, marks for those that have a kind, and how many lines that left out.

    `kinds[i]` says of which kind line i is, as "context lines", or is "" where it stays. Left out are runs of
    one kind, of two lines or more, twice as long as their mark: below that a mark saves no token.
    """
    kept: list[str] = []
    omitted = 0
    for kind, members in _runs(lines, kinds):
        said = mark(len(members), kind)
        if kind and len(members) > 1 and sum(map(len, members)) + len(members) > 2 * len(said):
            kept.append(said)
            omitted += len(members)
        else:
            kept.extend(members)
    return "\n".join(kept), omitted


def _runs(lines: Sequence[str], kinds: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    for kind, run in groupby(zip(kinds, lines, strict=True), key=lambda pair: pair[0]):
        yield kind, [line for _, line in run]
