"""A transcript as brimline keeps it: who hangs on whom, and what each line put into the window.

No text is kept: entries hold tokens, counted once. A session can be stored and read on from where
it ended.
"""

from bisect import bisect_left, bisect_right
from enum import StrEnum

import msgspec

from brimline.core.errors import InputError
from brimline.core.resource import Category, Kind
from brimline.core.usage import Usage

PARSER_VERSION = 9
"""Raised whenever a session read by an older brimline would differ from one read now."""

TAIL_BYTES = 128
"""How many bytes before the offset are kept, to see whether the file is still the one that was read."""

NOBODY = -1
"""No parent, or no request."""


class Entry(msgspec.Struct, array_like=True, frozen=True):
    """One part of one block: what it is and how many tokens it adds to the window."""

    kind: Kind
    name: str
    tokens: int
    estimated: bool = False
    call_id: str = ""


class Node(msgspec.Struct, array_like=True):
    """One line of the chain: its parent's number, where it begins in the file, and its entries.

    `root` is the number of the line that its chain of parents begins with.
    """

    parent: int
    offset: int
    root: int
    request: int = NOBODY
    at: float | None = None
    is_attachment: bool = False
    is_prompt: bool = False
    answers: list[str] = []
    entries: list[Entry] = []


class Request(msgspec.Struct, array_like=True):
    """One model call of the main conversation; `node` is its first line.

    `window_tokens` is what it held, `usage` what it is billed for; they differ only where a server ran tools.
    `stripped` and `rewrites` are tokens by which its output may differ from what the client sends back:
    characters the API drops, and changes the client makes to a call.
    """

    message_id: str
    request_id: str
    model: str
    node: int
    at: float | None
    usage: Usage
    window_tokens: int = 0
    version: str = ""
    final: bool = False
    thinks: bool = False
    speaks: bool = False
    stripped: int = 0
    rewrites: list[int] = []
    calls: list[str] = []


class Cut(StrEnum):
    """How a boundary cut the window."""

    COMPACT = "compact"
    MICRO = "micro"
    FRESH = "fresh"


class Boundary(msgspec.Struct, array_like=True):
    """A point where the window was cut: by compaction, by micro-compaction, or by starting afresh."""

    node: int
    cut: Cut
    trigger: str = ""
    before_tokens: int | None = None
    preserved: list[int] = []
    cleared: list[str] = []


class Used(msgspec.Struct, array_like=True, frozen=True):
    """A call made use of an item at a line."""

    category: Category
    name: str
    node: int
    at: float | None


class CallSeen(msgspec.Struct, array_like=True, frozen=True):
    """A tool call by id: its tool, its target and its request."""

    tool: str
    target: str
    request: int


class Fixed(msgspec.Struct, array_like=True, frozen=True):
    """The fixed part of a request as the client wrote it down at a line: system prompt and tools."""

    node: int
    has_tools: bool
    entries: list[Entry]


class Session(msgspec.Struct):
    """Everything brimline knows of one transcript, counted with one meter.

    `estimated` says that its counts only estimate. `size` (bytes) and `changed` (ns) are the file's when it
    was read up to `offset`.
    `results` (the last two, by tool), `errors` and `texts` are those since the last answer: their frames
    depend on how many there are.
    """

    path: str
    meter: str
    estimated: bool = False
    session_id: str = ""
    cwd: str = ""
    version: str = ""
    inode: int = 0
    size: int = 0
    changed: int = 0
    offset: int = 0
    tail: bytes = b""
    unreadable_lines: int = 0
    sidechain: bool | None = None
    nodes: list[Node] = []
    results: list[str] = []
    errors: int = 0
    texts: int = 0
    numbers: dict[str, int] = {}
    requests: list[Request] = []
    request_numbers: dict[str, int] = {}
    boundaries: list[Boundary] = []
    fixed: list[Fixed] = []
    calls: dict[str, CallSeen] = {}
    uses: list[Used] = []

    def cuts(self, first: int, last: int) -> list[Boundary]:
        """Return the boundaries from line *first* to line *last*, both taken in, in order."""
        start = bisect_left(self.boundaries, first, key=lambda cut: cut.node)
        return self.boundaries[start : bisect_right(self.boundaries, last, key=lambda cut: cut.node)]

    def turn(self, number: int | None) -> int:
        """Return *number* if the session has such a request (1-based), its last for None.

        Raises `InputError` where it has not, or has none at all.
        """
        if not self.requests:
            raise InputError(f"{self.path} holds no request yet; there is no window to show")
        if number is None:
            return len(self.requests)
        if not 1 <= number <= len(self.requests):
            raise InputError(
                f"{self.path} has requests 1 to {len(self.requests)}, not {number}; name one of them"
            )
        return number
