"""Steps whose growth can be checked: one tool call, one text result, and nothing else in between."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from brimline.adapters.claude_code.composition import answer_tokens
from brimline.adapters.claude_code.session import Node, Request, Session
from brimline.core.resource import Kind


class Step(NamedTuple):
    """The growth of the window from one request to the next, in tokens: predicted, and as reported."""

    model: str
    predicted: int
    reported: int


def checkable_steps(session: Session, *, output_stays: bool) -> Iterator[Step]:
    """Yield every step of *session* that is fully visible, none picked.

    Two consecutive requests of one model, the first with one tool call and no thinking block, and
    between them one text result: no attachment, user text, image or boundary.
    """
    for before, after in pairwise(range(len(session.requests))):
        first, second = session.requests[before], session.requests[after]
        lines = session.nodes[first.node : second.node]
        if _is_bare(session, first, second) and (result := _only_result(lines, before)) is not None:
            entries = [entry for node in lines if node.request == before for entry in node.entries]
            predicted = answer_tokens(first, entries, output_stays=output_stays) + result
            yield Step(first.model, predicted, second.window_tokens - first.window_tokens)


def _is_bare(session: Session, first: Request, second: Request) -> bool:
    cut = session.cuts(first.node, second.node)
    return first.model == second.model and len(first.calls) == 1 and not first.thinks and not cut


def _only_result(lines: list[Node], request: int) -> int | None:
    """Return the tokens of the one text result among other *lines*, or None where there is more or less."""
    others = [node for node in lines if node.request != request and (node.entries or node.is_attachment)]
    if len(others) != 1 or len(others[0].answers) != 1 or len(others[0].entries) != 1:
        return None
    entry = others[0].entries[0]
    return None if entry.estimated or entry.kind not in {Kind.FILE, Kind.TOOL_RESULT} else entry.tokens
