"""A session as a recording: nothing of a window is missing, and nothing stands in it twice."""

from contextlib import closing
from pathlib import Path

import pytest
from tests.adapters.claude_code.building import Transcript, call, result, text

from brimline.adapters.claude_code.recording import record
from brimline.app.sessions import load_session
from brimline.core.edited_window import EditedWindow
from brimline.core.recording import Recording
from brimline.stores.sessions_index import memory_index


@pytest.fixture
def transcript(tmp_path: Path) -> Transcript:
    return Transcript(tmp_path / "session.jsonl")


def recorded(transcript: Transcript) -> Recording:
    return record(transcript.read(), "repository")


def test_a_block_stands_in_the_window_from_the_first_request_that_carried_it(transcript: Transcript) -> None:
    transcript.user("Begin.")
    transcript.answer(call("t", "Bash", command="ls"))
    transcript.user([result("t", "a.py")])
    transcript.answer()

    (epoch,) = recorded(transcript).epochs

    about = [(block.turn, block.text, block.result) for block in epoch.blocks]
    assert about == [(1, "Begin.", False), (2, "ls", False), (2, "a.py", True)]
    assert epoch.blocks[2].command == "ls"


def test_an_answer_emits_what_it_quotes_of_an_edit_and_names(transcript: Transcript) -> None:
    transcript.user("Begin.")
    old = "value = parse_args(arguments)"
    transcript.answer(
        text("See src/main.py."), call("t", "Edit", file_path="a.py", old_string=old, new_string="pass")
    )

    (turn,) = recorded(transcript).turns

    assert turn.emitted.quotes == {old}
    assert {"src/main.py", "parse_args"} <= turn.emitted.identifiers


def test_a_compaction_begins_an_epoch_without_what_stood_before(transcript: Transcript) -> None:
    transcript.user("Begin.")
    transcript.answer()
    transcript.compact()
    transcript.answer()

    before, after = recorded(transcript).epochs

    assert [block.text for block in before.blocks] == ["Begin."]
    assert [block.text for block in after.blocks] == ["What was done so far."]
    assert after.blocks[0].turn == 2


@pytest.mark.data
def test_a_recording_left_alone_holds_the_recorded_windows(claude_folders: list[Path]) -> None:
    """What is counted and what no transcript shows add up: else every saving would be of the wrong whole."""
    off = windows = 0
    with closing(memory_index()) as store:
        for file in (file for folder in claude_folders for file in folder.glob("projects/*/*.jsonl")):
            recording = record(load_session(file, store).session, "repository")
            for epoch in recording.epochs:
                window = EditedWindow(epoch)
                for turn in epoch.turns:
                    held = sum(block.tokens for block in window.body(turn.number))
                    windows += turn.usage.window_tokens
                    off += abs(recording.system_tokens + held - turn.usage.window_tokens)
    assert off <= 0.005 * windows
