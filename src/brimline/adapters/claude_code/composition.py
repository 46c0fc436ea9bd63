"""What fills the window at a request: a Session's lines as Resources, reconciled to what was reported.

accounted + residual = reported holds at a model's first request and after each cut; in between the residual
(system prompt, tool schemas, what the transcript does not hold) stays as it was, so that the
difference is a real error.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from brimline.adapters.claude_code.blocks import THINKING
from brimline.adapters.claude_code.branch import last_cut, live_nodes
from brimline.adapters.claude_code.session import NOBODY, Cut, Entry, Fixed, Node, Request, Session
from brimline.core.resource import Category, Kind, Resource
from brimline.core.tokens import Provenance

RESIDUAL_NAME = "System prompt, tools and what the transcript does not hold"
CLEARED_TOKENS = 7
"""What stays of a tool result that the client cleared: a line saying so."""


UNLISTED = {
    Category.MCPS: Kind.MCP_SERVER,
    Category.SKILLS: Kind.SKILL_LISTING,
    Category.AGENTS: Kind.AGENT,
}
"""What a thing is that was used without being listed: older clients do not write their listings down."""


class Placed(NamedTuple):
    """An entry in the window: its line, and the request that first carried it (0-based)."""

    node: int
    turn: int
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """The window of one request (1-based `turn`), all figures in tokens.

    `base_turn` is the model's first request after the last cut, where the residual was fixed.
    """

    turn: int
    base_turn: int
    request: Request
    resources: tuple[Resource, ...]
    accounted_tokens: int
    residual_tokens: int

    @property
    def reported_tokens(self) -> int:
        """What the API said the request held."""
        return self.request.window_tokens

    @property
    def error_tokens(self) -> int:
        """How far accounted + residual lies above (> 0) or below (< 0) what was reported."""
        return self.accounted_tokens + self.residual_tokens - self.reported_tokens

    @property
    def error_share(self) -> float:
        """The error's size as a share of what was reported, 0..1."""
        return abs(self.error_tokens) / self.reported_tokens if self.reported_tokens else 0.0


def compose(session: Session, turn: int, *, output_stays: bool) -> Composition:
    """Return the window of request *turn* (1-based) of *session*.

    *output_stays* says that a finished request's reported output is what stays of it.
    """
    number = turn - 1
    request = session.requests[number]
    placed = list(_place(session, number, output_stays=output_stays))
    base = _base_request(session, number)
    # The request that the residual was fixed at may stand on a branch that was left since.
    placed_at_base = placed if base == number else _place(session, base, output_stays=output_stays)
    accounted, accounted_at_base = _sum(placed), _sum(placed_at_base)
    # Where we counted more than was reported nothing is left to be the system's: that is our error.
    residual = max(0, session.requests[base].window_tokens - accounted_at_base)
    rest = Resource(
        Kind.RESIDUAL, RESIDUAL_NAME, residual, Provenance.REPORTED, turn=base + 1, essential=True
    )
    told = (rest,) if session.requests[base].window_tokens else ()
    return Composition(
        turn=turn,
        base_turn=base + 1,
        request=request,
        resources=(*told, *_resources(session, placed, request)),
        accounted_tokens=accounted,
        residual_tokens=residual,
    )


def _sum(placed: Iterable[Placed]) -> int:
    return sum(item.entry.tokens for item in placed)


def _place(session: Session, number: int, *, output_stays: bool) -> Iterator[Placed]:
    """Yield the entries in the window of request *number*, in order."""
    end = session.requests[number].node
    fixed = _fixed_at(session, end)
    if fixed:
        yield from (Placed(fixed.node, 0, entry) for entry in fixed.entries)
    live = live_nodes(session, number)
    cleared = _cleared(session, live, end)
    firsts = [request.node for request in session.requests]
    for line in live:
        turn = bisect_right(firsts, line)
        for entry in _left_of(session, session.nodes[line], cleared, output_stays=output_stays):
            yield Placed(line, turn, entry)
    if output_stays:
        yield from _untold(session, live)


def _left_of(session: Session, node: Node, cleared: set[str], *, output_stays: bool) -> Iterator[Entry]:
    """Yield what of *node* is in the window: a finished answer's thinking is left to `_untold`."""
    untold = output_stays and node.request != NOBODY and session.requests[node.request].final
    for entry in node.entries:
        if _is_cleared(entry, cleared):
            yield _clear(entry)
        elif not (untold and entry.kind is Kind.THINKING):
            yield entry


def _fixed_at(session: Session, node: int) -> Fixed | None:
    """Return the record of the fixed part that holds at line *node*: the last before it, or the first after.

    A client's first record is without the tools, which its next one tells.
    """
    whole = [fixed for fixed in session.fixed if fixed.has_tools] or session.fixed
    return next((fixed for fixed in reversed(whole) if fixed.node < node), whole[0] if whole else None)


def _cleared(session: Session, live: Sequence[int], end: int) -> set[str]:
    start = live[0] if live else end
    return {call_id for cut in session.cuts(start + 1, end - 1) for call_id in cut.cleared}


