"""What one model call can hold, and where its client would compact."""

from dataclasses import dataclass
from enum import StrEnum

from brimline.core.errors import ConfigError

DEFAULT_WINDOW_TOKENS = 200_000

SMALLEST_WINDOW_TOKENS = 1_000
LARGEST_WINDOW_TOKENS = 100_000_000


class LineSource(StrEnum):
    """What a window's line was taken from, from the surest to the least sure."""

    LEARNED = "learned"
    """Where this session was seen to compact by itself."""
    SETTINGS = "settings"
    """The client's own settings."""
    CLIENT = "client"
    """What this client version is known to do."""
    DEFAULT = "default"
    """The window less room for an answer."""


DEFAULT_OUTPUT_RESERVE_TOKENS = 32_000
"""Claude Code's usual answer limit; with its 1,000-token margin a 200K window compacts at 167K."""


@dataclass(frozen=True, slots=True)
class Window:
    """A model's window in tokens; `line_tokens` is where the client would compact."""

    model: str | None
    size_tokens: int = DEFAULT_WINDOW_TOKENS
    line_tokens: int = DEFAULT_WINDOW_TOKENS
    line_source: LineSource = LineSource.DEFAULT

    def __post_init__(self) -> None:
        """Refuse sizes no model has."""
        check_window_tokens(self.size_tokens)
        if not 0 < self.line_tokens <= self.size_tokens:
            raise ConfigError(
                f"a line of {self.line_tokens} tokens lies outside its window of {self.size_tokens};"
                f" give one between 1 and {self.size_tokens}"
            )


def check_window_tokens(tokens: int, key: str = "window") -> int:
    """Return *tokens* if a window can have that size; raise `ConfigError` naming *key* if not."""
    if SMALLEST_WINDOW_TOKENS <= tokens <= LARGEST_WINDOW_TOKENS:
        return tokens
    allowed = f"between {SMALLEST_WINDOW_TOKENS:,} and {LARGEST_WINDOW_TOKENS:,} tokens"
    raise ConfigError(f"{key} is {tokens}; give a window {allowed}")


def default_line_tokens(size_tokens: int) -> int:
    """Return the line of a client nothing is known about: the window less an answer's room, at least half."""
    return max(size_tokens // 2, size_tokens - DEFAULT_OUTPUT_RESERVE_TOKENS)
