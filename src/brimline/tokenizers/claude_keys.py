"""The price of a key: a word, a run of digits, spaces, or symbols with the single spaces around them.

Source: the measured rules of ctok (data/LICENSE.ctok).
"""

import re
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from brimline.tokenizers.claude_classes import LITERAL, SPACES, class_of
from brimline.tokenizers.claude_vocabulary import BOW, CAPS, EOW, LONGEST_WORD_PIECE, SHIFT, Vocabulary

CONTRACTIONS: Final = frozenset({"s", "t", "d", "m", "ll", "re", "ve"})
SHORTEST_CAPS: Final = 4
KEPT_KEYS: Final = 100_000
LONGEST_KEPT_KEY: Final = 64

_RUNS = re.compile("p+|D+|V+|S[SV]*|[Nn][NnV]*")  # in classes; a selector goes with the symbol before it
_CHUNKS = re.compile(f"[{SPACES}{LITERAL}]++|[^{SPACES}{LITERAL}]++")
_SYMBOL_LETTERS: Final = ((0x16EE, 0x16F0), (0x2160, 0x2188), (0x24B6, 0x24E9), (0xA6E6, 0xA6EF))
_CAPITALS_OF_16: Final = {"\u1c89": "\u1c8a", "\ua7cb": "\u0264"}  # the model knows these Unicode 16 pairs
_SMALL_OF_16: Final = frozenset(_CAPITALS_OF_16.values())
_NO_CAPITAL: Final = "\u03f4"  # Unicode calls it one, the tokenizer does not


class Prices(dict[str, int]):
    """Tokens by key; a key not seen before is priced on the way, and at most `KEPT_KEYS` are kept."""

    def __init__(self, vocabulary: Vocabulary, *, marks_caps: bool) -> None:
        super().__init__()
        self.vocabulary: Final = vocabulary
        self.marks_caps: Final = marks_caps
        self._chunks: Final[dict[str, int]] = {}

    def __missing__(self, key: str) -> int:
        tokens = self.price(key)
        if len(key) <= LONGEST_KEPT_KEY:
            if len(self) >= KEPT_KEYS:
                self.forget()
            self[key] = tokens
        return tokens

    def price(self, key: str) -> int:
        """Return the tokens of *key*."""
        kind = class_of(key[0])
        if kind == "w":
            return self.word(key)
        if kind == "d":
            return 1  # up to three digits are one piece
        if kind == "m":
            return self.vocabulary.tokens(BOW + key + EOW, LONGEST_WORD_PIECE)
        if kind == "H" and key != LITERAL and key[0] != LITERAL:
            return self.vocabulary.char_tokens(key)
        if class_of(key[-1]) in "wm":
            return self.after_apostrophe(key)
        return self.symbols(key)

    def word(self, word: str) -> int:
        """Return the tokens of a *word* between its marks."""
        case, body = mark_case(word, marks_caps=self.marks_caps)
        return self.vocabulary.tokens(case + BOW + body + EOW, LONGEST_WORD_PIECE)

    def after_apostrophe(self, key: str) -> int:
        """Return the tokens of a lone apostrophe, the spaces before it and the word after it.

        The apostrophe takes the place of the mark before a contraction's ending; it has no mark itself.
        """
        before, _, word = key.partition("'")
        if word in CONTRACTIONS:
            return self.spaces(before) + self.vocabulary.tokens("'" + word + EOW)
        return self.spaces(before) + self.vocabulary.char_tokens("'") + self[word]

    def spaces(self, run: str) -> int:
        """Return the tokens of a *run* of spaces of which none is free."""
        return sum(self.same(char, sum(1 for _ in equal)) for char, equal in groupby(run))

    def same(self, char: str, length: int) -> int:
        """Return the tokens of *length* times the same space."""
        return self.vocabulary.run_tokens(" " if char == LITERAL else char, length)

    def symbols(self, key: str) -> int:
        """Return the tokens of runs of symbols and of the spaces around and between them."""
        chunks: list[str] = _CHUNKS.findall(key)
        tokens = 0
        for at, chunk in enumerate(chunks):
            if is_spaces(chunk):
                tokens += self.between(chunks[at - 1] if at else "", chunk, "".join(chunks[at + 1 : at + 2]))
            else:
                tokens += self.chunk(
                    chunk,
                    opens=at > 0 and chunks[at - 1][-1] in " \1",
                    closes=at + 1 < len(chunks) and closes_run(chunks[at + 1]),
                )
        return tokens

    def between(self, left: str, spaces: str, right: str) -> int:
        """Return the tokens of *spaces*; a single one is free if both its neighbours carry a mark.

        A neighbour that is not in the key (an empty string) is a word, which does.
        """
        if spaces == " " and (not left or marks_of(left).closes) and (not right or marks_of(right).opens):
            return 0
        return self.spaces(spaces)

    def chunk(self, chunk: str, *, opens: bool, closes: bool) -> int:
        """Return the tokens of symbols without a space in them."""
        marks = marks_of(chunk)
        marked = (BOW if opens and marks.opens else "") + chunk + (EOW if closes and marks.closes else "")
        if len(marked) > LONGEST_KEPT_KEY:
            return self.vocabulary.tokens(marked)
        tokens = self._chunks.get(marked)
        if tokens is None:
            tokens = self.vocabulary.tokens(marked)
            if len(self._chunks) >= KEPT_KEYS:
                self._chunks.clear()
            self._chunks[marked] = tokens
        return tokens

    def forget(self) -> None:
        """Drop all prices."""
        self.clear()
        self._chunks.clear()


