"""Paths that begin alike, in any text: the folder that costs most is said once, then stands as one sign.

    /home/me/project/src/a.go: no          ->    [§ = /home/me/project/src/]
    /home/me/project/src/b.go: no                §a.go: no
                                                 §b.go: no

For texts that name many files without being a search: logs, test runs, answers of agents. Not for source and
diffs, which are quoted from. `spread` undoes it; a text that has the sign already is left alone.
"""

import re
from collections import Counter
from collections.abc import Iterator

from brimline.content.shrunk import Shrunk, whole

SIGN = "§"
LEAST_SAVED_CHARS = 40
"""Below this the line that explains the sign costs what the sign saves."""
WORD_CHARS = 300
"""Longer words are no paths."""
DEPTH = 12
"""Folders of a path that are looked at."""

_WORD = re.compile(r"""[^\s"'`()\[\]{}<>,;=|]+""")
_SLASH = re.compile(r"[/\\]+")
_HEAD = re.compile(rf"\[{SIGN} = ([^\]\n]+)\]\n")


def tighten(text: str) -> Shrunk:
    """Return *text* with `SIGN` for its costliest folder; the text itself where that gains too little."""
    folder = costliest_folder(text) if SIGN not in text else ""
    form = f"[{SIGN} = {folder}]\n{text.replace(folder, SIGN)}" if folder else text
    if len(text) - len(form) < LEAST_SAVED_CHARS or spread(form) != text:
        return whole(text)
    return Shrunk(form, lossless=True, omitted_lines=0)


def spread(text: str) -> str:
    """Return what `tighten` shortened as it was, any other text as it is."""
    head = _HEAD.match(text)
    return text[head.end() :].replace(SIGN, head[1]) if head else text


def costliest_folder(text: str) -> str:
    """Return the folder, with its slash, that takes most characters of *text*; "" where there is none."""
    counts = Counter(folder for word in _WORD.findall(text) for folder in _folders(word))
    # Of folders that cost the same the shorter one, then by the alphabet: whatever is named first.
    return max(counts, key=lambda folder: (_saved(folder, counts[folder]), -len(folder), folder), default="")


def _folders(word: str) -> Iterator[str]:
    if len(word) > WORD_CHARS:
        return
    for depth, slash in enumerate(_SLASH.finditer(word)):
        if depth == DEPTH:
            return
        yield word[: slash.end()]


def _saved(folder: str, mentions: int) -> int:
    return (len(folder) - len(SIGN)) * mentions - len(folder)
