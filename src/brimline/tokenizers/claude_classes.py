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
from functools import cache
from typing import Final, NamedTuple

from brimline.tokenizers.claude_vocabulary import DATA

LITERAL: Final = "\1"
SPACES: Final = " \t\n\u3000"
CIRCLED: Final = "\u24b6-\u24e9"  # letters of words, but as symbols they let no contraction follow


class Cut(NamedTuple):
    """How text is cut into keys; for ASCII text, or for any."""

    space: re.Pattern[str]
    """Finds the single spaces that are not free."""
    key: re.Pattern[str]
    """Finds the keys; the free spaces lie between them."""


def make_cut(word: str, mark: str, symbol: str) -> Cut:
    """Return the cut for the classes given as the insides of regex sets."""
    s = SPACES
    no_mark = f"[^{word}{mark}{symbol}{s}]"
    spelled = f"[{word}][{word}{mark}]*+"
    stray = f"[{mark}]++(?:{spelled})?" if mark else "(?!)"
    opens_word = f"'[{word}{mark}]"
    space = f" (?:(?<={no_mark} )(?![{s}])|(?<![{s}] )(?={no_mark}|{opens_word}))"
    symbols = (
        f"[{s}{LITERAL}]*+[{symbol}]++"
        f"(?:(?:[ {LITERAL}]|[ ][\t\n\u3000][{s}]*+)(?!{opens_word})[{symbol}]++)*+"
        f"(?:[ ][\t\n\u3000][{s}]*+|[ {LITERAL}](?![{s}]))?+"
    )
    key = "|".join(
        (
            spelled,
            "[0-9]{1,3}+",
            f"(?<![{CIRCLED}])[{s}{LITERAL}]*+'(?:{spelled}|{stray})",
            symbols,
            f"[{s}]{{2,}}+|[\t\n\u3000{LITERAL}]",
            stray,
            no_mark,
        )
    )
    return Cut(re.compile(space), re.compile(key))


ASCII: Final = make_cut("A-Za-z", "", r"!-/:-@\[-`{-~")


@cache
def any_text() -> Cut:
    """Return the cut for text that is not all ASCII."""
    return make_cut(
        "A-Za-z" + regex_set("w"), regex_set("m"), r"!-/:-@\[-`{-~" + "".join(map(regex_set, "pSNnDV"))
    )


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


def regex_set(letter: str) -> str:
    """Return the non-ASCII characters of the class *letter*, as the inside of a regex set."""
    return _set(*_classes(), letter)


def _set(starts: list[int], letters: str, letter: str) -> str:
    ends = [*starts[1:], 0x10000]
    runs = zip(starts, ends, letters, strict=True)
    return "".join(f"{chr(a)}-{chr(b - 1)}" for a, b, each in runs if each == letter and a > 0x7F)  # noqa: PLR2004


@cache
def class_of(char: str) -> str:
    """Return the class of *char* as one letter."""
    if char > "\uffff":
        return "H"
    starts, letters = _classes()
    return letters[bisect_right(starts, ord(char)) - 1]
