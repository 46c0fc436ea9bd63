"""What a request holds besides the text of its messages: images, and the definitions of tools.

How the blocks of a conversation add up from one request to the next is in `meter`.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from brimline.core.ports import Tokenizer
from brimline.tokenizers.models import claude_generation

PATCH_PIXELS: Final = 28
"""An image costs one token for each begun square of 28 pixels.

Derived from a table of measured image costs (JOHNISKING/image-token-cost): it fits 256, 512, 768 and 1024
pixels square and 1280 by 720 exactly for two models.
"""

TOOLS_PROMPT_TOKENS: Final = 264
"""What a request with tools costs besides their definitions: Anthropic's documentation of Claude 3, which
names 159 (Sonnet) to 530 (Opus), of which this is the middle one (Haiku). Later models were not measured."""


class ImageLimit(NamedTuple):
    """Beyond what an image is made smaller before it is counted."""

    edge_pixels: int
    tokens: int


OLD_LIMIT: Final = ImageLimit(1568, 1600)
"""Up to Claude 4.6: the edge as Anthropic documents it; at most 1,560 to 1,596 tokens were measured."""

NEW_LIMIT: Final = ImageLimit(2576, 3928)
"""From Opus 4.7 on: the edge as Anthropic documents it; 3,928 tokens were measured for 12 megapixels."""


def image_tokens(width: int, height: int, model: str) -> int:
    """Return the tokens of an image of *width* by *height* pixels; at least one.

    *model* is a model id or the name of a tokenizer generation.

    >>> image_tokens(1280, 720, "claude-opus-5"), image_tokens(4000, 3000, "claude-opus-4-5-20251101")
    (1196, 1600)
    """
    is_old = "claude-v3" in (model, claude_generation(model.lower()))
    limit = OLD_LIMIT if is_old else NEW_LIMIT
    edge = max(width, height, 1)
    kept = min(edge, limit.edge_pixels)
    return min(limit.tokens, _patches(width, kept, edge) * _patches(height, kept, edge))


def _patches(pixels: int, kept: int, edge: int) -> int:
    """Return how many patches cover *pixels* after the image's long *edge* became *kept*."""
    return max(1, -(-pixels * kept // (edge * PATCH_PIXELS)))


def tool_tokens(definitions: Iterable[Mapping[str, object]], tokenizer: Tokenizer) -> int:
    """Return about how many tokens the tools with these *definitions* (name, description, schema) take.

    Always an estimate: how the provider writes them down is not known. Nothing for no tools.
    """
    written = [json.dumps(definition, ensure_ascii=False) for definition in definitions]
    return sum(map(tokenizer.count, written)) + TOOLS_PROMPT_TOKENS * bool(written)


SIGNATURE_BYTES = 174
"""What a thinking block's signature holds besides the thinking itself (168 to 177 on 470 recorded blocks)."""

SUMMARY_BYTES = 60
"""How much more than its text a signature must hold for the text to be a summary; 10 to 60 are rare."""

SIGNED_TOKENS_PER_BYTE = 0.28
"""Of summarised thinking: median of 65 recorded blocks, 0.25 to 0.32 from the first to the last tenth."""


def signed_bytes(signature_length: int) -> int:
    """Return the bytes of thinking that a signature of so many base64 characters holds, 0 or more."""
    return max(0, signature_length * 3 // 4 - SIGNATURE_BYTES)


def is_summary(text: str, signature_length: int) -> bool:
    """Tell whether a thinking block's *text* is shorter than what its signature holds.

    Claude 4 models give short thinking in full and long thinking as a summary; the window holds all of it.
    """
    shown = len(text.encode("utf-8", "replace"))
    return signed_bytes(signature_length) - shown > SUMMARY_BYTES


def signed_thinking_tokens(signature_length: int) -> int:
    """Return the tokens that the thinking in a signature is estimated at, without a frame."""
    return round(SIGNED_TOKENS_PER_BYTE * signed_bytes(signature_length))
