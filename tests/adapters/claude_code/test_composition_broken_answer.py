"""An answer whose stream broke off: it is written down as finished, with the output its stream began with."""

from pathlib import Path

from tests.adapters.claude_code.building import OPUS, Transcript, text, tokens_of

from brimline.core.resource import Category
from brimline.tokenizers.meter import meter_for

SAID = "Words that break off. " * 40


def test_a_broken_answer_stays_with_what_it_said(tmp_path: Path) -> None:
    transcript = Transcript(tmp_path / "broken.jsonl", version="2.1.330")
    transcript.user("Hello.")
    transcript.answer(text(SAID), held=20_000, output=1)
    transcript.user("Go on.", isMeta=True)
    transcript.answer(held=20_300, output=4)

    tokens = tokens_of(transcript.window(2), Category.MESSAGES, "Assistant text")

    assert tokens == meter_for(OPUS).answer_text(SAID, first=True)
