"""The texts behind a session's entries."""

from pathlib import Path

import pytest
from tests.adapters.claude_code.building import Transcript, call, result, text

from brimline.adapters.claude_code.blocks import Form
from brimline.adapters.claude_code.texts import Piece, read_pieces
from brimline.core.errors import InputError


@pytest.fixture
def transcript(tmp_path: Path) -> Transcript:
    return Transcript(tmp_path / "session.jsonl")


def pieces(transcript: Transcript) -> list[Piece]:
    session = transcript.read()
    return [piece for _, some in read_pieces(session, range(len(session.nodes))) for piece in some]


def test_a_prompt_an_answer_and_a_result_are_told_with_their_tokens(transcript: Transcript) -> None:
    transcript.user("Look there.")
    transcript.answer(text("I look."))
    transcript.answer(call("t", "Bash", command="ls -l"))
    transcript.user([result("t", "a.py\nb.py")])

    prompt, answer, asked, given = pieces(transcript)

    assert (prompt.text, answer.text, asked.text, given.text) == (
        "Look there.",
        "I look.",
        "ls -l",
        "a.py\nb.py",
    )
    assert (given.form, given.call_id, given.tool, given.command) == (Form.RESULT, "t", "Bash", "ls -l")
    assert asked.form is None
    assert all(piece.tokens > 0 for piece in (prompt, answer, asked, given))


def test_the_tokens_of_all_pieces_are_those_of_the_session(transcript: Transcript) -> None:
    transcript.user([text("Look there."), text("And here.")])
    transcript.answer(call("t", "Read", file_path="a.py"), call("u", "Read", file_path="b.py"))
    transcript.user([result("t", "1\tone"), result("u", "1\ttwo")])
    transcript.attach("nested_memory", content={"path": "CLAUDE.md", "content": "Be brief."})
    session = transcript.read()

    counted = sum(entry.tokens for node in session.nodes for entry in node.entries)

    assert sum(piece.tokens for piece in pieces(transcript)) == counted


def test_an_edit_tells_what_it_replaces_and_nothing_else_does(transcript: Transcript) -> None:
    transcript.user("Change it.")
    transcript.answer(call("t", "Edit", file_path="a.py", old_string="x = 1", new_string="x = 2"))
    transcript.answer(call("u", "Other", old_string="x = 1"))

    assert [piece.old_text for piece in pieces(transcript)] == ["", "x = 1", ""]


def test_a_transcript_that_is_gone_is_named(transcript: Transcript) -> None:
    transcript.user("Look there.")
    session = transcript.read()
    transcript.path.unlink()

    with pytest.raises(InputError, match=r"cannot read .*session\.jsonl again: No such file"):
        list(read_pieces(session, range(1)))
