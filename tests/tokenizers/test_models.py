import subprocess
import sys

import pytest

from brimline.core.tokens import Provenance
from brimline.tokenizers import tokenizer_for
from brimline.tokenizers.models import tokenizer_within

CLAUDE = {
    "claude-v3": (
        "claude-3-opus-20240229",
        "claude-3-7-sonnet-latest",
        "claude-sonnet-4-20250514",
        "claude-opus-4-5-20251101",
        "claude-opus-4-6[1m]",
        "claude-haiku-4-5@20251001",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "anthropic.claude-3-5-sonnet-20241022-v2:0",
        "vertex_ai/claude-sonnet-4@20250514",
    ),
    "claude-v4.7": ("claude-opus-4-7", "anthropic/claude-opus-4.7", "Claude-Opus-4-7[1m]"),
    "claude-v4.8": ("claude-opus-4-8", "claude-sonnet-5", "claude-fable-5[1m]", "claude-opus-4-10"),
    "claude-v5": ("claude-opus-5", "global.anthropic.claude-opus-5-20260701-v1:0"),
}
OPENAI = {
    "o200k_base": (
        "gpt-4o",
        "gpt-5.2-codex",
        "openai/gpt-4.1-mini",
        "o3-mini",
        "codex-mini-latest",
        "ft:gpt-4o:us",
    ),
    "cl100k_base": ("gpt-4-turbo", "gpt-3.5-turbo", "azure/gpt-4", "text-embedding-3-small"),
}
KNOWN = [(model, name) for name, models in (CLAUDE | OPENAI).items() for model in models]


@pytest.mark.parametrize(("model", "name"), KNOWN)
def test_a_known_model_is_counted_exactly(model: str, name: str) -> None:
    tokenizer = tokenizer_for(model)
    assert (tokenizer.name, tokenizer.provenance) == (name, Provenance.EXACT)


@pytest.mark.parametrize(
    "model", ["claude-opus-5-5", "claude-sonnet-5-5", "claude-fable-5-2", "claude", "sonnet"]
)
def test_a_claude_model_not_yet_measured_is_counted_as_the_newest_and_says_estimated(model: str) -> None:
    tokenizer = tokenizer_for(model)
    assert (tokenizer.name, tokenizer.provenance) == ("claude-v5", Provenance.ESTIMATED)


@pytest.mark.parametrize("model", ["gemini-3-pro", "<synthetic>", "", "claude-2.1", "claude-instant-1.2"])
def test_a_model_of_another_tokenizer_is_estimated(model: str) -> None:
    tokenizer = tokenizer_for(model)
    assert tokenizer.provenance is Provenance.ESTIMATED
    assert tokenizer.count("some words") > 0


def test_one_tokenizer_serves_all_models_of_a_generation() -> None:
    assert tokenizer_for("claude-opus-4-5") is tokenizer_for("claude-sonnet-4-6")


def test_without_toktok_openai_models_are_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import sys; sys.modules['toktok'] = None\n"
        "from brimline.tokenizers import tokenizer_for\n"
        "print(tokenizer_for('gpt-4o').name, tokenizer_for('gpt-4o').provenance)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["estimate-openai", "estimated"]


def test_counting_for_claude_loads_one_vocabulary_and_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from brimline.tokenizers import tokenizer_for\n"
        "tokenizer_for('claude-opus-5').count('hello')\n"
        "from brimline.tokenizers.claude import vocabulary\n"
        "heavy = {'toktok', 'unicodedata', 'regex', 'json', 'msgspec', 'ctok'} & set(sys.modules)\n"
        "print(vocabulary.cache_info().currsize, sorted(heavy))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "1 []"


def test_within_a_conversation_opus_5_keeps_white_space_at_the_end() -> None:
    text = "result \n \t"
    assert tokenizer_within("claude-opus-5").count(text) > tokenizer_for("claude-opus-5").count(text)
    assert tokenizer_within("claude-opus-5-5").provenance is Provenance.ESTIMATED
    assert tokenizer_within("claude-opus-4-5") is tokenizer_for("claude-opus-4-5")
