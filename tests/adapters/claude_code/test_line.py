"""Where a session's client compacts, and how that is known."""

import pytest

from brimline.adapters.claude_code.client_settings import ClientSettings
from brimline.adapters.claude_code.line import find_line, line_of_version
from brimline.adapters.claude_code.session import Boundary, Cut, Request, Session
from brimline.core.usage import Usage
from brimline.core.window import LineSource

OPUS = "claude-opus-4-6"
SMALL, LARGE = 200_000, 1_000_000
SILENT = ClientSettings()


def session(version: str = "2.1.217", *cuts: Boundary) -> Session:
    """A session of one request, cut by *cuts* after it."""
    asked = Request("m", "r", OPUS, 0, None, Usage())
    return Session("/s.jsonl", "claude-v5", version=version, requests=[asked], boundaries=list(cuts))


def compacted(tokens: int | None, trigger: str = "auto", cut: Cut = Cut.COMPACT) -> Boundary:
    return Boundary(5, cut, trigger, tokens)


@pytest.mark.parametrize(
    ("version", "window", "tokens", "source"),
    [
        ("2.0.76", SMALL, 155_000, LineSource.CLIENT),
        ("2.1.20", SMALL, 155_000, LineSource.CLIENT),
        ("2.1.21", SMALL, 167_000, LineSource.CLIENT),
        ("2.1.217", SMALL, 167_000, LineSource.CLIENT),
        ("2.1.330-beta.1", SMALL, 167_000, LineSource.CLIENT),
        ("3.0.0", SMALL, 167_000, LineSource.CLIENT),
        ("2.1.217", LARGE, 967_000, LineSource.CLIENT),
        ("2.1.20", LARGE, 967_000, LineSource.CLIENT),
        ("2.1.217", 100_000, 83_500, LineSource.CLIENT),
        ("", SMALL, 168_000, LineSource.DEFAULT),
        ("newest", SMALL, 168_000, LineSource.DEFAULT),
        ("2.x.1", SMALL, 168_000, LineSource.DEFAULT),
        ("9" * 5_000, SMALL, 168_000, LineSource.DEFAULT),
        ("²", SMALL, 168_000, LineSource.DEFAULT),
    ],
)
def test_a_client_version_says_where_it_compacts(
    version: str, window: int, tokens: int, source: LineSource
) -> None:
    assert line_of_version(version, window) == (tokens, source)


def test_the_line_is_learned_where_the_session_compacted_by_itself() -> None:
    cuts = (compacted(168_200), compacted(167_081), compacted(90_000, "manual"))

    assert find_line(session("2.1.20", *cuts), SMALL, SILENT, {OPUS}) == (167_081, LineSource.LEARNED)


@pytest.mark.parametrize(
    "cut",
    [
        compacted(90_000, "manual"),
        compacted(None),
        compacted(998_659),
        compacted(60_000, cut=Cut.MICRO),
        compacted(50),
        compacted(79_999),
    ],
)
def test_other_cuts_teach_nothing(cut: Boundary) -> None:
    assert find_line(session("2.1.217", cut), SMALL, SILENT, {OPUS}) == (167_000, LineSource.CLIENT)


def test_a_compaction_of_another_models_window_teaches_nothing() -> None:
    cut = compacted(167_081)

    assert find_line(session("2.1.217", cut), SMALL, SILENT, {"claude-haiku-4-5"}).source is LineSource.CLIENT
    assert find_line(session("2.1.217", cut), LARGE, SILENT, {OPUS}) == (967_000, LineSource.CLIENT)


def test_a_session_without_requests_teaches_nothing() -> None:
    empty = Session("/s.jsonl", "claude-v5", version="2.1.217", boundaries=[compacted(167_081)])

    assert find_line(empty, SMALL, SILENT, {OPUS}).source is LineSource.CLIENT


@pytest.mark.parametrize(
    ("client", "line"),
    [
        (ClientSettings(compact_share=0.5), (100_000, LineSource.SETTINGS)),
        (ClientSettings(compact_share=0.99), (167_000, LineSource.CLIENT)),
        (ClientSettings(compact_window_tokens=150_000), (125_250, LineSource.SETTINGS)),
        (ClientSettings(compact_window_tokens=500_000), (167_000, LineSource.CLIENT)),
        (ClientSettings(compact_window_tokens=100_000, compact_share=0.5), (50_000, LineSource.SETTINGS)),
        (ClientSettings(compacts=False), (168_000, LineSource.SETTINGS)),
        (ClientSettings(compact_window_tokens=1, compact_share=0.01), (1, LineSource.SETTINGS)),
    ],
)
def test_settings_move_the_line_down_or_away(client: ClientSettings, line: tuple[int, LineSource]) -> None:
    assert find_line(session(), SMALL, client) == line


def test_what_was_seen_is_surer_than_what_is_set() -> None:
    assert find_line(
        session("2.1.217", compacted(150_000)), SMALL, ClientSettings(compact_share=0.5), {OPUS}
    ) == (
        150_000,
        LineSource.LEARNED,
    )
