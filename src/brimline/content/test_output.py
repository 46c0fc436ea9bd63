"""What a test run printed: failures, their places and the summary verbatim, what passed counted.

Known by their lines: go test (plain and -v), pytest, unittest, cargo, jest, vitest, mocha, bun, TAP, gradle.
Lines of passing tests go, and with `go test -v` what they printed too. While anything failed, all else stays;
where nothing did, what is neither an end of the text nor near an error-like line goes as well. What was
skipped stays, since somebody may wonder why. Output that no runner is known by falls under the rules of logs.
"""

import re
from collections.abc import Iterator

from brimline.content import log
from brimline.content.marks import elide
from brimline.content.shrunk import Shrunk, shorter, whole

PASS_CHARS = 500
"""Longest line that only says that a test passed."""

_PASSED = re.compile(
    r"\s*(?:=== (?:RUN|PAUSE|CONT|NAME)\s|--- PASS: |ok  \t\S|\?   \t\S+\t\[no test files\]|"
    r"test \S.* \.\.\. ok$|\S+::.* PASSED\b|\[gw\d+\] .*\bPASSED\b|"
    r"(?:\S+\.py [.sx]+|[.sx]{6,})\s*(?:\[ *\d+%\])?$|\S.* \.\.\. ok$|[✓✔√] |PASS +\S+\.\w|"
    r"ok \d+\b(?!.*# (?i:skip|todo))|\(pass\) |\S.* > .* PASSED$)"
)
_FIGURES = re.compile(r"coverage:|\bns/op\b")
_SUMMARY = re.compile(
    r"coverage|\bns/op\b|\b\d+ (?:pass(?:ed|ing)?|fail(?:ed|ing)?|skipped|tests?)\b|\bTests?:? +\d|"
    r"test result",
    re.IGNORECASE,
)
_VERDICT = re.compile(r"(\s*)--- (PASS|FAIL|SKIP): (\S+)")
_STARTED = re.compile(r"=== (?:RUN|CONT|NAME)\s+(\S+)")
_OUTSIDE = re.compile(r"(?:PASS|FAIL|ok|panic:|exit status)\b|\?   \t|=== PAUSE")
_NONE_FAILED = re.compile(
    r"\b(?:0|no) (?:errors?|fail\w*|warnings?)|\b(?:errors?|fail\w*|warnings?)\s*[:=]\s*0\b"
)
_FAILED = re.compile(
    r"fail|panic|traceback|exception|\bnot ok\b|\berror\b|error:|errors? found|[✗✘✖×●]|^\s*e\s{2,}"
)
_PACKAGE = re.compile(r"(?:ok  |\?   )\t")
_TESTS = "lines of passing tests"
_PACKAGES = "packages that passed or have no tests"
_BETWEEN = "lines between"


def tighten(text: str) -> Shrunk:
    """Return *text* as `log.tighten` does."""
    return log.tighten(text)


def fold(text: str) -> Shrunk:
    """Return *text* without what passed; see the module for what stays."""
    if log.has_fold(text):
        return whole(text)
    lines = log.tighten(text).text.split("\n")
    passed = _passed_places(lines)
    if not passed:
        return log.fold(text)
    rest = [line for at, line in enumerate(lines) if at not in passed]
    failed = any(map(_tells_failure, rest))
    idle: set[int] = set() if failed else _idle_places(lines, passed)
    kinds = [_kind(line) if at in passed else _BETWEEN if at in idle else "" for at, line in enumerate(lines)]
    folded, omitted = elide(lines, kinds)
    return shorter(text, Shrunk(folded, lossless=False, omitted_lines=omitted))


def is_pass(line: str) -> bool:
    """Return whether *line* says of a test that it ran or passed, and nothing else."""
    return len(line) <= PASS_CHARS and _PASSED.match(line) is not None and _FIGURES.search(line) is None


def _tells_failure(line: str) -> bool:
    return _FAILED.search(_NONE_FAILED.sub("", line.lower())) is not None


def _passed_places(lines: list[str]) -> set[int]:
    """Return the places of lines of passing tests; none where only a summary speaks of tests."""
    passed = {at for at, line in enumerate(lines) if is_pass(line)}
    return passed | _printed_by_passing(lines) if passed else passed


def _printed_by_passing(lines: list[str]) -> set[int]:
    """Return the places of what passing Go tests printed, unless near an error-like line."""
    owners = dict(_owners(lines))
    verdicts = {found[3]: found[2] for line in lines if (found := _VERDICT.match(line))}
    return {at for at in log.free_places(lines) if verdicts.get(owners.get(at, "")) == "PASS"}


def _owners(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield each place within a Go test with the test's name; details follow a verdict further indented."""
    owner = indent = ""
    for at, line in enumerate(lines):
        if found := _STARTED.match(line):
            owner, indent = found[1], ""
        elif found := _VERDICT.match(line):
            owner, indent = found[3], found[1] + "    "
        elif _OUTSIDE.match(line) or not line.startswith(indent):
            owner = indent = ""
        elif owner:
            yield at, owner


def _idle_places(lines: list[str], passed: set[int]) -> set[int]:
    """Return what may go where nothing failed: not near an error, not at an end of what did not pass."""
    rest = [at for at, line in enumerate(lines) if at not in passed and not _SUMMARY.search(line)]
    ends = {*rest[: log.HEAD_LINES], *rest[-log.TAIL_LINES :]}
    return set(rest).intersection(log.free_places(lines)) - ends


def _kind(line: str) -> str:
    return _PACKAGES if _PACKAGE.match(line) else _TESTS
