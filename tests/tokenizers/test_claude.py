import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.core.tokens import Provenance
from brimline.tokenizers.claude import GENERATIONS, V3, V4_7, V4_8, V5, ClaudeTokenizer

TOKENIZERS = {name: ClaudeTokenizer(generation) for name, generation in GENERATIONS.items()}
DIFFICULT: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).with_name("data") / "difficult.jsonl").read_bytes().splitlines()
]
LIKE_TEXT = st.text(st.sampled_from(" \n\t'!.,-_aAzZsé1²٣中→️\u0301\0\ud800")) | st.text()

MEGABYTE = 1_000_000
SINGLE = " \n\t\u3000aAé1.'\"=#中한😀\u0301\u05bf²٣\ufe0f\u200d\x00\x01\ud800\ue000"
SLOWED = 5 if sys.gettrace() else 1  # measuring coverage slows Python down
SECONDS_FOR_A_MEGABYTE = 1.0 * SLOWED

TENTH = MEGABYTE // 10
PATTERNS = (
    *("'a", "a' ", "'", "! ", "! \n", "ab", "aB", "!?", "- ", "1 ", "1.", "\n ", "\u0301\u0323", "\u0344"),
    *("中!", "😀 ", "² ", "²३", "'s ", "''a", "\t'", "\u0e4d\u0e32", "\u0301a", "\r\n", "1a", "xX1_ "),
)
SECONDS_FOR_A_TENTH = 1.0 * SLOWED


def counts(text: str) -> dict[str, int]:
    return {name: tokenizer.count(text) for name, tokenizer in TOKENIZERS.items()}


