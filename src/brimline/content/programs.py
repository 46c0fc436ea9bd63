"""What kind of text a shell command prints, told from the programs it runs."""

import re
from collections.abc import Callable

from brimline.content.content_type import ContentType
from brimline.content.shell import Pipeline, Stage, pipelines

_SAFEST_FIRST = (ContentType.SOURCE, ContentType.DIFF, ContentType.TEST_OUTPUT, ContentType.SEARCH)
"""Which kind a command of several counts as: the one of which least may be left out."""

_READERS = frozenset(
    {"cat", "head", "tail", "nl", "bat", "batcat", "less", "more", "Get-Content", "gc", "type"}
)
_SEARCHERS = frozenset({"rg", "grep", "egrep", "fgrep", "ag", "ack", "find", "fd", "Select-String", "sls"})
_DIFFERS = frozenset({"diff", "colordiff", "interdiff"})
_TESTERS = frozenset({
    "pytest", "py.test", "tox", "nox", "unittest", "gotestsum", "jest", "vitest", "mocha", "ava", "tap",
    "ctest", "rspec", "phpunit", "playwright", "cypress", "karma", "behave", "nose2", "bats", "tape",
})  # fmt: skip
_TASK_RUNNERS = frozenset({
    "go", "cargo", "npm", "pnpm", "yarn", "bun", "deno", "node", "make", "just", "task", "mise", "gradle",
    "gradlew", "mvn", "mvnw", "dotnet", "swift", "mix", "zig", "bazel", "bazelisk", "rake", "sbt", "lein",
    "stack", "cabal", "composer", "flutter", "dart", "moon", "nx", "turbo", "hatch", "php",
})  # fmt: skip
_TEST_WORD = re.compile(
    r"(?:--?)?(?:[\w-]+:)?(?:tests?|check|verify|nextest|vitest|jest|pytest)(?:[:.-][\w:.-]*)?"
)
_LOG_FILE = re.compile(r"\.(?:log|out|output)$", re.IGNORECASE)
_GIT_FLAGS_WITH_WORD = frozenset({"-C", "-c", "--git-dir", "--work-tree"})
_QUIET = frozenset(
    {"tail", "head", "cat", "tee", "sort", "uniq", "less", "more", "Select-Object", "Out-String"}
)
"""Stages of a pipeline that pass lines on as they are."""


def type_of_command(command: str) -> ContentType | None:
    """Return what *command* prints as far as its programs tell, None where they do not."""
    found = {_type_of(pipeline) for pipeline in pipelines(command)}
    return next((kind for kind in _SAFEST_FIRST if kind in found), None)


def _type_of(pipeline: Pipeline) -> ContentType | None:
    first, *later = pipeline
    kind = _type_of_stage(first)
    rewritten = any(stage[0] not in _QUIET for stage in later)
    # Lines picked out of a file are no longer the file; picked out of a test run they are still its lines.
    return None if kind is ContentType.SOURCE and rewritten and not _numbers_lines(pipeline) else kind


def _numbers_lines(pipeline: Pipeline) -> bool:
    return all(stage[0] in _QUIET or _reads(stage) for stage in pipeline[1:])


def _type_of_stage(stage: Stage) -> ContentType | None:
    program = stage[0]
    if program == "git":
        return _type_of_git(_without_flags(stage[1:]))
    if program == "gh":
        return ContentType.DIFF if stage[1:3] == ("pr", "diff") else None
    return next((kind for kind, holds in _KINDS if holds(stage)), None)


def _reads(stage: Stage) -> bool:
    if stage[0] == "sed":
        return any(word.startswith("-n") for word in stage) and "-i" not in stage
    if stage[0] == "awk":
        return "NR" in "".join(stage[1:2])
    # Without a file it passes on what it is given, as in `cat > file`, or nothing.
    return stage[0] in _READERS and len(stage) > 1 and not any(_LOG_FILE.search(word) for word in stage[1:])


def _tests(stage: Stage) -> bool:
    if stage[0] in _TESTERS:
        return True
    return stage[0] in _TASK_RUNNERS and any(_TEST_WORD.fullmatch(word) for word in stage[1:4])


_KINDS: tuple[tuple[ContentType, Callable[[Stage], bool]], ...] = (
    (ContentType.SOURCE, _reads),
    (ContentType.SEARCH, lambda stage: stage[0] in _SEARCHERS),
    (ContentType.DIFF, lambda stage: stage[0] in _DIFFERS),
    (ContentType.TEST_OUTPUT, _tests),
)


def _without_flags(words: Stage) -> Stage:
    """Return the words of a git command from its subcommand on."""
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in _GIT_FLAGS_WITH_WORD else words[1:]
    return words


def _type_of_git(words: Stage) -> ContentType | None:
    subcommand = words[0] if words else ""
    if subcommand == "show" and any(":" in word and not word.startswith("-") for word in words[1:]):
        return ContentType.SOURCE
    if subcommand in {"grep", "ls-files"}:
        return ContentType.SEARCH
    return (
        ContentType.DIFF
        if subcommand in {"diff", "show", "range-diff"} or words[:2] == ("stash", "show")
        else None
    )
