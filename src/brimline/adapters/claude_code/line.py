"""Where this session's client compacts its window."""

from bisect import bisect_left
from collections.abc import Collection
from typing import NamedTuple

from brimline.adapters.claude_code.client_settings import ClientSettings
from brimline.adapters.claude_code.session import Cut, Session
from brimline.core.window import LineSource, default_line_tokens

OLD_LINE_SHARE = 155_000 / 200_000
"""Clients up to 2.1.20: 33 automatic compactions of 200K windows, all at about 155K."""

NEW_LINE_SHARE = 167_000 / 200_000
"""Later clients: 36 at about 167K (median 167,081)."""

LARGE_WINDOW_TOKENS = 1_000_000
LARGE_LINE_TOKENS = 967_000
"""Windows of a million compact 33,000 tokens before their end, as smaller ones do since 2.1.21."""

LEAST_LINE_SHARE = 0.4
"""No client was seen to compact a window that holds less by itself: such a figure is of another window."""

LAST_OLD_VERSION = (2, 1, 20)

LONGEST_NUMBER = 9
"""Digits of a number in a version; what is longer is no version."""


class Line(NamedTuple):
    """Where the client compacts, in tokens, and how that is known."""

    tokens: int
    source: LineSource


def find_line(
    session: Session, window_tokens: int, client: ClientSettings, models: Collection[str] = ()
) -> Line:
    """Return the line of *session*: where it compacted by itself, else what settings and version say.

    Only compactions of *models* teach it: those whose window is the one asked about.
    """
    learned = _learn(session, window_tokens, models)
    if learned is not None:
        return Line(learned, LineSource.LEARNED)
    if not client.compacts:
        return Line(default_line_tokens(window_tokens), LineSource.SETTINGS)
    reckoned = min(window_tokens, client.compact_window_tokens or window_tokens)
    line = line_of_version(session.version, reckoned)
    latest = round(reckoned * client.compact_share) if client.compact_share else line.tokens
    if reckoned < window_tokens or latest < line.tokens:
        return Line(max(1, min(line.tokens, latest)), LineSource.SETTINGS)
    return line


def _learn(session: Session, window_tokens: int, models: Collection[str]) -> int | None:
    """Return the least that the window held when it was compacted automatically; each overshoots the line."""
    held = [
        cut.before_tokens
        for cut in session.boundaries
        if cut.cut is Cut.COMPACT and cut.trigger == "auto" and cut.before_tokens
        if _model_before(session, cut.node) in models
    ]
    least = LEAST_LINE_SHARE * window_tokens
    return min((tokens for tokens in held if least <= tokens <= window_tokens), default=None)


def _model_before(session: Session, node: int) -> str:
    """Return the model whose window was cut at line *node*: of the request before it, else of the first."""
    number = bisect_left(session.requests, node, key=lambda request: request.node)
    return session.requests[max(0, number - 1)].model if session.requests else ""


def line_of_version(version: str, window_tokens: int) -> Line:
    """Return where a client of *version* (`2.1.45`; may be empty) compacts a window of that size."""
    numbers = _numbers(version)
    if not numbers:
        return Line(default_line_tokens(window_tokens), LineSource.DEFAULT)
    if window_tokens >= LARGE_WINDOW_TOKENS:
        return Line(window_tokens - (LARGE_WINDOW_TOKENS - LARGE_LINE_TOKENS), LineSource.CLIENT)
    share = OLD_LINE_SHARE if numbers <= LAST_OLD_VERSION else NEW_LINE_SHARE
    return Line(round(window_tokens * share), LineSource.CLIENT)


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.split("-", maxsplit=1)[0].split(".")
    return tuple(int(part) for part in parts) if all(map(_is_number, parts)) else ()


def _is_number(part: str) -> bool:
    return part.isdecimal() and len(part) <= LONGEST_NUMBER
