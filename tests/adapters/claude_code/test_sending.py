"""How requests were sent."""

from pathlib import Path

import pytest
from tests.adapters.claude_code.building import OPUS, Transcript, call, result, text, thinking

from brimline.adapters.claude_code.sending import cache_settings, sending_times, system_tokens

OPUS_45 = "claude-opus-4-5"


@pytest.fixture
def transcript(tmp_path: Path) -> Transcript:
    return Transcript(tmp_path / "session.jsonl")


def thinking_settings(transcript: Transcript) -> list[object]:
    return [thinks.key for thinks, _ in cache_settings(transcript.read())]


def test_a_request_was_sent_when_the_last_result_came_not_when_its_answer_did(
    transcript: Transcript,
) -> None:
    transcript.user("Begin.")  # line 1, one minute each
    transcript.answer(call("t"))  # line 2
    transcript.user([result("t")])  # line 3
    transcript.answer()  # line 4

    first, second = sending_times(transcript.read())

    assert second - first == 120


def test_only_one_model_switched_thinking_off_at_a_prompt(tmp_path: Path) -> None:
    for model, found in ((OPUS, ["thinking on"] * 2), (OPUS_45, ["thinking off", "thinking on"])):
        transcript = Transcript(tmp_path / f"{model}.jsonl", model=model)
        transcript.user("Begin.")
        transcript.answer(call("t"))
        transcript.user([result("t")])
        transcript.answer(thinking("Hm."))
        assert thinking_settings(transcript) == found


def test_a_client_that_was_started_again_is_told_apart(transcript: Transcript) -> None:
    transcript.user("Begin.")
    transcript.answer()
    message = {
        "id": "none",
        "role": "assistant",
        "model": "<synthetic>",
        "content": [text("No response requested.")],
    }
    transcript.add("assistant", {"message": message})
    transcript.user("Go on.")
    transcript.answer()

    starts = [start.key for _, start in cache_settings(transcript.read())]

    assert starts == ["client started 0 times before", "client started 1 times before"]


def test_what_the_first_request_read_is_the_system_part(transcript: Transcript) -> None:
    transcript.user("Begin.")
    transcript.answer(held=20_000)
    transcript.answer(held=30_000)

    assert system_tokens(transcript.read()) == 19_998


def test_no_later_window_holds_less_than_the_system_part(transcript: Transcript) -> None:
    transcript.user("Begin.")
    transcript.answer(held=80_000)
    transcript.compact()
    transcript.answer(held=15_000)

    assert system_tokens(transcript.read()) == 15_000
