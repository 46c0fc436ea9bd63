"""What a policy is asked before each request, and what it may answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from brimline.core.recording import Shown


class Moment(NamedTuple):
    """The moment before a request is sent: nothing of it is of the future.

    `fresh` blocks were never sent before, `earlier` ones stand in the cache unless it is `cold`. `cuts`
    holds what stands in place of blocks that were edited, by key.
    """

    turn: int
    at: float
    cold: bool
    fresh: Sequence[Shown]
    earlier: Sequence[Shown]
    cuts: Mapping[str, "Cut"]


class Cut(NamedTuple):
    """What is sent in place of a block.

    `says` is what a reader can take from it: the text itself, or, where that is a lossless form of a longer
    text (numbers that follow by counting, paths written once), the longer text.
    """

    text: str
    says: str


def plain_cut(text: str) -> Cut:
    """Return the cut that says what stands in it."""
    return Cut(text, text)


Decide = Callable[[Moment], Mapping[str, Cut]]
"""Answers with a cut for each block to edit, by key; only tool results may be edited."""

Count = Callable[[str], int]
"""Returns the tokens of a text."""


class Policy(Protocol):
    """Decides what of each window is sent; `begin` starts a session and returns its memory."""

    @property
    def name(self) -> str:
        """The name in reports."""
        ...

    @property
    def keeps_originals(self) -> bool:
        """Whether what it hides can be read back: else it is lost."""
        ...

    def begin(self, count: Count) -> Decide:
        """Return the decisions for one session, whose text *count* counts."""
        ...
