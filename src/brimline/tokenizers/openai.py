"""OpenAI's tokenizers, through toktok-rs: exact for text, and the arithmetic of chat messages around it."""

from typing import Final

import toktok  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]

from brimline.core.tokens import Provenance
from brimline.tokenizers.claude_text import without_surrogates

TOKENS_PER_MESSAGE: Final = 3
TOKENS_PER_ROLE: Final = 1
TOKENS_PER_REPLY: Final = 3
"""Around each message, for its role, and once for the reply that follows (OpenAI's cookbook on counting)."""


class OpenAITokenizer:
    """Counts text in one of OpenAI's encodings (`o200k_base`, `cl100k_base`)."""

    def __init__(self, encoding: str) -> None:
        self.name: Final = encoding
        self.provenance: Final = Provenance.EXACT
        self.frame_tokens: Final = TOKENS_PER_MESSAGE + TOKENS_PER_ROLE + TOKENS_PER_REPLY

    def count(self, text: str) -> int:
        """Return the tokens of *text*, in which special tokens count as the text they are."""
        return self.count_each([text])[0]

    def count_each(self, texts: list[str]) -> list[int]:
        """Return the tokens of each of *texts*; one call for many is faster than a call for each."""
        counts: list[int] = toktok.batch_count(map(without_surrogates, texts), self.name)
        return counts
