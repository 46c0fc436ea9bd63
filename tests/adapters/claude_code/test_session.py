"""A session's requests and cuts by number."""

import msgspec
import pytest

from brimline.adapters.claude_code.session import Boundary, Cut, Request, Session
from brimline.core.errors import InputError
from brimline.core.usage import Usage


def session(requests: int = 3) -> Session:
    asked = [Request(f"m{n}", "", "claude-opus-5", n, None, Usage()) for n in range(requests)]
    return Session("/s.jsonl", "claude-v5", requests=asked)


def test_the_last_request_is_meant_where_none_is_named() -> None:
    assert [session().turn(number) for number in (None, 1, 3)] == [3, 1, 3]


@pytest.mark.parametrize("number", [0, -1, 4])
def test_a_request_that_is_not_there_is_refused_with_the_range(number: int) -> None:
    with pytest.raises(InputError, match=f"requests 1 to 3, not {number}"):
        session().turn(number)


def test_a_session_without_requests_says_so() -> None:
    with pytest.raises(InputError, match=r"/s\.jsonl holds no request yet"):
        session(0).turn(None)


def test_cuts_are_found_by_line() -> None:
    cut = session()
    cut.boundaries = [Boundary(node, Cut.COMPACT) for node in (2, 5, 9)]

    assert [found.node for found in cut.cuts(2, 5)] == [2, 5]
    assert [found.node for found in cut.cuts(3, 4)] == []
    assert [found.node for found in cut.cuts(0, 99)] == [2, 5, 9]


def test_sessions_share_no_lists() -> None:
    one, other = Session("a", "m"), Session("b", "m")

    one.boundaries.append(Boundary(1, Cut.FRESH))

    assert other.boundaries == []


def test_a_session_is_the_same_after_it_was_kept() -> None:
    kept = msgspec.msgpack.encode(session())

    assert msgspec.msgpack.decode(kept, type=Session) == session()
