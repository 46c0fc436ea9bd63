"""What a shell command printed: colours gone, equal lines counted, lines alike folded, every error kept.

`tighten` leaves out nothing that says anything: escape sequences, what a carriage return had overwritten,
spaces at line ends, and lines that repeat the one above (counted). `fold` also leaves out lines that differ
only in numbers, hashes and times from a line that stays; the first and the last of them stay. `excerpt` keeps
the ends and the errors and is the choice of whoever knows that the middle is not needed.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby

from brimline.content.marks import elide, has_mark, is_mark, mark
from brimline.content.shrunk import Shrunk, shorter, whole

CONTEXT_LINES = 2
"""Lines kept before and after an error-like line."""
ALIKE_LINES = 5
"""Lines alike from which on the middle ones are folded: fewer cost less than the mark saves."""
ALIKE_CHARS = 20
"""Shorter lines are left alone: blank ones, rules and braces give what stands around them its form."""
HEAD_LINES, TAIL_LINES = 5, 12
"""What `excerpt` keeps of a text's ends: measured on recorded sessions, .03 % of used atoms hidden."""

_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[PX^_][^\x1b\n]*(?:\x1b\\)?|[ -/]*[0-~])?"
)
_ERROR_LIKE = re.compile(
    r"error|fail|panic|exception|traceback|fatal|warn|denied|cannot|can't|could not|couldn't|unable|"
    r"not found|no such|undefined|unresolved|unexpected|invalid|refused|timed out|timeout|abort|assert|"
    r"killed|segfault|segmentation|core dumped|conflict|reject|deadlock|leak|overflow|out of memory|missing|"
    r"mismatch|critical|[✗✘✖❌×●]|^\s*[ef]\s{2,}|^\s*\^|\bnot ok\b|\bexit (?:code|status) [1-9]"
)
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_HASH = re.compile(r"\b[0-9a-f]{7,}\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_SAME = "more of the line above"
_SAME_MARK = re.compile(rf"\[… (\d+) {_SAME}\]")
_ALIKE = "more lines like this"
_BETWEEN = "lines between"


def is_error_like(line: str) -> bool:
    """Return whether *line* may tell of something that went wrong.

    Warnings count: linters and compilers say with them what the agent was asked to mend. So do `0 errors`
    and a file called errors.go: a line too many costs little, a lost error costs the task.
    """
    return _ERROR_LIKE.search(line.lower()) is not None


def tighten(text: str) -> Shrunk:
    """Return *text* as a terminal would show it, runs of equal lines counted."""
    plain = "\n".join([_shown(line) for line in text.split("\n")]) if _needs_showing(text) else text
    if _SAME in plain:
        return shorter(text, Shrunk(plain, lossless=plain == text, omitted_lines=0))
    counted = "\n".join(_count_runs(plain.split("\n")))
    return shorter(text, Shrunk(counted, lossless=repeat_runs(counted) == text, omitted_lines=0))


def repeat_runs(text: str) -> str:
    """Return *text* with every counted run written out again."""
    lines: list[str] = []
    for line in text.split("\n"):
        found = _SAME_MARK.fullmatch(line)
        lines.extend([lines[-1]] * int(found[1]) if found and lines else [line])
    return "\n".join(lines)


def fold(text: str) -> Shrunk:
    """Return *text* tightened, of lines alike only the first and the last; error-like lines all stay."""
    if has_fold(text):
        return whole(text)
    tight = tighten(text)
    lines = tight.text.split("\n")
    omitted = _alike(lines, free_places(lines))
    folded = Shrunk("\n".join(_without(lines, omitted)), lossless=False, omitted_lines=len(omitted))
    return shorter(text, folded) if omitted else tight


def excerpt(text: str, *, head: int = HEAD_LINES, tail: int = TAIL_LINES) -> Shrunk:
    """Return the first *head* and last *tail* lines of *text* and every error-like line with its context."""
    if has_fold(text):
        return whole(text)
    tight = tighten(text)
    lines = tight.text.split("\n")
    middle = {at for at in free_places(lines) if head <= at < len(lines) - tail}
    left_out, omitted = elide(lines, [_BETWEEN if at in middle else "" for at in range(len(lines))])
    return shorter(text, Shrunk(left_out, lossless=False, omitted_lines=omitted)) if omitted else tight


def has_fold(text: str) -> bool:
    """Return whether lines of *text* were left out before: counted runs are no such thing."""
    return "[… " in text and has_mark(_SAME_MARK.sub("", text))


def near_errors(lines: list[str]) -> set[int]:
    """Return the places of error-like lines and of `CONTEXT_LINES` on either side."""
    errors = [at for at, line in enumerate(lines) if line and is_error_like(line)]
    around = range(-CONTEXT_LINES, CONTEXT_LINES + 1)
    return {at + step for at in errors for step in around if 0 <= at + step < len(lines)}


def _needs_showing(text: str) -> bool:
    return any(sign in text for sign in ("\x1b", "\r", " \n", "\t\n")) or text.endswith((" ", "\t"))


def _shown(line: str) -> str:
    """Return what a terminal shows of *line* at last: no escapes, nothing drawn over but errors."""
    if "\x1b" not in line and "\r" not in line:
        return line.rstrip(" \t")
    *drawn_over, last = _ESCAPE.sub("", line).rstrip(" \t\r").split("\r")
    return "\n".join([*(state.rstrip() for state in drawn_over if is_error_like(state)), last])


def _count_runs(lines: list[str]) -> Iterator[str]:
    for line, run in groupby(lines):
        times = sum(1 for _ in run)
        counted = mark(times - 1, _SAME)
        written_out = (times - 1) * (len(line) + 1)
        yield from [line, counted] if written_out > len(counted) + 1 else [line] * times


def free_places(lines: list[str]) -> list[int]:
    """Return the places that may be left out: not near an error, no mark and none that a mark speaks of."""
    kept = near_errors(lines)
    marked = {at - step for at, line in enumerate(lines) if is_mark(line) for step in (0, 1)}
    return [at for at in range(len(lines)) if at not in kept and at not in marked]


def _alike(lines: list[str], free: list[int]) -> dict[int, int]:
    """Return the places to leave out, each with the place of the first line alike."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for at in free:
        groups[template(lines[at])].append(at)
    large = [
        group for form, group in groups.items() if len(form) >= ALIKE_CHARS and len(group) >= ALIKE_LINES
    ]
    return {at: group[0] for group in large for at in group[1:-1]}


def template(line: str) -> str:
    """Return *line* with what varies from line to line masked: hashes, identifiers, times, numbers."""
    return _NUMBER.sub("0", _HASH.sub("0", _UUID.sub("0", line))).strip()


def _without(lines: list[str], omitted: dict[int, int]) -> Iterator[str]:
    """Yield *lines* without those *omitted*, after each first line alike how many there were."""
    gone: defaultdict[int, int] = defaultdict(int)
    for first in omitted.values():
        gone[first] += 1
    for at, line in enumerate(lines):
        if at not in omitted:
            yield line
        if at in gone:
            yield mark(gone[at], _ALIKE)