@pytest.mark.timing
@pytest.mark.parametrize("char", SINGLE, ids=ascii)
def test_a_megabyte_of_one_character_takes_less_than_a_second(char: str) -> None:
    for generation in (V3, V5):
        tokenizer = ClaudeTokenizer(generation)
        text = char * (MEGABYTE // len(char.encode("utf-8", "surrogatepass")))
        started = time.process_time()
        tokenizer.count(text)
        assert time.process_time() - started < SECONDS_FOR_A_MEGABYTE


@pytest.mark.timing
@pytest.mark.parametrize("pattern", PATTERNS, ids=ascii)
def test_no_pattern_makes_counting_quadratic(pattern: str) -> None:
    for generation in (V3, V5):
        tokenizer = ClaudeTokenizer(generation)
        started = time.process_time()
        tokenizer.count(pattern * (TENTH // len(pattern)))
        assert time.process_time() - started < SECONDS_FOR_A_TENTH


@pytest.mark.parametrize("char", "a.\n =é#", ids=ascii)
def test_a_huge_run_is_counted_as_if_it_were_tiled_whole(char: str) -> None:
    vocabulary = TOKENIZERS["claude-v3"]._prices.vocabulary
    run = char * 25_000
    assert vocabulary.tokens(run) == vocabulary._fewest_in_long(run)


@given(LIKE_TEXT)
def test_any_text_is_counted_and_no_count_is_negative(text: str) -> None:
    assert all(count >= 0 for count in counts(text).values())


@given(LIKE_TEXT)
def test_a_count_does_not_depend_on_what_was_counted_before(text: str) -> None:
    before = counts(text)
    for tokenizer in TOKENIZERS.values():
        tokenizer.forget()
    assert counts(text) == before


@given(LIKE_TEXT, LIKE_TEXT)
def test_a_paragraph_more_costs_no_more_than_both_alone(text: str, more: str) -> None:
    """The parts' ends touch no frame any more, which costs at most the two newlines and a mark each."""
    for tokenizer in TOKENIZERS.values():
        both = tokenizer.count(f"{text}a\n\na{more}")
        joint = 1 + tokenizer.generation.frame_has_mark
        assert both <= tokenizer.count(f"{text}a") + tokenizer.count(f"a{more}") + joint


@given(LIKE_TEXT)
def test_long_strings_are_tiled_as_short_ones_are(text: str) -> None:
    marked = "".join(char for char in text if char >= " " and not "\ud800" <= char <= "\udfff")
    vocabulary = TOKENIZERS["claude-v3"]._prices.vocabulary
    assert vocabulary._fewest_in_long(marked) == vocabulary._fewest_in_short(marked, 130)


@pytest.mark.parametrize("difficult", DIFFICULT, ids=lambda each: ascii(each["text"]))
def test_a_difficult_text_is_counted_as_ctok_does(difficult: dict[str, Any]) -> None:
    """The figures are ctok's, less the frame; `test_claude_as_ctok` asks it where it is installed."""
    told = counts(difficult["text"])
    assert {name: told[name] for name in difficult["counts"]} == difficult["counts"]


def test_threads_count_alike() -> None:
    tokenizer = ClaudeTokenizer(V3)
    texts = [f"thread {n} of many, ({n}) — “{n * n}”" for n in range(200)]
    with ThreadPoolExecutor(8) as pool:
        assert (
            list(pool.map(tokenizer.count, texts * 4))
            == [ClaudeTokenizer(V3).count(text) for text in texts] * 4
        )


def test_nothing_costs_nothing() -> None:
    assert set(counts("").values()) == {0}


def test_up_to_three_digits_are_one_token() -> None:
    assert [TOKENIZERS["claude-v5"].count("1" * length) for length in range(1, 8)] == [1, 1, 1, 2, 2, 2, 3]


def test_only_opus_5_drops_white_space_at_the_end() -> None:
    trailing = {name: count - counts("end")[name] for name, count in counts("end \t ").items()}
    assert trailing["claude-v5"] == 0
    assert min(trailing[name] for name in ("claude-v3", "claude-v4.7", "claude-v4.8")) > 0


def test_opus_5_keeps_what_only_looks_like_white_space() -> None:
    v5 = TOKENIZERS["claude-v5"]
    assert v5.count("end\n\xa0") > v5.count("end")


def test_trailing_newlines_join_those_of_the_frame() -> None:
    assert [TOKENIZERS["claude-v3"].count("a" + "\n" * n) for n in (0, 1, 28, 29)] == [1, 1, 1, 2]


def test_a_frame_that_opens_a_word_pays_for_a_digit_and_takes_in_a_space() -> None:
    v3, v5 = TOKENIZERS["claude-v3"], TOKENIZERS["claude-v4.8"]
    assert (v3.count("a"), v3.count(" a"), v3.count("7")) == (1, 1, 2)
    assert (v5.count("a"), v5.count(" a"), v5.count("7")) == (1, 2, 1)


def test_curly_quotes_are_straight_ones_for_the_third_generation_only() -> None:
    folded = {name: counts("“it’s”")[name] == counts('"it\'s"')[name] for name in TOKENIZERS}
    assert folded == {"claude-v3": True, "claude-v4.7": False, "claude-v4.8": False, "claude-v5": False}


def test_a_lone_surrogate_counts_as_the_replacement_character() -> None:
    assert counts("a\ud800b\udfff") == counts("a\ufffdb\ufffd")


def test_control_characters_vanish_and_nul_is_a_space() -> None:
    assert counts("to\x01ken\r\nof\x00text\x7f") == counts("token\nof text")


def test_composed_and_decomposed_text_cost_the_same() -> None:
    assert counts("Ame\u0301lie") == counts("Amélie")


def test_a_generation_says_what_it_may_claim() -> None:
    assert ClaudeTokenizer(V4_7).provenance is Provenance.EXACT
    assert ClaudeTokenizer(V4_8, Provenance.ESTIMATED).provenance is Provenance.ESTIMATED


def test_memory_for_texts_and_keys_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brimline.tokenizers.claude.KEPT_TEXTS", 10)
    monkeypatch.setattr("brimline.tokenizers.claude_keys.KEPT_KEYS", 10)
    tokenizer = ClaudeTokenizer(V3)
    for first, second in product("abcdefgh", repeat=2):
        tokenizer.count(f"{first}{second} ({second}{first}) -{second} " * 10)
    prices = tokenizer._prices
    assert max(len(tokenizer._texts), len(prices), len(prices._chunks)) <= 10
