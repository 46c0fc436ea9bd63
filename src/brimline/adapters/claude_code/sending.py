"""How requests were sent: when, under which cache settings, and what stood before their messages."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from brimline.adapters.claude_code.branch import live_nodes
from brimline.adapters.claude_code.session import NOBODY, Node, Session
from brimline.core.prompt_cache import Block
from brimline.core.resource import Kind

TOGGLED = "opus-4-5"
"""Clients of this model switched thinking off where a skill or command began, and on at a plain prompt."""


def sending_times(session: Session) -> Iterator[float]:
    """Yield when each request was sent (Unix seconds): at the last prompt or result before its answer."""
    before = 0
    for request in session.requests:
        asked = (node.at for node in session.nodes[before : request.node] if node.request == NOBODY)
        yield max((at for at in asked if at is not None), default=request.at or 0.0)
        before = request.node


def cache_settings(session: Session) -> Iterator[tuple[Block, ...]]:
    """Yield for each request the settings that its messages are cached under, as blocks of no tokens.

    Both are read off the transcript: thinking is off from a prompt, skill or compaction whose first answer
    shows none until one shows some; a client that was left and started again says that it answers nothing.
    """
    off, starts, before = False, 0, 0
    for request in session.requests:
        between = session.nodes[before : request.node]
        if _begins(between) or (before and session.cuts(before, request.node)):
            off = TOGGLED in request.model
        off = off and not request.thinks
        starts += sum(_is_start(session.path, node) for node in between)
        yield (
            Block(f"thinking {'off' if off else 'on'}", 0),
            Block(f"client started {starts} times before", 0),
        )
        before = request.node


def _begins(nodes: Iterable[Node]) -> bool:
    return any(
        node.is_prompt or any(entry.kind is Kind.SKILL_BODY for entry in node.entries) for node in nodes
    )


def _is_start(path: str, node: Node) -> bool:
    if node.request != NOBODY or node.entries or node.is_attachment:
        return False
    with Path(path).open("rb") as file:
        file.seek(node.offset)
        line = file.readline()
    return b'"<synthetic>"' in line and b"No response requested." in line


def system_tokens(session: Session) -> int:
    """Return what stands before the messages: what the first request read, which another session had written.

    Where it read nothing, it is the first window less what was counted in it. A session that went on from
    another one reads that one's messages too, but no later window can hold less than the system part.
    """
    first = session.requests[0].usage
    least = min(request.usage.window_tokens for request in session.requests)
    counted = sum(entry.tokens for node in live_nodes(session, 0) for entry in session.nodes[node].entries)
    return min(least, first.cache_read_tokens or max(0, first.window_tokens - counted))
