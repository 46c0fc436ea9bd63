"""How a session's window grew: its segments between cuts, and the prompts that began its tasks."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from brimline.adapters.claude_code.branch import last_cut
from brimline.adapters.claude_code.records import read_record
from brimline.adapters.claude_code.session import Boundary, Cut, Session


class Segment(NamedTuple):
    """Consecutive requests (1-based, both taken in) with no cut between them, and the cut before them."""

    first: int
    last: int
    cut: Boundary | None


def segments(session: Session) -> Iterator[Segment]:
    """Yield the segments of *session* in order."""
    cuts = [last_cut(session, request.node, *Cut) for request in session.requests]
    for _, alike in groupby(enumerate(cuts, start=1), key=lambda numbered: id(numbered[1])):
        (first, cut), *others = alike
        yield Segment(first, first + len(others), cut)


class Prompt(NamedTuple):
    """A user's prompt: the first request that carried it (1-based), and where its line begins in the file."""

    turn: int
    offset: int


def prompts(session: Session) -> Iterator[Prompt]:
    """Yield the prompts of *session*, one for each request that answered any."""
    turn = 0
    asked: int | None = None
    for number, node in enumerate(session.nodes):
        while turn < len(session.requests) and session.requests[turn].node <= number:
            turn += 1
            if asked is not None:
                yield Prompt(turn, asked)
                asked = None
        if node.is_prompt and asked is None:
            asked = node.offset


def read_prompt(path: Path, offset: int) -> str:
    """Return the text of the prompt whose line begins at *offset*, or "" where it cannot be read any more."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            record = read_record(file.readline())
    except OSError:
        return ""
    content = record.message.content if record and record.message else None
    if isinstance(content, str):
        return content
    return next((block.text for block in content or [] if block.text), "")
