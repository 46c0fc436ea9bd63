"""A session that changes its model: each has its own tokenizer, its own prompt and so its own residual."""

from pathlib import Path

from tests.adapters.claude_code.building import OPUS, Transcript

OTHER = "claude-sonnet-4-5"


def test_each_model_has_its_own_residual_and_keeps_it(tmp_path: Path) -> None:
    transcript = Transcript(tmp_path / "switch.jsonl")
    for number, (model, held) in enumerate(
        [(OPUS, 30_000), (OPUS, 30_100), (OTHER, 22_000), (OTHER, 22_100), (OPUS, 30_300)]
    ):
        transcript.user(f"question {number}")
        transcript.answer(model=model, held=held, output=10)

    windows = [transcript.window(turn) for turn in range(1, 6)]

    assert [window.base_turn for window in windows] == [1, 1, 3, 3, 1]
    assert windows[2].error_tokens == 0
    assert windows[4].residual_tokens == windows[0].residual_tokens
    assert windows[4].error_tokens != 0


def test_a_compaction_fixes_the_residual_of_every_model_anew(tmp_path: Path) -> None:
    transcript = Transcript(tmp_path / "switch.jsonl")
    transcript.user("first")
    transcript.answer(model=OTHER, held=30_000, output=10)
    transcript.answer(held=40_000, output=10)
    transcript.compact()
    transcript.answer(held=21_000, output=10)
    transcript.answer(model=OTHER, held=17_000, output=10)

    assert [transcript.window(turn).base_turn for turn in (3, 4)] == [3, 4]
