"""Claude's tokenizer, offline: the counts that `count_tokens` answers, for the three generations known.

What is counted is the text of one user message, as the API counts it, less the message's frame. The ends of
the text touch that frame: in the third generation and in Opus 4.7 the frame ends in the mark of a word's
beginning, which stands in for one leading space and is a token of its own before a digit or an ideograph;
in all of them trailing newlines join the frame's own and are mostly free. Hence a text may cost a token more
or less than within a longer one.

Sources: ctok's reconstruction (data/LICENSE.ctok) and the recorded answers it was made from.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from brimline.core.tokens import Provenance
from brimline.tokenizers.claude_classes import ASCII, LITERAL, SPACES, Cut, any_text
from brimline.tokenizers.claude_keys import Prices
from brimline.tokenizers.claude_text import normalize
from brimline.tokenizers.claude_vocabulary import Vocabulary

ASCII_SPACE: Final = " \t\n\r\v\f"
KEPT_TEXTS: Final = 20_000
SHORTEST_KEPT_TEXT: Final = 32
LONG_TEXT: Final = 4_000_000


class Generation(NamedTuple):
    """What tells the generations of Claude's tokenizer apart."""

    name: str
    vocabulary: str
    frame_tokens: int
    """Tokens of a user message besides its text."""
    frame_has_mark: bool
    """Whether the mark of the text's first word is counted with the frame, not with the text."""
    opens_word: bool
    """Whether the frame ends in the mark of a word's beginning."""
    folds_quotes: bool
    """Whether curly quotes count as straight ones."""
    marks_caps: bool
    """Whether a word in capitals is spelled in small letters after a mark."""
    trims_end: bool
    """Whether ASCII white space at the end of the message is dropped."""


V3: Final = Generation(
    name="claude-v3",
    vocabulary="claude-v3",
    frame_tokens=7,
    frame_has_mark=False,
    opens_word=True,
    folds_quotes=True,
    marks_caps=True,
    trims_end=False,
)
"""Claude 3 to Opus and Sonnet 4.6, Haiku 4.5."""

V4_7: Final = V3._replace(
    name="claude-v4.7",
    vocabulary="claude-v4.7",
    frame_tokens=12,
    frame_has_mark=True,
    folds_quotes=False,
    marks_caps=False,
)
"""Opus 4.7, with the frame that is published for it (docs/decisions/0003-claude-vocabulary.md)."""

V4_8: Final = V4_7._replace(name="claude-v4.8", frame_tokens=6, frame_has_mark=False, opens_word=False)
"""Opus 4.8, Sonnet 5, Fable 5."""

V5: Final = V4_8._replace(name="claude-v5", trims_end=True)
"""Opus 5, and what came after it as long as nothing else is known."""

GENERATIONS: Final = {generation.name: generation for generation in (V3, V4_7, V4_8, V5)}


@cache
def vocabulary(name: str) -> Vocabulary:
    """Return the vocabulary *name*, read once."""
    return Vocabulary(name)


class ClaudeTokenizer:
    """Counts text for one generation of Claude models.

    *provenance* is what its counts may claim: `estimated` for a model whose generation is only presumed.
    """

    def __init__(self, generation: Generation, provenance: Provenance = Provenance.EXACT) -> None:
        self.name: Final = generation.name
        self.provenance: Final = provenance
        self.frame_tokens: Final = generation.frame_tokens
        self.generation: Final = generation
        self._prices: Final = Prices(vocabulary(generation.vocabulary), marks_caps=generation.marks_caps)
        self._texts: dict[tuple[int, int], int] = {}

    def count(self, text: str) -> int:
        """Return the tokens of *text* as the content of a message, without the message's frame.

        Takes time linear in the text, whatever it holds. A text counted before is looked up by its length
        and 64-bit hash, so that none is kept in memory.
        """
        if len(text) < SHORTEST_KEPT_TEXT:
            return self._count(text)
        seen = (len(text), hash(text))
        tokens = self._texts.get(seen)
        if tokens is None:
            tokens = self._count(text)
            if len(self._texts) >= KEPT_TEXTS:
                self._texts.clear()
            self._texts[seen] = tokens
        return tokens

    def forget(self) -> None:
        """Drop what was remembered of earlier texts, as a benchmark of the first sight needs."""
        self._texts.clear()
        self._prices.forget()

    def _count(self, text: str) -> int:
        if not text:
            return 0
        if self.generation.trims_end:
            text = text.rstrip(ASCII_SPACE)
        plain = normalize(text, folds_quotes=self.generation.folds_quotes)
        body = plain.rstrip("\n")
        tail = self._tail_tokens(len(plain) - len(body))
        if self.generation.opens_word:
            head, body = join_frame(body, begins_with_space=text.startswith(" "))
            tail += head - self.generation.frame_has_mark
        return tail + self._body_tokens(body)

    def _tail_tokens(self, newlines: int) -> int:
        """Return what *newlines* at the end cost: they join two of the frame, of which one token is paid."""
        return self._prices.same("\n", newlines + 2) - 1 if newlines else 0

    def _body_tokens(self, body: str) -> int:
        cut = ASCII if body.isascii() else any_text()
        return sum(map(self._prices.__getitem__, keys(cut.space.sub(LITERAL, literal_ends(body)), cut)))


def join_frame(body: str, *, begins_with_space: bool) -> tuple[int, str]:
    """Return what a frame that opens a word adds at the head, and the *body* as it continues the frame.

    A space that the text itself begins with is the frame's mark. Else the mark acts as such a space, except
    that it cannot join white space and then stands alone.
    """
    if begins_with_space and body[:1] == " " and body[1:2] != " ":
        body = body[1:]
    elif body[:1] == " ":
        return 0, body
    if not body or body[0] in SPACES:
        return 1, body
    return 0, "\0" + body


def literal_ends(body: str) -> str:
    """Return *body* with a single space at either end made literal: beyond it is no word to belong to."""
    if body[:1] == "\0":
        body = " " + body[1:]
    elif body[:1] == " " and body[1:2] not in tuple(SPACES):
        body = LITERAL + body[1:]
    if body[-1:] == " " and body[-2:-1] not in tuple(SPACES):
        body = body[:-1] + LITERAL
    return body


def keys(text: str, cut: Cut) -> Iterator[str]:
    """Return the keys of *text*, one by one where a list of all would be large."""
    if len(text) < LONG_TEXT:
        return iter(cut.key.findall(text))
    return (found[0] for found in cut.key.finditer(text))
