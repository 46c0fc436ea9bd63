import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from brimline.tokenizers import tokenizer_for

EXCERPT = Path(__file__).with_name("data") / "recorded.jsonl"
RECORDED = [json.loads(line) for line in EXCERPT.read_text(encoding="utf-8").splitlines()]
MODELS = ("claude-opus-4-5", "claude-opus-4-7", "claude-opus-5")
OF_GENERATION = dict(zip(("v3", "v4.7", "v5"), MODELS, strict=True))


def misses(model: str, recorded: dict[str, int], texts: dict[str, str]) -> Counter[int]:
    """Return how often each difference between our count and the recorded answer occurs."""
    tokenizer = tokenizer_for(model)
    return Counter(
        tokenizer.count(texts[name]) + tokenizer.frame_tokens - told for name, told in recorded.items()
    )


@pytest.mark.parametrize("model", MODELS)
def test_the_committed_excerpt_is_counted_as_recorded(model: str) -> None:
    texts = {each["id"]: each["text"] for each in RECORDED}
    recorded = {each["id"]: each["count_tokens"][model] for each in RECORDED}
    assert misses(model, recorded, texts) == {0: len(RECORDED)}


@pytest.mark.data
@pytest.mark.timeout(300)
@pytest.mark.parametrize("generation", OF_GENERATION)
@pytest.mark.parametrize("corpus", ["rosetta", "udhr"])
def test_all_recorded_answers_are_met(token_truth: Path, corpus: str, generation: str) -> None:
    with gzip.open(token_truth / f"{corpus}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    texts = {row.get("id") or row["f"]: row["text"] for row in rows}
    answers = json.loads((token_truth / f"{corpus}_counts.json").read_text(encoding="utf-8"))
    recorded = answers[generation]["counts"]
    assert misses(OF_GENERATION[generation], recorded, texts) == {0: len(texts)}


def test_one_vocabulary_tells_the_frame_of_opus_4_7() -> None:
    """Opus 4.7 and 5 share a vocabulary: what their answers differ by is what their frames differ by."""
    differences = Counter(
        each["count_tokens"]["claude-opus-4-7"] - each["count_tokens"]["claude-opus-5"] for each in RECORDED
    )
    frames = [tokenizer_for(model).frame_tokens for model in MODELS]
    assert frames == [7, 11, 6]
    assert differences.most_common(1)[0][0] == frames[1] - frames[2]
