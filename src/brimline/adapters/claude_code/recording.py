"""A session as a recording: what stood in each window, with its text, and what each answer used of it."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from brimline.adapters.claude_code.blocks import Form
from brimline.adapters.claude_code.branch import live_nodes
from brimline.adapters.claude_code.composition import CLEARED_TOKENS
from brimline.adapters.claude_code.history import Segment, segments
from brimline.adapters.claude_code.sending import cache_settings, sending_times, system_tokens
from brimline.adapters.claude_code.session import Session
from brimline.adapters.claude_code.texts import Piece, read_pieces
from brimline.core.atoms import identifiers, quotes
from brimline.core.prompt_cache import Block
from brimline.core.recording import Emitted, Epoch, Recording, Shown, Turn


def record(session: Session, repository: str) -> Recording:
    """Return *session*, which has at least one request, as a recording of *repository*.

    Raises `InputError` where its transcript cannot be read any more.
    """
    tape = _Tape(
        session,
        dict(read_pieces(session, range(len(session.nodes)))),
        tuple(sending_times(session)),
        tuple(cache_settings(session)),
        system_tokens(session),
    )
    return Recording(
        session=session.session_id or Path(session.path).stem,
        path=session.path,
        repository=repository,
        system_tokens=tape.system_tokens,
        epochs=tuple(tape.epoch(segment) for segment in segments(session)),
    )


class _Tape(NamedTuple):
    """A session, its pieces by line, and how each request was sent."""

    session: Session
    pieces: Mapping[int, Sequence[Piece]]
    times: Sequence[float]
    settings: Sequence[tuple[Block, ...]]
    system_tokens: int

    def epoch(self, segment: Segment) -> Epoch:
        """Return the turns of *segment* and the blocks of its last window."""
        blocks = self._blocks(segment)
        counted = dict.fromkeys(range(segment.first, segment.last + 1), 0)
        for block in blocks:
            counted[block.turn] += block.tokens
        held = self.system_tokens
        turns: list[Turn] = []
        for number in range(segment.first, segment.last + 1):
            window = self.session.requests[number - 1].window_tokens or held
            turns.append(self._turn(number, window - held - counted[number]))
            held = window
        return Epoch(turns=tuple(turns), blocks=blocks)

    def _blocks(self, segment: Segment) -> tuple[Shown, ...]:
        firsts = [request.node for request in self.session.requests]
        cleared = set(segment.cut.cleared) if segment.cut else set[str]()
        return tuple(
            _shown(
                piece._replace(text="", tokens=CLEARED_TOKENS) if piece.call_id in cleared else piece,
                f"{line}.{place}{'c' if piece.call_id in cleared else ''}",
                max(segment.first, bisect_right(firsts, line) + 1),
            )
            for line in live_nodes(self.session, segment.last - 1)
            for place, piece in enumerate(self.pieces[line])
        )

    def _turn(self, number: int, unseen_tokens: int) -> Turn:
        request = self.session.requests[number - 1]
        return Turn(
            number=number,
            at=self.times[number - 1],
            model=request.model,
            usage=request.usage,
            unseen_tokens=unseen_tokens,
            settings=self.settings[number - 1],
            emitted=self._emitted(number - 1),
        )

    def _emitted(self, request: int) -> Emitted:
        """Return what the answer to *request* (0-based) wrote; its lines may stand among others' results."""
        first = self.session.requests[request].node
        following = self.session.requests[request + 1 : request + 2]
        last = following[0].node if following else len(self.session.nodes)
        lines = (line for line in range(first, last) if self.session.nodes[line].request == request)
        pieces = [piece for line in lines for piece in self.pieces[line]]
        return Emitted(
            frozenset(line for piece in pieces for line in quotes(piece.old_text)),
            frozenset(name for piece in pieces for name in identifiers(piece.text)),
        )


def _shown(piece: Piece, key: str, turn: int) -> Shown:
    result = piece.form is Form.RESULT
    return Shown(key, turn, piece.text, piece.tokens, result, piece.tool, piece.target, piece.command)
