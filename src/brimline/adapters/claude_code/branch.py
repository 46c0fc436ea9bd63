"""Which lines of a transcript stand in the window of a given request.

What stands there follows the order of the file, from the last compaction or fresh start on. The chain
of parents tells only what was left behind: it misses parallel results and most of what the client adds.
"""

from collections.abc import Iterator

from brimline.adapters.claude_code.session import NOBODY, Boundary, Cut, Session


def live_nodes(session: Session, request: int) -> list[int]:
    """Return the numbers of the lines in the window of *request* (0-based), oldest first."""
    first = session.requests[request].node
    cut = last_cut(session, first, Cut.COMPACT, Cut.FRESH)
    # A fresh start is itself the first line; a compaction's line only says where the window was cut.
    start = 0 if cut is None else cut.node + (cut.cut is Cut.COMPACT)
    chain = {*_ancestors(session, first)}
    kept = cut.preserved if cut else []
    return sorted({*kept, *_follow(session, chain, start, first)})


def last_cut(session: Session, node: int, *cuts: Cut) -> Boundary | None:
    """Return the last boundary of these sorts before line *node* (or at it), or None."""
    # Going back to before a fresh start leaves it behind.
    root = session.nodes[node].root
    before = (cut for cut in reversed(session.cuts(0, node)) if cut.cut in cuts)
    return next((cut for cut in before if cut.cut is not Cut.FRESH or cut.node == root), None)


def _ancestors(session: Session, node: int) -> Iterator[int]:
    above = session.nodes[node].parent
    while above != NOBODY:
        yield above
        # A parent stands before its child; a file that says otherwise must not send us round.
        above = min(session.nodes[above].parent, above - 1)


def _follow(session: Session, chain: set[int], start: int, end: int) -> Iterator[int]:
    """Yield the lines from *start* to *end* that were not left behind by going back in the conversation."""
    requests = {session.nodes[number].request for number in chain} - {NOBODY}
    calls = {call_id for number in requests for call_id in session.requests[number].calls}
    left: set[int] = set()
    for number in range(start, end):
        node = session.nodes[number]
        if number in chain or node.request in requests or calls.intersection(node.answers):
            yield number
        elif node.parent in left or node.request != NOBODY or node.answers or node.is_prompt:
            left.add(number)
        else:
            yield number