def _is_cleared(entry: Entry, cleared: set[str]) -> bool:
    return entry.call_id in cleared and entry.kind in {Kind.FILE, Kind.TOOL_RESULT}


def _clear(entry: Entry) -> Entry:
    return Entry(entry.kind, entry.name, min(entry.tokens, CLEARED_TOKENS), entry.estimated, entry.call_id)


def _untold(session: Session, live: Sequence[int]) -> Iterator[Placed]:
    """Yield what finished answers hold in the window besides their visible blocks: mostly thinking."""
    visible: dict[int, list[Entry]] = {}
    for line in live:
        node = session.nodes[line]
        if node.request != NOBODY:
            seen = (entry for entry in node.entries if entry.kind is not Kind.THINKING)
            visible.setdefault(node.request, []).extend(seen)
    for number, entries in visible.items():
        request = session.requests[number]
        tokens = _written(request, sum(entry.tokens for entry in entries)) if request.final else 0
        if tokens:
            kind, name = _shown_as(request, entries, tokens)
            yield Placed(request.node, number + 1, Entry(kind, name, tokens))


def _shown_as(request: Request, visible: Sequence[Entry], tokens: int) -> tuple[Kind, str]:
    """Return what the untold part of an answer is: thinking, else a part of its first call or text.

    What was counted too much is taken off the largest, where it leaves something.
    """
    if tokens < 0 and visible:
        largest = max(visible, key=lambda entry: entry.tokens)
        return largest.kind, largest.name
    calls = [entry for entry in visible if entry.kind is Kind.TOOL_CALL]
    first = next(iter(calls or visible), None)
    return (Kind.THINKING, THINKING) if request.thinks or first is None else (first.kind, first.name)


def answer_tokens(request: Request, entries: Sequence[Entry], *, output_stays: bool) -> int:
    """Return what an answer made of *entries* adds to the window, seen and unseen."""
    if not (output_stays and request.final):
        return sum(entry.tokens for entry in entries)
    visible = sum(entry.tokens for entry in entries if entry.kind is not Kind.THINKING)
    return visible + _written(request, visible)


def _written(request: Request, visible_tokens: int) -> int:
    """Return the tokens of an answer's output that are in the window besides its *visible_tokens*."""
    if 2 * request.usage.output_tokens < visible_tokens:
        # Broken off: clients write it down as finished, with the output that its stream began with.
        return 0
    untold = request.usage.output_tokens - visible_tokens
    if request.thinks or len(request.calls) != 1:
        return untold - request.stripped
    # Without thinking there is nothing unseen: a known rewrite that explains the difference better than
    # nothing does says that the blocks are what was sent back.
    rewritten = min([0, *request.rewrites], key=lambda tokens: abs(untold - tokens))
    return 0 if rewritten else untold


def _base_request(session: Session, number: int) -> int:
    """Return the first request from the last cut up to *number* that reported its window, else *number*.

    It is one of the same model: another one has another tokenizer, and the client tells it other things.
    """
    cut = last_cut(session, session.requests[number].node, *Cut)
    start = bisect_left(session.requests, cut.node if cut else 0, key=lambda request: request.node)
    model = session.requests[number].model
    alike = (i for i in range(start, number + 1) if session.requests[i].model == model)
    return next((i for i in alike if session.requests[i].window_tokens), number)


def _resources(session: Session, placed: Sequence[Placed], request: Request) -> Iterator[Resource]:
    """Yield *placed* as resources; what was used of an item is noted on its first resource."""
    uses = _uses_before(session, request.node)
    for node, turn, entry in placed:
        use = uses.pop((entry.kind.category, entry.name), None) or _own_use(session, node, entry)
        yield Resource(
            entry.kind,
            entry.name,
            entry.tokens,
            Provenance.ESTIMATED if entry.estimated or session.estimated else Provenance.EXACT,
            turn=turn + 1,
            uses=use.uses,
            last_used=use.last_used,
            locator=node,
        )
    for (category, name), use in uses.items():
        # What was used must be there; without a line of its own its tokens are somewhere in the residual.
        kind = UNLISTED[category]
        yield Resource(kind, name, 0, Provenance.ESTIMATED, turn=1, uses=use.uses, last_used=use.last_used)


class _Uses(NamedTuple):
    uses: int
    last_used: float | None


def _own_use(session: Session, node: int, entry: Entry) -> _Uses:
    """Return what a thing that is used by being there has: a file read once, a tool called once."""
    if entry.kind.category is Category.CONTEXT:
        return _Uses(1, session.nodes[node].at)
    return _Uses(0, None)


def _uses_before(session: Session, node: int) -> dict[tuple[Category, str], _Uses]:
    uses: dict[tuple[Category, str], _Uses] = {}
    for used in session.uses:
        if used.node < node:
            key = (used.category, used.name)
            uses[key] = _Uses(uses.get(key, _Uses(0, None)).uses + 1, used.at)
    return uses
