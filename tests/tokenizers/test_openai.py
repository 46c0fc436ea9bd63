import pytest

from brimline.tokenizers.openai import OpenAITokenizer


@pytest.mark.parametrize(("encoding", "tokens"), [("o200k_base", 2), ("cl100k_base", 2)])
def test_text_is_counted_in_its_encoding(encoding: str, tokens: int) -> None:
    assert OpenAITokenizer(encoding).count("hello world") == tokens


def test_special_tokens_in_text_are_text() -> None:
    assert OpenAITokenizer("o200k_base").count("<|endoftext|>") > 1


def test_a_message_costs_seven_tokens_besides_its_text() -> None:
    assert OpenAITokenizer("o200k_base").frame_tokens == 7


def test_a_lone_surrogate_is_counted() -> None:
    counted = OpenAITokenizer("o200k_base").count_each(["a\ud800", "a\ufffd", ""])
    assert counted[0] == counted[1]
    assert counted[2] == 0
