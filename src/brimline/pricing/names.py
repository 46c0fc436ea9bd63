"""One model, many names: from what a client, a cloud or a router calls it to the table's names."""

import re
from collections.abc import Iterator

WIDE = "[1m]"
"""How Claude Code marks a session that asked for the 1M-token window."""

_VENDOR = re.compile(r"^(?:.*[/.:])?(?=claude-)|^.*/")
"""`anthropic/`, `us.anthropic.`, `vertex_ai/`, an ARN up to the model; for other models up to a slash."""

_TAILS = (
    re.compile(r":\d+$"),
    re.compile(r"-v\d+$"),
    re.compile(r"[-@](?:\d{8}|\d{4}-\d{2}-\d{2})(?=$|-fast$)"),
    re.compile(r"[-@](?:latest|default)$"),
)
"""What clouds and releases append without changing model or price: `:0`, `-v1`, a date, `-latest`."""


def spellings(model: str) -> Iterator[str]:
    """Yield the names under which *model* may stand in the table, the most literal first.

    A tail that may change the price (`:batch`, `-preview`) is kept, so that such a model stays unknown.
    """
    name = _VENDOR.sub("", model.strip().lower().replace(WIDE, ""), count=1)
    yield name
    for _ in _TAILS:
        for tail in _TAILS:
            shorter = tail.sub("", name)
            if shorter != name:
                yield shorter
                name = shorter
    if name.startswith("claude-"):
        yield name.replace(".", "-")


def asks_for_wide_window(model: str) -> bool:
    """Say whether the name itself asks for the 1M-token window."""
    return WIDE in model.lower()
