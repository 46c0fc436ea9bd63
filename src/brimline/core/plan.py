"""What is to be done to a window: four verbs, the actions of a plan, and the edits that carry them out."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Verb(StrEnum):
    """All that brimline ever does to a window."""

    UNLOAD = "unload"
    """A definition or a listing is no longer sent, as if its server or skill were not loaded."""
    REPLACE = "replace"
    """Fewer bytes stand in a block's place and say how to read the rest."""
    DROP = "drop"
    """A block is no longer sent at all."""
    REVEAL = "reveal"
    """What was unloaded, replaced or dropped is sent again as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One step of a plan: what it does to one resource, what it frees, costs and risks."""

    verb: Verb
    resource: str
    """The resource's name, as a status shows it."""
    frees_tokens: int
    """Expected; what was freed is measured after acting. Below 0 for a reveal."""
    usd_now: float
    """What the next request costs more, rewritten prompt cache included; below 0 for less."""
    usd_per_request: float
    """What each request after that costs more, below 0 for less."""
    risk: str = ""
    """What a later turn could miss, as a clause; "" where nothing is hidden."""
    handle: str = ""
    """The original's handle, by which it comes back; "" where nothing needs to be kept."""


class EditKey(NamedTuple):
    """Where an edit belongs; it is known before the bytes are, and alike to a hook and a gateway."""

    session: str
    tool_use_id: str
    """The call whose result is edited; for what no call brought (a tool's definition) the resource's name."""
    part: int = 0
    """The content block's place in the result, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What is sent in place of an original, and why.

    Bytes are a block's text in UTF-8, as JSON decodes it, so that they mean the same to whoever edits.
    """

    key: EditKey
    verb: Verb
    original: str
    """The handle of the bytes that were there."""
    replacement: bytes = b""
    """What is sent instead; empty unless the verb is replace."""
    reason: str
    """Why, as a clause for people."""
    level: str
    """The compression level in force."""
    plan: str
    """The id of the plan it was part of: what was done at once is undone at once."""
    at: float
    """When, as a Unix time in seconds."""

    def __post_init__(self) -> None:
        if (self.verb is Verb.REPLACE) != bool(self.replacement):
            raise ValueError(f"a {self.verb.value} cannot send {len(self.replacement)} bytes of its own")
