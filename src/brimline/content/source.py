"""File reads: `Read`, and `cat`, `sed -n` or `head` in a shell.

Source text stays verbatim: what an agent will quote to edit is not foretold by its content, so no line is
touched, only the line numbers that a client puts before them. Older clients write `␣␣␣12→text`, newer ones
`12⇥text`; a read starts at its first numbered line (a client's reminder may stand above), and its numbers
rise. A text without numbers passes as it is.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from brimline.content.shrunk import Shrunk, shorter

NUMBER_EACH: Final = 10
"""`thin_numbers` keeps the numbers that are multiples of this, and each first one after a gap."""

_NUMBERED: Final = re.compile(r"( *)(0|[1-9][0-9]{0,8})([→\t])")
_GAP: Final = re.compile(r"\[lines ([0-9]{1,9})-([0-9]{1,9}) as ")
_HEADER: Final = re.compile(r"\[lines ([0-9]{1,9})-([0-9]{1,9}); only each 10th is numbered\]")
_REMINDER: Final = "<system-reminder>"


class Numbered(NamedTuple):
    """A line of a read: its index in the text, its number, how that is written, and the file's own text."""

    at: int
    number: int
    width: int
    """Characters the number is padded to with spaces; 0 where it is not."""
    mark: str
    text: str


def numbered_lines(lines: Sequence[str]) -> Iterator[Numbered]:
    """Yield the lines that a client has numbered; none where the read does not start with such a line."""
    last = -1
    for at in range(_first_line(lines), len(lines)):
        found = _NUMBERED.match(lines[at])
        if found and int(found[2]) > last:
            last = int(found[2])
            yield Numbered(at, last, found.end(2) if found[1] else 0, found[3], lines[at][found.end() :])
        elif last < 0 and not _GAP.match(lines[at]):
            return


def _first_line(lines: Sequence[str]) -> int:
    """Return the index of the first line after a reminder that the client puts above some reads."""
    if not lines or not lines[0].startswith(_REMINDER):
        return 0
    ends = (index for index, line in enumerate(lines) if line.endswith("</system-reminder>"))
    return next(ends, len(lines)) + 1


def tighten(text: str) -> Shrunk:
    """Write each number as `12⇥`, which Claude's tokenizers read as two tokens fewer than `␣␣␣12→`."""
    lines = text.split("\n")
    for line in numbered_lines(lines):
        lines[line.at] = f"{line.number}\t{line.text}"
    return shorter(text, Shrunk("\n".join(lines), lossless=False, omitted_lines=0))


def fold(text: str) -> Shrunk:
    """Do what `tighten` does: source stays verbatim at every level."""
    return tighten(text)


# ------------------------------------------------------------------------------------------- thin numbers
class _Span(NamedTuple):
    """Where the numbered lines stand, gaps included: indexes of the text, and the numbers of the file."""

    start: int
    stop: int
    first: int
    last: int


def thin_numbers(text: str) -> Shrunk:
    """Do what `tighten` does and number only each 10th line, saying so in a line above.

    Lines that a reference stands for (`[lines 12-80 as in …]`) are a gap; the number after it is kept. All
    other numbers follow by counting, and are restored to see that they do: else numbers stay as they are.
    """
    tight = tighten(text)
    lines = tight.text.split("\n")
    span = _span(lines)
    if span is None:
        return tight
    header = f"[lines {span.first}-{span.last}; only each {NUMBER_EACH}th is numbered]"
    body = _unnumbered(lines[span.start : span.stop], span.first)
    thin = "\n".join([*lines[: span.start], header, *body, *lines[span.stop :]])
    if len(thin) >= len(tight.text) or restore_numbers(thin) != tight.text:
        return tight
    return Shrunk(thin, lossless=tight.text == text, omitted_lines=0)


def restore_numbers(text: str) -> str:
    """Return what `tighten` gives where *text* is what `thin_numbers` gives; any other text as it is."""
    lines = text.split("\n")
    start = _first_line(lines)
    header = _HEADER.fullmatch(lines[start]) if start < len(lines) else None
    body = _renumbered(lines[start + 1 :], int(header[1]), int(header[2])) if header else None
    return text if body is None else "\n".join([*lines[:start], *body])


def _span(lines: Sequence[str]) -> _Span | None:
    """Return the first stretch of lines whose numbers go up by one, or over a gap."""
    start = stop = _first_line(lines)
    first = expected = None
    for stop in range(start, len(lines) + 1):
        numbers = _numbers_of(lines[stop]) if stop < len(lines) else None
        if numbers is None or expected not in {None, numbers.start}:
            break
        first = numbers.start if first is None else first
        expected = numbers.stop
    return None if first is None or expected is None else _Span(start, stop, first, expected - 1)


def _numbers_of(line: str) -> range | None:
    """Return the number of *line*, or the numbers of the gap that it is."""
    if found := _NUMBERED.match(line):
        return range(int(found[2]), int(found[2]) + 1)
    gap = _GAP.match(line)
    return range(int(gap[1]), int(gap[2]) + 1) if gap else None


def _unnumbered(lines: Sequence[str], first: int) -> Iterator[str]:
    number, after_gap = first, True
    for line in lines:
        gap = _GAP.match(line)
        if gap:
            yield line
            number, after_gap = int(gap[2]) + 1, True
            continue
        yield line if _shows(number, after_gap=after_gap) else line.partition("\t")[2]
        number, after_gap = number + 1, False


def _renumbered(lines: Sequence[str], first: int, last: int) -> list[str] | None:
    """Return *lines* with the numbers *first* to *last* put back, or None where they cannot stand so."""
    restored: list[str] = []
    number, after_gap = first, True
    for index, line in enumerate(lines):
        if number > last:
            return restored + list(lines[index:])
        gap = _GAP.match(line)
        shown = _shows(number, after_gap=after_gap)
        if (gap and int(gap[1]) != number) or (shown and not gap and not line.startswith(f"{number}\t")):
            return None
        restored.append(line if gap or shown else f"{number}\t{line}")
        number, after_gap = (int(gap[2]) + 1, True) if gap else (number + 1, False)
    return restored if number == last + 1 else None


def _shows(number: int, *, after_gap: bool) -> bool:
    return after_gap or number % NUMBER_EACH == 0