def is_spaces(chunk: str) -> bool:
    """Return whether *chunk*, of one kind throughout, is spaces."""
    return chunk[0] in SPACES or chunk[0] == LITERAL


def closes_run(spaces: str) -> bool:
    """Return whether the symbols before *spaces* take the mark: one space follows, and not another."""
    return spaces[0] in " \1" and spaces[1:2] != " "


class Marks(NamedTuple):
    """Whether symbols take a mark where they border a space on their left and on their right."""

    opens: bool
    closes: bool


def marks_of(chunk: str) -> Marks:
    """Return which marks *chunk*, symbols without a space, takes at its ends."""
    if chunk.isascii():
        return Marks(opens=True, closes=True)
    return _marks_of_short(chunk) if len(chunk) <= LONGEST_KEPT_KEY else _marks_of_any(chunk)


def _marks_of_any(chunk: str) -> Marks:
    runs = [found[0] for found in _RUNS.finditer(classes_of(chunk))]
    return Marks(opens=run_marks(runs[0]).opens, closes=run_marks(runs[-1]).closes)


_marks_of_short = lru_cache(maxsize=10_000)(_marks_of_any)


def classes_of(chunk: str) -> str:
    """Return the class of each character of *chunk*."""
    return "".join(map(class_of, chunk))


def run_marks(run: str) -> Marks:
    """Return which marks a *run* (its classes) takes: numbers only where all are of one kind."""
    opens, closes = run[0] in "pSV", run[-1] in "pSV"
    uniform = run[0] in "NnD" and run == run[0] * len(run)
    return Marks(opens=opens or uniform, closes=closes or uniform)


def mark_case(word: str, *, marks_caps: bool) -> tuple[str, str]:
    """Return the case mark of *word* (one or none) and how its letters are spelled after it."""
    if word.isascii():
        return mark_ascii_case(word, marks_caps=marks_caps)
    if "ẞ" in word:
        return "", word
    if "İ" in word:
        return mark_dotted_case(word)
    capitals = [is_capital(char) for char in word]
    if marks_caps and len(word) >= SHORTEST_CAPS and is_caps(word, capitals):
        return CAPS, lower(word).replace(
            "\u03c2", "\u03c3"
        )  # also at the end, where Python keeps the final sigma
    if capitals[0] and not any(capitals[1:]):
        return SHIFT, lower(word)
    return "", word


def mark_ascii_case(word: str, *, marks_caps: bool) -> tuple[str, str]:
    """Return what `mark_case` does, for a *word* of ASCII letters."""
    if word.islower():
        return "", word
    if word[:1].isupper() and (len(word) == 1 or word[1:].islower()):
        return SHIFT, word.lower()
    if marks_caps and len(word) >= SHORTEST_CAPS and word.isupper():
        return CAPS, word.lower()
    return "", word


def mark_dotted_case(word: str) -> tuple[str, str]:
    """Return what `mark_case` does, for a *word* with İ: that letter counts as small, except at the head."""
    head, tail = word[0], word[1:]
    if head == "İ" or not is_capital(head) or any(is_capital(char) for char in tail if char != "İ"):
        return "", word
    return SHIFT, lower(head) + "".join(char if char == "İ" else lower(char) for char in tail)


def is_caps(word: str, capitals: list[bool]) -> bool:
    """Return whether all of *word* is capitals, or symbols that have no case."""
    return any(capitals) and all(
        capital or (is_symbol_letter(char) and not is_small(char))
        for char, capital in zip(word, capitals, strict=True)
    )


def is_symbol_letter(char: str) -> bool:
    """Return whether *char* is a number or symbol that is written as a letter."""
    return any(low <= ord(char) <= high for low, high in _SYMBOL_LETTERS)


def lower(word: str) -> str:
    """Return *word* in small letters, character by character."""
    return "".join(char if char == _NO_CAPITAL else _CAPITALS_OF_16.get(char, char.lower()) for char in word)


def is_capital(char: str) -> bool:
    """Return whether *char* is a capital: one that has a small form."""
    if char == _NO_CAPITAL:
        return False
    return char in _CAPITALS_OF_16 or (char.isupper() and char.lower() != char)


def is_small(char: str) -> bool:
    """Return whether *char* is a small letter."""
    return char in _SMALL_OF_16 or char.islower()
