"""Which steps can be checked: one call, one text result, and nothing else."""

from pathlib import Path

import pytest
from tests.adapters.claude_code.building import (
    OPUS,
    Transcript,
    call,
    image,
    result,
    text,
    thinking,
)

from brimline.adapters.claude_code.steps import Step, checkable_steps


@pytest.fixture
def transcript(tmp_path: Path) -> Transcript:
    return Transcript(tmp_path / "session.jsonl")


def steps(transcript: Transcript) -> list[Step]:
    return list(checkable_steps(transcript.read(), output_stays=True))


def test_a_call_and_its_result_make_a_step_predicted_from_what_was_written(transcript: Transcript) -> None:
    transcript.answer(text("I look."), call("t", "Grep", pattern="x"), held=20_000, output=60)
    transcript.user([result("t", "hello world")])
    transcript.answer(held=20_067)

    (step,) = steps(transcript)

    assert (step.model, step.reported) == (OPUS, 67)
    # The output, the three tokens of the result, and five around a single result.
    assert step.predicted == 60 + 3 + 5


def test_every_step_is_taken(transcript: Transcript) -> None:
    for number in range(5):
        transcript.answer(call(f"t{number}", command="ls"), held=20_000 + 60 * number, output=50)
        transcript.user([result(f"t{number}")])
        transcript.add("system", {"subtype": "turn_duration", "durationMs": 5})
    transcript.answer(held=20_300)

    assert [step.reported for step in steps(transcript)] == [60] * 5


CALL = call("t", "Grep", pattern="x")


@pytest.mark.parametrize(
    "blocks",
    [
        [thinking("hm"), CALL],
        [thinking(""), CALL],
        [{"type": "redacted_thinking", "data": "x"}, CALL],
        [CALL, call("u", command="pwd")],
        [text("no call at all")],
    ],
    ids=["thinking", "empty thinking", "redacted thinking", "two calls", "no call"],
)
def test_an_answer_that_thinks_or_does_not_call_once_is_left_out(
    transcript: Transcript, blocks: list[dict[str, object]]
) -> None:
    transcript.answer(*blocks, held=20_000, output=60)
    transcript.user([result("t")])
    transcript.answer(held=20_070)

    assert steps(transcript) == []


@pytest.mark.parametrize(
    "content",
    [
        [result("t"), text("and this")],
        [result("t"), result("u")],
        [result("t", [{"type": "text", "text": "see"}, image("????")])],
        [result("t", [{"type": "tool_reference", "tool_name": "mcp__gh__list"}])],
        [text("never mind")],
    ],
    ids=["user text", "two results", "image", "loaded tool", "no result"],
)
def test_anything_but_one_text_result_is_left_out(
    transcript: Transcript, content: list[dict[str, object]]
) -> None:
    transcript.answer(CALL, held=20_000, output=60)
    transcript.user(content)
    transcript.answer(held=20_070)

    assert steps(transcript) == []


def test_a_result_of_text_blocks_is_a_text_result(transcript: Transcript) -> None:
    transcript.answer(CALL, held=20_000, output=60)
    transcript.user([result("t", [{"type": "text", "text": "hello"}, {"type": "text", "text": " world"}])])
    transcript.answer(held=20_067)

    assert [step.predicted for step in steps(transcript)] == [68]


@pytest.mark.parametrize("attachment", ["task_reminder", "command_permissions", "of_the_future"])
def test_a_step_with_any_attachment_is_left_out(transcript: Transcript, attachment: str) -> None:
    transcript.answer(CALL, held=20_000, output=60)
    transcript.user([result("t")])
    transcript.attach(attachment, content=[])
    transcript.answer(held=20_070)

    assert steps(transcript) == []


def test_a_step_over_a_boundary_is_left_out(transcript: Transcript) -> None:
    for cut in ("compact_boundary", "microcompact_boundary"):
        transcript.answer(CALL, held=20_000, output=60)
        transcript.user([result("t")])
        transcript.add("system", {"subtype": cut, "microcompactMetadata": {"trigger": "auto"}})
    transcript.answer(held=20_070)

    assert steps(transcript) == []


def test_a_step_over_a_fresh_start_is_left_out(transcript: Transcript) -> None:
    transcript.answer(CALL, held=20_000, output=60)
    transcript.user([result("t")])
    transcript.answer(held=20_070, parent=None)

    assert steps(transcript) == []


def test_a_step_to_another_model_is_left_out(transcript: Transcript) -> None:
    transcript.answer(CALL, held=20_000, output=60)
    transcript.user([result("t")])
    transcript.answer(held=20_070, model="claude-sonnet-5")

    assert steps(transcript) == []


def test_an_edit_that_gained_a_parameter_is_predicted_by_its_blocks(transcript: Transcript) -> None:
    def edit(output: int) -> int:
        transcript.path.write_bytes(b"")
        change = {"file_path": "/a", "old_string": "a", "new_string": "b", "replace_all": False}
        transcript.answer(call("t", "Edit", **change), held=20_000, output=output)
        transcript.user([result("t")])
        transcript.answer(held=20_200)
        (step,) = steps(transcript)
        return step.predicted

    blocks = edit(1_000) - 1_000  # the predicted growth besides the output
    unchanged = edit(500)
    assert unchanged == 500 + blocks
    gained = {edit(output) for output in range(80, 140)}
    assert len(gained) < 60  # around the known gap the blocks are taken, whatever the output said
