"""What a text looks like, without knowing where it came from."""

import json
import re
from collections.abc import Callable, Iterable
from itertools import islice

from brimline.content.content_type import ContentType

SAMPLE_LINES = 400
"""Lines that a share is taken over; what a text is shows within them."""
JSON_CHARS = 8_000_000
"""Longest text that is parsed to see whether it is JSON."""
BLOB_LINE_CHARS = 1000
"""A line this long with next to no spaces is no prose and no code that anyone reads."""

_HIT = re.compile(r"(?:[A-Za-z]:[\\/])?[^\s:]{1,300}[:-]\d+[:-]")
_NUMBERED = re.compile(r" {0,8}\d+[→\t]")
_DIFF = re.compile(
    r"^(?:diff --(?:git|cc|combined) |Index: \S|--- \S[^\n]*\n\+\+\+ \S|@@+ -\d+)", re.MULTILINE
)
_HUNK = re.compile(r"^@@+ -\d+(?:,\d+)? .*@@|^\d+(?:,\d+)?[acd]\d+(?:,\d+)?$", re.MULTILINE)
_CHANGE = re.compile(r"^(?:[-+](?![-+])|[<>] |@@)", re.MULTILINE)
_HTML = re.compile(r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_TEST_RUN = re.compile(
    r"^(?:=== RUN |\s*--- (?:PASS|FAIL|SKIP): |ok  \t\S|FAIL\t\S+\t|=+ test session starts|"
    r"=+ .*\b(?:passed|failed) in |test result: (?:ok|FAILED)|running \d+ tests?$|Tests?: +\d+ \w+|"
    r"Test Files +\d+|Test Suites: |TAP version \d+|\((?:pass|fail)\) |Ran \d+ tests? |\s+\d+ passing\b|"
    r" Tests +\d+ (?:passed|failed))",
    re.MULTILINE,
)
_LEVEL = re.compile(
    r"\x1b\[|\b\d\d:\d\d:\d\d\b|\b(?:INFO|DEBUG|WARN(?:ING)?|ERROR|TRACE|FATAL)\b|^\s*(?:npm|yarn|pip|error|warning)\b"
)
_SENTENCE = re.compile(r"(?:[A-Za-z][\w’'-]*[,;:]? ){4}")
_HEADING = re.compile(r"#{1,6} \S|[-*] \S|\d{1,2}\. \S|\|.*\|$|> \S")


def type_of_shape(text: str) -> ContentType | None:
    """Return what *text* looks like, None where nothing stands out."""
    return next((kind for kind, looks in _SHAPES if looks(text)), None)


def is_json(text: str) -> bool:
    """Return whether *text* is one JSON object or array, or one on each line."""
    bare = text.strip()
    if not bare or bare[0] not in "[{" or bare[-1] not in "]}" or len(bare) > JSON_CHARS:
        return False
    return _parses(bare) or all(_parses(line) for line in _ends(bare.split("\n")))


def _ends(lines: list[str]) -> Iterable[str]:
    """Return the first and last lines of JSON lines, or what fails at once for anything else."""
    return ("",) if len(lines) == 1 else (*lines[:3], *lines[-3:])


def _parses(text: str) -> bool:
    if text[:1] not in {"[", "{"}:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def is_diff(text: str) -> bool:
    """Return whether *text* holds a diff with at least one hunk."""
    return _HUNK.search(text) is not None and _DIFF.search(text) is not None


def has_changes(text: str) -> bool:
    """Return whether a line of *text* is a changed one, or a hunk's header, of a unified or normal diff."""
    return _CHANGE.search(text) is not None


def is_test_run(text: str) -> bool:
    """Return whether a line of *text* is one that only test runners print."""
    return _TEST_RUN.search(text) is not None


def starts_numbered(text: str) -> bool:
    """Return whether the first line of *text* is numbered as a file reader does."""
    return _NUMBERED.match(text.lstrip("\n")) is not None


def is_numbered(text: str) -> bool:
    """Return whether the lines of *text* are numbered as a file reader does."""
    return _share(text, lambda line: _NUMBERED.match(line) is not None) >= 0.7  # noqa: PLR2004


def is_search(text: str) -> bool:
    """Return whether most lines of *text* are hits: path, line number, line."""
    return _share(text, _is_hit) >= 0.7  # noqa: PLR2004


def _is_hit(line: str) -> bool:
    found = _HIT.match(line)
    # Without a separator or a dot it is more likely a time or a date than a path.
    return line == "--" if found is None else not set("/\\.").isdisjoint(found[0])


def is_html(text: str) -> bool:
    """Return whether *text* is a page."""
    return _HTML.match(text) is not None


def is_blob(text: str) -> bool:
    """Return whether most of *text* stands in long lines with next to no spaces."""
    long = [line for line in text.split("\n") if len(line) >= BLOB_LINE_CHARS]
    dense = sum(len(line) for line in long if line.count(" ") * 20 < len(line))
    return dense * 2 > len(text)


def is_log(text: str) -> bool:
    """Return whether many lines of *text* carry a time, a level or colours."""
    return _share(text, lambda line: _LEVEL.search(line[:300]) is not None) >= 0.3  # noqa: PLR2004


def is_prose(text: str) -> bool:
    """Return whether most lines of *text* are sentences, headings or points of a list."""
    return _share(text, lambda line: bool(_SENTENCE.search(line[:300]) or _HEADING.match(line))) >= 0.5  # noqa: PLR2004


def _share(text: str, holds: Callable[[str], bool]) -> float:
    lines = [line for line in islice(_lines(text), SAMPLE_LINES) if line.strip()]
    return sum(map(holds, lines)) / len(lines) if lines else 0.0


def _lines(text: str) -> Iterable[str]:
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end].removesuffix("\r")
        start = end + 1
    yield text[start:]


_SHAPES: tuple[tuple[ContentType, Callable[[str], bool]], ...] = (
    (ContentType.JSON, is_json),
    (ContentType.HTML, is_html),
    (ContentType.DIFF, is_diff),
    (ContentType.TEST_OUTPUT, is_test_run),
    (ContentType.SOURCE, is_numbered),
    (ContentType.SEARCH, is_search),
    (ContentType.BLOB, is_blob),
    (ContentType.LOG, is_log),
    (ContentType.PROSE, is_prose),
)
