"""What shrinking gave: the shorter text, and what it no longer holds."""

from typing import NamedTuple


class Shrunk(NamedTuple):
    """A text after `tighten` or `fold`."""

    text: str
    """What stands in the window instead; the original itself where nothing was gained."""
    lossless: bool
    """Whether the original can be rebuilt from `text` alone; whoever says so has run the round trip."""
    omitted_lines: int
    """Lines of the original that stand in `text` in no form."""


def whole(text: str) -> Shrunk:
    """Return *text* unshrunk."""
    return Shrunk(text, lossless=True, omitted_lines=0)


def shorter(text: str, shrunk: Shrunk) -> Shrunk:
    """Return *shrunk* if it has fewer characters than *text*, else *text* unshrunk."""
    return shrunk if len(shrunk.text) < len(text) else whole(text)
