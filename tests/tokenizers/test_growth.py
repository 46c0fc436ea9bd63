import pytest

from brimline.tokenizers import tokenizer_for
from brimline.tokenizers.growth import TOOLS_PROMPT_TOKENS, image_tokens, is_summary, tool_tokens

NEW = "claude-opus-5"


@pytest.mark.parametrize(
    ("width", "height", "tokens"),
    [(256, 256, 100), (512, 512, 361), (1024, 1024, 1369), (1280, 720, 1196), (1920, 1080, 2691)],
)
def test_an_image_costs_a_token_for_each_begun_patch(width: int, height: int, tokens: int) -> None:
    assert image_tokens(width, height, NEW) == tokens


@pytest.mark.parametrize(
    "model", ["claude-v3", "claude-haiku-4-5", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"]
)
def test_older_models_shrink_an_image_to_1600_tokens(model: str) -> None:
    assert image_tokens(1920, 1080, model) == 1600
    assert image_tokens(3136, 100, model) == 56 * 2


@pytest.mark.parametrize("model", ["claude-v4.7", NEW, "claude-opus-5-5"])
def test_newer_models_take_a_larger_image(model: str) -> None:
    assert image_tokens(4000, 3000, model) == 3928


def test_an_image_without_extent_still_costs_a_token() -> None:
    assert image_tokens(0, 0, NEW) == 1


@pytest.mark.parametrize(("characters", "signature"), [(17, 256), (379, 740), (1_571, 2_304), (1_805, 2_616)])
def test_thinking_that_is_shown_in_full_is_no_summary(characters: int, signature: int) -> None:
    assert not is_summary("t" * characters, signature)


@pytest.mark.parametrize(("characters", "signature"), [(1_418, 2_900), (2_484, 3_740), (15_542, 41_012)])
def test_thinking_whose_signature_holds_more_is_a_summary(characters: int, signature: int) -> None:
    assert is_summary("t" * characters, signature)


def test_a_block_without_a_signature_is_no_summary() -> None:
    assert not is_summary("", 0)
    assert not is_summary("\ud800 broken", 0)


def test_tools_cost_their_definitions_and_a_prompt() -> None:
    tokenizer = tokenizer_for(NEW)
    tool = {"name": "get_weather", "input_schema": {"type": "object"}}
    assert tool_tokens([], tokenizer) == 0
    assert tool_tokens([tool, tool], tokenizer) - tool_tokens([tool], tokenizer) == (
        tool_tokens([tool], tokenizer) - TOOLS_PROMPT_TOKENS
    )
