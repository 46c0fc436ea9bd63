"""Our counts against ctok's, from whose vocabularies ours are compiled."""

import gzip
import json
import unicodedata
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brimline.tokenizers.claude import V3, V4_7, V4_8, ClaudeTokenizer
from brimline.tokenizers.claude_vocabulary import DATA
from tools import compile_vocabulary

ctok = pytest.importorskip("ctok", reason="compares with ctok, which needs Python 3.12 or newer")

VERSIONS = {"3.0": ClaudeTokenizer(V3), "4.7": ClaudeTokenizer(V4_7), "4.8": ClaudeTokenizer(V4_8)}
SPACES = (" ", "  ", "\t", "\n", " \n", "\u3000", "\xa0", "\r\n", "\0")
SYMBOLS = (
    "'",
    "''",
    '"',
    "-",
    "...",
    "(",
    "});",
    "</",
    "=>",
    "!=",
    "\uff1f",
    "\uff0c",
    *"。—→│",
    "⚖️",
    "👍🏽",
    "1️⃣",
)
WORDS = (
    *(
        "s",
        "ll",
        "don",
        "hello",
        "World",
        "HTTP",
        "iPhone",
        "THE",
        "Straße",
        "ΣΑΣ",
        "İstanbul",
        "ẞ",
        "Ⅳ",
        "ⓐ",
    ),
    *("日本", "こんにちは", "สวัสดี", "नमस्ते", "தமிழ்"),
)
NUMBERS = ("1", "22", "4444", "²", "½", "٣٤", "३", "①")
ODDITIES = ("e\u0301", "\u0301", "\ufe0f", "\u200d", "\ud800", "\x01", "\ue000")
PARTS = st.sampled_from([*SPACES, *SYMBOLS, *WORDS, *NUMBERS, *ODDITIES])
MIXED_NUMBERS = frozenset("²½३①")


def differences(text: str) -> dict[str, tuple[int, int]]:
    """Return ours and ctok's count of *text* as a message, where they differ."""
    both = {
        version: (tokenizer.count(text) + tokenizer.frame_tokens, ctok.token_count(text, version))
        for version, tokenizer in VERSIONS.items()
    }
    return {version: pair for version, pair in both.items() if pair[0] != pair[1]}


@settings(max_examples=500)
@given(st.lists(PARTS, min_size=1).filter(lambda parts: len(MIXED_NUMBERS.intersection(parts)) <= 1))
def test_text_of_difficult_parts_is_counted_as_ctok_does(parts: list[str]) -> None:
    assert not differences("".join(parts))


@settings(max_examples=500)
@given(st.text(st.characters(exclude_categories=["Cs", "Cn", "No", "Nd"]), min_size=1))
def test_text_of_any_script_is_counted_as_ctok_does(text: str) -> None:
    assert not differences(text)


@pytest.mark.data
@pytest.mark.timeout(300)
def test_recorded_texts_are_counted_as_ctok_does(token_truth: Path) -> None:
    with gzip.open(token_truth / "rosetta.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines][::7]
    assert not list(filter(None, map(differences, texts)))


@pytest.mark.data
@pytest.mark.timeout(300)
def test_what_sessions_hold_is_counted_as_ctok_does(claude_folders: list[Path]) -> None:
    sessions = sorted(path for folder in claude_folders for path in folder.glob("projects/*/*.jsonl"))
    lines = [path.read_text(encoding="utf-8").splitlines()[-1][:20_000] for path in sessions]
    assert not list(filter(None, map(differences, lines)))


def test_our_vocabulary_is_the_one_that_ctok_compiles_to(tmp_path: Path) -> None:
    compile_vocabulary.main(tmp_path)
    for name in compile_vocabulary.GENERATIONS:
        ours, fresh = (zlib.decompress((folder / f"{name}.zlib").read_bytes()) for folder in (DATA, tmp_path))
        assert ours == fresh
    if unicodedata.unidata_version == "15.0.0":  # ours were compiled with it; later ones assign more
        assert (DATA / "classes.txt").read_text() == (tmp_path / "classes.txt").read_text()
