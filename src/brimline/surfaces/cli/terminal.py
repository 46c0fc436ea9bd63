"""What may reach a terminal: nothing of a transcript can move its cursor, change its colours or fill it."""

import sys

LONGEST_NAME = 240
"""Characters of a name that are shown; a path this long is none that anybody reads."""


def printable(text: str, length: int = LONGEST_NAME) -> str:
    r"""Return *text*, cut to *length*, with what would move a cursor or change colours made visible.

    >>> printable("a\x1b[2Jb\n")
    'a\ufffd[2Jb\ufffd'
    """
    shown = text if len(text) <= length else f"{text[: length - 1]}…"
    return "".join(char if char.isprintable() else "\ufffd" for char in shown)


LONGEST_SENTENCE = 2_000
"""Beyond it a sentence holds a name that nobody meant to be read."""


def warn(*sentences: str) -> None:
    """Say *sentences* on stderr, where they disturb no output."""
    for sentence in sentences:
        sys.stderr.write(f"brimline: {printable(sentence, LONGEST_SENTENCE)}\n")
