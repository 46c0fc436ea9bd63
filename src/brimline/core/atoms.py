"""Atoms: the pieces of text by which a later turn shows that it used an earlier one.

Frozen before anything was tuned on them (docs/design/replay.md). Three families:

* **quotes**: the lines of an edit's old text, which must be copied from what was read;
* **identifiers**: paths, URLs, hashes, names with a dot, an underscore or a hump, numbers of four digits on;
* **negatives**: what a search said it did not find, which leaves no other trace.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

SHORTEST_QUOTE = 12
"""Characters of a line, blanks at its ends aside: shorter ones stand everywhere."""

SHORTEST_IDENTIFIER = 6
LONGEST_IDENTIFIER = 200
"""Characters; a number is one from `SHORTEST_NUMBER` digits on."""

SHORTEST_NUMBER = 4


class Family(StrEnum):
    """The sort of an atom."""

    QUOTE = "quote"
    IDENTIFIER = "identifier"
    NEGATIVE = "negative"


class Atom(NamedTuple):
    """A piece of text that can be looked for."""

    family: Family
    text: str


# Each run is matched once and possessively, so that no text takes more than linear time.
_RUN = re.compile(r"""[^\s"'`<>()\[\]{},;=|*&!?$^→]++""")
_NAME = re.compile(r"[A-Za-z0-9_.]++")
_PLACE = re.compile(r"(?::\d++)++$")
_HUMP = re.compile(r"[a-z0-9][A-Z]")
_NOTHING_FOUND = re.compile(
    r"no (?:matches|files|results)(?: were)?(?: found)?|0 results|not found", re.IGNORECASE
)
_NUMBERED = re.compile(r"^\s*+\d++[→\t]")


def identifiers(text: str) -> set[str]:
    """Return the identifiers of *text*.

    >>> sorted(identifiers("see src/app.py:12, parse_args() and fooBar in 1a2b3c4d; port 8080, v 12"))
    ['1a2b3c4d', '8080', 'fooBar', 'parse_args', 'src/app.py']
    """
    return {name for run in _RUN.findall(text) for name in _names(run) if _is_told_apart(name)}


def _names(run: str) -> Iterator[str]:
    """Yield what a *run* without blanks or brackets names: a URL or path as a whole, else each name in it."""
    bare = run.rstrip(".:")
    if "/" in bare or "\\" in bare:
        yield _PLACE.sub("", bare)
    else:
        yield from (name.strip(".") for name in _NAME.findall(bare))


def _is_told_apart(name: str) -> bool:
    if name.isdecimal():
        return SHORTEST_NUMBER <= len(name) <= LONGEST_IDENTIFIER
    if not SHORTEST_IDENTIFIER <= len(name) <= LONGEST_IDENTIFIER:
        return False
    return _is_compound(name) or _is_hash(name)


def _is_compound(name: str) -> bool:
    """Tell whether *name* has a slash, a dot, an underscore within, or a hump."""
    within = name.strip("_")
    return any(mark in within for mark in "/\\._") or _HUMP.search(name) is not None


def _is_hash(name: str) -> bool:
    has_both = any(map(str.isdecimal, name)) and not name.isdecimal()
    return has_both and all(char in "0123456789abcdef" for char in name)


def quotes(old_text: str) -> set[str]:
    """Return the lines of an edit's *old_text* that are long enough to be told apart, without end blanks."""
    return {line for line in map(str.strip, old_text.splitlines()) if len(line) >= SHORTEST_QUOTE}


def quotable(text: str) -> set[str]:
    r"""Return the lines of a block that an edit could quote: no line numbers of the client, no end blanks.

    >>> sorted(quotable("   12→def main() -> None:\n13\t    return"))
    ['def main() -> None:']
    """
    bare = (_NUMBERED.sub("", line).strip() for line in text.splitlines())
    return {line for line in bare if len(line) >= SHORTEST_QUOTE}


def negatives(text: str) -> Iterator[str]:
    """Yield what *text* says was not found: the words themselves, in small letters."""
    yield from (match.group().lower() for match in _NOTHING_FOUND.finditer(text))
