"""A session as a replay sees it: its requests, the blocks that stood in each window, and what was used.

Nothing here says how it was recorded; an adapter builds it, a policy and a price are put to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from brimline.core.prompt_cache import Block as CacheBlock
from brimline.core.usage import Usage


class Shown(NamedTuple):
    """One block of a window, with its text.

    `turn` is the first request (1-based) that carried it. A tool's result has the `tool` that gave it,
    its `target` (a file's path) or shell `command`, and `result` is set; nothing else may be edited.
    """

    key: str
    turn: int
    text: str
    tokens: int
    result: bool = False
    tool: str = ""
    target: str = ""
    command: str = ""


class Emitted(NamedTuple):
    """What an answer wrote: the lines it quoted of what it edits, and the identifiers it named."""

    quotes: frozenset[str]
    identifiers: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One request: when it was sent (Unix seconds), what it was billed, and what its answer wrote.

    `unseen_tokens` is what the window gained since the request before that no transcript shows (below 0
    where it lost); `settings` are blocks of no tokens that its messages are cached under.
    """

    number: int
    at: float
    model: str
    usage: Usage
    unseen_tokens: int
    settings: tuple[CacheBlock, ...]
    emitted: Emitted


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """Turns between two cuts: their blocks in order, those of the last turn's window."""

    turns: tuple[Turn, ...]
    blocks: tuple[Shown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A whole session; `system_tokens` is what stands before its messages at all times."""

    session: str
    path: str
    repository: str
    system_tokens: int
    epochs: tuple[Epoch, ...] = field(default_factory=tuple)

    @property
    def turns(self) -> Sequence[Turn]:
        """All requests in order."""
        return [turn for epoch in self.epochs for turn in epoch.turns]
