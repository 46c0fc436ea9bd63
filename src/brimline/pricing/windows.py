"""How large a model's window is, as Claude Code opens it."""

from brimline.pricing.names import asks_for_wide_window
from brimline.pricing.table import find_model

NARROW_TOKENS = 200_000
WIDE_TOKENS = 1_000_000

_OPENED_NARROW = frozenset(
    {
        # 1M on the API; Claude Code opens 200K unless the plan or `[1m]` says otherwise. The plan is in no
        # transcript, and too small a guess mends itself as soon as a request exceeds it.
        "claude-opus-4-6",
        "claude-sonnet-4-6",
        # 200K, and 1M by a beta of the API (context-1m-2025-08-07).
        "claude-sonnet-4-0",
        "claude-sonnet-4-5",
    }
)


def window_sizes(model: str) -> tuple[int, ...]:
    """Return the windows (tokens, ascending) *model* comes with, the usual one first; () if unknown.

    >>> window_sizes("claude-sonnet-4-5"), window_sizes("claude-opus-5"), window_sizes("gpt-0")
    ((200000, 1000000), (1000000,), ())
    """
    row = find_model(model)
    if row is None or row.window_tokens is None:
        return ()
    if asks_for_wide_window(model):
        return (WIDE_TOKENS,)
    return (NARROW_TOKENS, WIDE_TOKENS) if row.id in _OPENED_NARROW else (row.window_tokens,)


def window_tokens(model: str, reported_tokens: int = 0) -> int | None:
    """Return the smallest window of *model* that holds *reported_tokens*, or None if unknown.

    Where none does, the largest: such a window is overfull, and the caller shows that.
    """
    sizes = window_sizes(model)
    return next((size for size in sizes if size >= reported_tokens), sizes[-1] if sizes else None)
