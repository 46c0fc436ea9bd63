"""The classes of characters that the Claude tokenizer tells apart, and the cuts between them.

    w  letters of words               p  punctuation that forms runs (ASCII, and some that is not)
    m  combining marks of words       S  further symbols, punctuation and marks, runs of their own
    d  ASCII digits                   N  other numbers (fractions, superscripts, circled)
    D  Arabic digits                  n  other decimal digits
    s  spaces                         V  variation selectors
    H  everything else: ideographs, Hangul, emoji; each character stands alone

A space between two characters of classes that carry a word's mark (all but d, s and H) is part of that mark
and free. `LITERAL` stands for a single space that is not: `mark_literal_spaces` puts it in, and then a key
(what `CUT` finds) costs the same wherever it occurs.

Source: the measured rules of ctok (data/LICENSE.ctok).
"""

import re
from bisect import bisect_right
from functools import cache, lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from brimline.tokenizers.claude_vocabulary import DATA

LITERAL: Final = "\1"
SPACES: Final = " \t\n\u3000"
FIRST_BEYOND_ASCII: Final = 0x80
FIRST_BEYOND: Final = 0x10000  # the basic plane, in which classes differ
CIRCLED: Final = "\u24b6-\u24e9"  # letters of words, but as symbols they let no contraction follow


class Cut(NamedTuple):
    """How text is cut into keys; for ASCII text, or for any."""

    space: re.Pattern[str]
    """Finds the single spaces that are not free."""
    key: re.Pattern[str]
    """Finds the keys; the free spaces lie between them."""


def make_cut(word: str, symbol: str, alone: str) -> Cut:
    """Return the cut for three classes: of words (w, m), of symbols (p, S, N, n, D, V), and H with d.

    Each is the inside of a regex set. They are long and slow to compile, so each stands as rarely as it can.
    A key that starts with a combining mark is a word whose mark found no letter before it.
    """
    s, opens_word = SPACES, f"'[{word}]"
    space = f" (?:(?<=[{alone}] )(?![{s}])|(?<![{s}] )(?=[{alone}]|{opens_word}))"
    symbols = (
        f"[{s}{LITERAL}]*+[{symbol}]++"
        f"(?:(?:[ {LITERAL}]|[ ][\t\n\u3000][{s}]*+)(?!{opens_word})[{symbol}]++)*+"
        f"(?:[ ][\t\n\u3000][{s}]*+|[ {LITERAL}](?![{s}]))?+"
    )
    key = "|".join(
        (
            f"[{word}]++",
            "[0-9]{1,3}+",
            f"(?<![{CIRCLED}])[{s}{LITERAL}]*+{opens_word}++",
            symbols,
            f"[{s}]{{2,}}+",
            "[^ ]",
        )
    )
    return Cut(re.compile(space), re.compile(key))


ASCII_SYMBOLS: Final = r"!-/:-@\[-`{-~"
ASCII: Final = make_cut("A-Za-z", ASCII_SYMBOLS, "0-9")


@cache
def any_text() -> Cut:
    """Return the cut for text that is not all ASCII."""
    alone = "0-9" + regex_set("H") + "\U00010000-\U0010ffff"
    return make_cut("A-Za-z" + regex_set("wm"), ASCII_SYMBOLS + regex_set("pSNnDV"), alone)


@cache
def _classes() -> tuple[list[int], str]:
    """Return where runs of one class start in the basic plane, and the class of each run."""
    line, _ = (DATA / "classes.txt").read_text(encoding="ascii").splitlines()
    return _runs(line)


@cache
def combining() -> str:
    """Return the characters that combine (order against each other matters), as the inside of a regex set."""
    _, line = (DATA / "classes.txt").read_text(encoding="ascii").splitlines()
    return _set(*_runs(line), "y")


def _runs(line: str) -> tuple[list[int], str]:
    runs = line.split()
    return [int(run[:-1], 16) for run in runs], "".join(run[-1] for run in runs)


def regex_set(letters: str) -> str:
    """Return the non-ASCII characters of the classes *letters*, as the inside of a regex set."""
    return _set(*_classes(), letters)


def _set(starts: list[int], classes: str, letters: str) -> str:
    ends = [*starts[1:], FIRST_BEYOND]
    runs = zip(starts, ends, classes, strict=True)
    wanted = groupby(runs, key=lambda run: run[0] >= FIRST_BEYOND_ASCII and run[2] in letters)
    joined = (list(group) for is_wanted, group in wanted if is_wanted)
    return "".join(f"{chr(group[0][0])}-{chr(group[-1][1] - 1)}" for group in joined)


@lru_cache(maxsize=FIRST_BEYOND)
def class_of(char: str) -> str:
    """Return the class of *char* as one letter."""
    if char > "\uffff":
        return "H"
    starts, letters = _classes()
    return letters[bisect_right(starts, ord(char)) - 1]
