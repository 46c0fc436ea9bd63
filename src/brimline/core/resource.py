"""One thing that fills the window, and where it counts."""

from enum import StrEnum
from typing import NamedTuple

from brimline.core.tokens import Provenance


class Category(StrEnum):
    """The lines of a status, in the order they are shown."""

    SYSTEM = "System"
    MCPS = "MCPs"
    SKILLS = "Skills"
    AGENTS = "Agents"
    MESSAGES = "Messages"
    CONTEXT = "Context"


class Kind(StrEnum):
    """What a resource is."""

    SYSTEM_PROMPT = "system prompt"
    BUILTIN_TOOL = "built-in tool"
    RESIDUAL = "residual"
    MEMORY_FILE = "memory file"
    MODE = "mode"
    REMINDER = "reminder"
    SYMBOLS = "symbol definitions"
    MCP_SERVER = "MCP server"
    SKILL_LISTING = "skill listing"
    SKILL_BODY = "skill body"
    AGENT = "agent"
    USER_TEXT = "user text"
    ASSISTANT_TEXT = "assistant text"
    THINKING = "thinking"
    TOOL_CALL = "tool call"
    SUMMARY = "compaction summary"
    FILE = "file"
    TOOL_RESULT = "tool result"

    @property
    def category(self) -> Category:
        """The line it counts on."""
        return PLACES[self].category

    @property
    def pool(self) -> str:
        """The path of the pool it fills."""
        return PLACES[self].pool

    @property
    def temporary(self) -> bool:
        """Whether it may be cleared once it is old: every tool result that is not a file."""
        return self is Kind.TOOL_RESULT


class Place(NamedTuple):
    """Where a kind counts."""

    category: Category
    pool: str


PLACES: dict[Kind, Place] = {
    Kind.SYSTEM_PROMPT: Place(Category.SYSTEM, "system/prompt"),
    Kind.BUILTIN_TOOL: Place(Category.SYSTEM, "system/prompt"),
    Kind.RESIDUAL: Place(Category.SYSTEM, "system/prompt"),
    Kind.MEMORY_FILE: Place(Category.SYSTEM, "system/modes"),
    Kind.MODE: Place(Category.SYSTEM, "system/modes"),
    Kind.REMINDER: Place(Category.SYSTEM, "system/modes"),
    Kind.SYMBOLS: Place(Category.SYSTEM, "system/symbols"),
    Kind.MCP_SERVER: Place(Category.MCPS, "dynamic/mcp"),
    Kind.SKILL_LISTING: Place(Category.SKILLS, "dynamic/skills"),
    Kind.SKILL_BODY: Place(Category.SKILLS, "dynamic/skills"),
    Kind.AGENT: Place(Category.AGENTS, "dynamic/agents"),
    Kind.USER_TEXT: Place(Category.MESSAGES, "working/conversation"),
    Kind.ASSISTANT_TEXT: Place(Category.MESSAGES, "working/conversation"),
    Kind.THINKING: Place(Category.MESSAGES, "working/conversation"),
    Kind.TOOL_CALL: Place(Category.MESSAGES, "working/conversation"),
    Kind.SUMMARY: Place(Category.MESSAGES, "working/conversation"),
    Kind.FILE: Place(Category.CONTEXT, "working/context"),
    Kind.TOOL_RESULT: Place(Category.CONTEXT, "working/buffer"),
}
"""The table "What counts where" of docs/design/index.md."""


class Resource(NamedTuple):
    """One thing in the window.

    Resources of one `kind.category` and `name` are shown as one line. `turn` is the request (1-based)
    that first carried it, `last_used` a Unix time in seconds. Only the Source that made it reads `locator`.
    """

    kind: Kind
    name: str
    tokens: int
    provenance: Provenance = Provenance.EXACT
    turn: int = 0
    uses: int = 0
    last_used: float | None = None
    pinned: bool = False
    essential: bool = False
    locator: object = None
