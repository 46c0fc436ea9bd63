"""What `Edit` and `Write` answer: older clients show the edited lines anew, though the call says them."""

import re
from typing import Final

from brimline.content.shrunk import Shrunk, whole

_ECHO: Final = re.compile(
    r"(?P<said>The file [^\n]+ has been updated\.) Here's the result of running `cat -n` on [^\n]*:"
    r"(?P<lines>(?:\n *[0-9]{1,9}[→\t][^\n]*)*+)"
)


def tighten(text: str) -> Shrunk:
    """Keep the first sentence, and whatever follows the numbered lines of the snippet."""
    echo = _ECHO.match(text)
    if echo is None:
        return whole(text)
    left = echo["said"] + text[echo.end() :]
    return Shrunk(left, lossless=False, omitted_lines=echo["lines"].count("\n"))


def fold(text: str) -> Shrunk:
    """Do what `tighten` does: nothing is left to fold."""
    return tighten(text)
