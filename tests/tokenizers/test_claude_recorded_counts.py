import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from brimline.tokenizers import tokenizer_for
from brimline.tokenizers.models import tokenizer_within

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


def answered(folder: Path, corpus: str, generation: str) -> tuple[dict[str, int], dict[str, str]]:
    """Return the recorded answers and the texts of a corpus, by name."""
    with gzip.open(folder / f"{corpus}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    answers = json.loads((folder / f"{corpus}_counts.json").read_text(encoding="utf-8"))
    return answers[generation]["counts"], {row.get("id") or row["f"]: row["text"] for row in rows}


@pytest.mark.data
@pytest.mark.parametrize("generation", OF_GENERATION)
def test_all_recorded_programs_are_counted_as_recorded(token_truth: Path, generation: str) -> None:
    recorded, texts = answered(token_truth, "rosetta", generation)
    assert misses(OF_GENERATION[generation], recorded, texts) == {0: 1741}


@pytest.mark.data
@pytest.mark.parametrize(("third", "generation"), list(enumerate(OF_GENERATION)))
def test_a_third_of_all_languages_each_is_counted_as_recorded(
    token_truth: Path, third: int, generation: str
) -> None:
    """`python -m bench counting` looks at all of them in every generation."""
    recorded, texts = answered(token_truth, "udhr", generation)
    chosen = dict(list(recorded.items())[third::3])
    assert misses(OF_GENERATION[generation], chosen, texts) == {0: 167}


def test_the_frames_are_the_published_ones() -> None:
    assert [tokenizer_for(model).frame_tokens for model in MODELS] == [7, 12, 6]


def test_within_a_conversation_opus_4_7_counts_as_its_vocabulary_does() -> None:
    """Opus 4.7 and 5 share a vocabulary; only the frame's mark stands between their counts of a text."""
    texts = [each["text"] for each in RECORDED]
    framed, within = tokenizer_for("claude-opus-4-7"), tokenizer_within("claude-opus-4-7")
    differences = Counter(within.count(text) - framed.count(text) for text in texts)
    assert differences.most_common(1)[0][0] == 1
