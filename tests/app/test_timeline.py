"""How a session's growth is told: its start, its tasks, its clean-ups."""

from pathlib import Path

import pytest
from tests.adapters.claude_code.building import Transcript, text

from brimline.app.timeline import TimelineView
from brimline.app.wiring import timeline_view


def test_requests_before_the_first_prompt_are_a_step_of_their_own(tmp_path: Path) -> None:
    transcript = Transcript(tmp_path / "session.jsonl")
    transcript.answer(held=10_000)
    transcript.answer(text("More."), held=10_100)
    transcript.user("First task.")
    transcript.answer(held=10_200)

    timeline = timeline_view(claude_dir=str(tmp_path), session=str(transcript.path))

    steps = [(event.title, event.first_request, event.last_request) for event in timeline.events]
    assert steps == [
        ("Session start", 1, 1),
        ("Before any prompt", 2, 2),
        ("Task 1: First task.", 3, 3),
    ]


def test_a_session_without_a_prompt_has_a_timeline(tmp_path: Path) -> None:
    transcript = Transcript(tmp_path / "session.jsonl")
    transcript.answer(held=10_000)

    timeline = timeline_view(claude_dir=str(tmp_path), session=str(transcript.path))

    assert [event.title for event in timeline.events] == ["Session start"]


@pytest.mark.data
def test_a_compacted_session_shows_its_clean_ups_and_every_prompt(claude_folders: list[Path]) -> None:
    timeline = timeline_of(claude_folders, "0cf3db51")

    cleanups = [event for event in timeline.events if event.kind == "cleanup"]
    assert [event.title for event in cleanups] == ["compaction", "compaction"]
    assert all(event.tokens < 80_000 for event in cleanups)
    assert all(sum(change.tokens for change in event.changes) < -60_000 for event in cleanups)


@pytest.mark.data
@pytest.mark.parametrize("session", ["0cf3db51", "48f428f9", "6c0a282a", "0cd9edf7", "18c09453"])
def test_every_request_belongs_to_exactly_one_step(claude_folders: list[Path], session: str) -> None:
    timeline = timeline_of(claude_folders, session)

    told = [turn for event in timeline.events for turn in range(event.first_request, event.last_request + 1)]

    assert told == list(range(1, timeline.requests + 1))


@pytest.mark.data
def test_the_state_follows_the_line_of_the_session(claude_folders: list[Path]) -> None:
    timeline = timeline_of(claude_folders, "1c341e47")

    assert timeline.line < 170_000
    assert timeline.events[-1].health in {"critical", "emergency"}


def timeline_of(folders: list[Path], session: str) -> TimelineView:
    (file,) = [file for folder in folders for file in folder.glob(f"projects/*/{session}*.jsonl")]
    return timeline_view(claude_dir=str(file.parents[2]), session=str(file))
