import pytest

from brimline.pricing import price

SPELLINGS = {
    "claude-opus-4-5": "claude-opus-4-5",
    "claude-opus-4-5-20251101": "claude-opus-4-5",
    "claude-opus-4-5@20251101": "claude-opus-4-5",
    "Claude-Opus-4-5": "claude-opus-4-5",
    " claude-opus-4-5 ": "claude-opus-4-5",
    "anthropic/claude-opus-4.5": "claude-opus-4-5",
    "openrouter/anthropic/claude-opus-4.5": "claude-opus-4-5",
    "anthropic.claude-opus-4-5-20251101-v1:0": "claude-opus-4-5",
    "us.anthropic.claude-opus-4-5-20251101-v1:0": "claude-opus-4-5",
    "global.anthropic.claude-opus-4-6-v1": "claude-opus-4-6",
    "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-opus-5-v1:0": "claude-opus-5",
    "bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0": "claude-haiku-4-5",
    "vertex_ai/claude-sonnet-4@20250514": "claude-sonnet-4-0",
    "claude-sonnet-4-20250514": "claude-sonnet-4-0",
    "claude-sonnet-4-5-20250929[1m]": "claude-sonnet-4-5",
    "claude-opus-5[1m]": "claude-opus-5",
    "claude-opus-5-latest": "claude-opus-5",
    "claude-opus-4-1@default": "claude-opus-4-1",
    "claude-3-5-sonnet-v2@20241022": "claude-3-5-sonnet",
    "anthropic.claude-v2:1": "claude-2",
    "anthropic/claude-fable-5.1": "claude-fable-5-1",
    "claude-opus-5-5-20260901-fast": "claude-opus-5-5-fast",
    "openai/gpt-5-2025-08-07": "gpt-5",
    "azure/gpt-5-mini": "gpt-5-mini",
    "gpt-5.6-sol-2026-09-01": "gpt-5.6-sol",
    "gpt-4o-2024-05-13": "gpt-4o-2024-05-13",
    "gpt-4o-2024-08-06": "gpt-4o",
    "gpt-4-0613": "gpt-4",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_model_is_found_under_the_names_clients_and_clouds_give_it(spelling: str) -> None:
    found = price(spelling)
    assert found is not None
    assert found.model == SPELLINGS[spelling]
