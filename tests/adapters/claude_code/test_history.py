"""How a window grew: its segments between cuts, and the prompts that began its tasks."""

from pathlib import Path

import pytest
from tests.adapters.claude_code.building import Transcript, call, result, text

from brimline.adapters.claude_code.history import prompts, read_prompt, segments
from brimline.adapters.claude_code.session import Cut


@pytest.fixture
def transcript(tmp_path: Path) -> Transcript:
    return Transcript(tmp_path / "session.jsonl")


def prompted(transcript: Transcript) -> list[tuple[int, str]]:
    return [(each.turn, read_prompt(transcript.path, each.offset)) for each in prompts(transcript.read())]


def test_a_session_without_a_cut_is_one_segment(transcript: Transcript) -> None:
    transcript.user("Begin.")
    transcript.answer()
    transcript.user("Go on.")
    transcript.answer()

    assert list(segments(transcript.read())) == [(1, 2, None)]


def test_a_compaction_ends_a_segment_and_begins_the_next(transcript: Transcript) -> None:
    transcript.user("Begin.")
    transcript.answer()
    transcript.answer(text("More."))
    transcript.compact(preTokens=155_000)
    transcript.answer(text("After."))

    before, after = segments(transcript.read())

    assert before == (1, 2, None)
    assert after[:2] == (3, 3)
    assert after.cut is not None
    assert after.cut.cut is Cut.COMPACT


def test_an_empty_session_has_no_segments(transcript: Transcript) -> None:
    transcript.user("Begin.")

    assert list(segments(transcript.read())) == []


def test_a_prompt_belongs_to_the_first_request_that_carried_it(transcript: Transcript) -> None:
    transcript.user("First task.")
    transcript.answer(call("t"))
    transcript.user([result("t")])
    transcript.answer()
    transcript.user([text("Second task.")])
    transcript.answer()

    assert prompted(transcript) == [(1, "First task."), (3, "Second task.")]


def test_a_prompt_that_nothing_answered_begins_no_task(transcript: Transcript) -> None:
    transcript.user("First task.")
    transcript.answer()
    transcript.user("Never answered.")

    assert prompted(transcript) == [(1, "First task.")]


def test_a_prompt_of_a_file_that_is_gone_is_empty(transcript: Transcript) -> None:
    transcript.user("First task.")
    transcript.answer()
    (prompt,) = prompts(transcript.read())
    transcript.path.unlink()

    assert read_prompt(transcript.path, prompt.offset) == ""
