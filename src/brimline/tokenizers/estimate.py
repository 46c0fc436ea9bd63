"""A last resort: tokens from characters, by what kind of text it is. Always estimated.

Source: characters per token measured on transcripts, READMEs and Wikipedia paragraphs, on which four
characters to a token are 23 to 49 % too few tokens for current Claude models.
"""

from enum import StrEnum
from math import ceil
from typing import Final

from brimline.core.tokens import Provenance

LOOKED_AT: Final = 4096
MARKDOWN_LINES: Final = 0.05
SYMBOLS_OF_CODE: Final = 0.12
WIDE_TEXT: Final = 0.2
"""Shares of lines, or of characters, from which on text is taken for that kind."""

FRAME_TOKENS: Final = 7


class Content(StrEnum):
    """What kind of text it is."""

    PROSE = "prose"
    MARKDOWN = "markdown"
    CODE = "code"
    JSON = "json"
    WIDE = "wide"


_KINDS: Final = (Content.PROSE, Content.MARKDOWN, Content.CODE, Content.JSON, Content.WIDE)

CHARS_PER_TOKEN: Final = {
    "claude": dict(zip(_KINDS, (2.58, 2.40, 2.07, 2.12, 1.0), strict=True)),
    "openai": dict(zip(_KINDS, (4.18, 3.82, 3.23, 3.43, 1.2), strict=True)),
}
"""Characters for each token by family and content. Where the family is unknown Claude's are taken: they
give the larger figure, and a window that seems too full is the lesser harm."""


class EstimatingTokenizer:
    """Estimates tokens for the *family* `claude` or `openai`, or for one unknown."""

    def __init__(self, family: str) -> None:
        self.name: Final = f"estimate-{family}"
        self.provenance: Final = Provenance.ESTIMATED
        self.frame_tokens: Final = FRAME_TOKENS
        self._chars_per_token: Final = CHARS_PER_TOKEN.get(family, CHARS_PER_TOKEN["claude"])

    def count(self, text: str) -> int:
        """Return about how many tokens *text* has, at least one for any text."""
        return ceil(len(text) / self._chars_per_token[content_of(text)])


def content_of(text: str) -> Content:
    """Return the kind of *text*, judged by its first 4096 characters.

    >>> str(content_of('{"a": [1, 2]}')), str(content_of("Two plain words, and more of them."))
    ('json', 'prose')
    """
    start = text[:LOOKED_AT]
    size = max(1, len(start))
    if sum(char > "\u2fff" for char in start) > WIDE_TEXT * size:
        return Content.WIDE
    if start.lstrip()[:1] in ("{", "[") and '"' in start:
        return Content.JSON
    lines = start.splitlines()
    marked = sum(line.startswith(("#", "- ", "* ", "```", "> ", "|")) for line in lines)
    if marked > MARKDOWN_LINES * len(lines):
        return Content.MARKDOWN
    symbols = sum(not (char.isalnum() or char.isspace() or char in ".,'") for char in start)
    return Content.CODE if symbols > SYMBOLS_OF_CODE * size else Content.PROSE
