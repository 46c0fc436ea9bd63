"""The pieces of a Claude vocabulary, and the fewest of them that spell a marked string.

A marked string is text in which U+0002 to U+0005 stand for the marks begin of word, end of word, shift (the
word's first letter is a capital) and caps (all are). Every piece is one token; a character that no piece
covers costs its UTF-8 bytes, of which the vocabulary joins some beginnings. The count is the least possible.

Source: the vocabularies that ctok reconstructed from recorded `count_tokens` answers (data/LICENSE.ctok).
"""

import re
import zlib
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

BOW, EOW, SHIFT, CAPS = "\2", "\3", "\4", "\5"

DATA: Final = Path(__file__).with_name("data")
LONGEST_WORD_PIECE: Final = 24
LONGEST_PIECE: Final = 130
KEPT_CHARS: Final = 50_000
LONG: Final = 64  # from here on, looking up beginnings of pieces pays
_LONG_RUN = re.compile(rf"(.)\1{{{2 * LONGEST_PIECE},}}+", re.DOTALL)


class Vocabulary:
    """One generation's pieces."""

    def __init__(self, name: str) -> None:
        raw = zlib.decompress((DATA / f"{name}.zlib").read_bytes())
        pieces, starts = raw.decode().split("\1")
        self.pieces: Final = frozenset(pieces.split("\0"))
        self._starts: Final = frozenset(map(bytes.fromhex, starts.split("\0")))
        self._chars: Final[dict[str, int]] = {}

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        """Every beginning of every piece: where a long string has none of them, no piece follows."""
        return frozenset(piece[:end] for piece in self.pieces for end in range(1, len(piece) + 1))

    def char_tokens(self, char: str) -> int:
        """Return the tokens of *char* alone: 1 if it is a piece, else the fewest for its UTF-8 bytes."""
        tokens = self._chars.get(char)
        if tokens is None:
            tokens = 1 if char in self.pieces else self._byte_tokens(char.encode())
            if len(self._chars) >= KEPT_CHARS:
                self._chars.clear()
            self._chars[char] = tokens
        return tokens

    def _byte_tokens(self, encoded: bytes) -> int:
        fewest = [0]
        for end in range(1, len(encoded) + 1):
            joined = (start for start in range(end - 1) if encoded[start:end] in self._starts)
            fewest.append(1 + min(fewest[start] for start in (end - 1, *joined)))
        return fewest[-1]

    def tokens(self, marked: str, longest: int = LONGEST_PIECE) -> int:
        """Return the fewest tokens that spell *marked*; no piece in it is longer than *longest*."""
        if marked in self.pieces:
            return 1
        if len(marked) > LONG:
            spared, shorter = self.shorten_runs(marked)
            return spared + self._fewest_in_long(shorter)
        if self._splits_in_two(marked):
            return 2
        return self._fewest_in_short(marked, longest)

    def _splits_in_two(self, marked: str) -> bool:
        pieces = self.pieces
        return any(marked[:at] in pieces and marked[at:] in pieces for at in range(len(marked) - 1, 0, -1))

    def _fewest_in_short(self, marked: str, longest: int) -> int:
        pieces, chars = self.pieces, self.char_tokens
        fewest = [0]
        for end in range(1, len(marked) + 1):
            best = fewest[-1] + chars(marked[end - 1])
            for start in range(max(0, end - longest), end - 1):
                if fewest[start] + 1 < best and marked[start:end] in pieces:
                    best = fewest[start] + 1
            fewest.append(best)
        return fewest[-1]

    def _fewest_in_long(self, marked: str) -> int:
        pieces, beginnings = self.pieces, self._beginnings
        fewest = [0, *(4 * len(marked) for _ in marked)]
        for start, char in enumerate(marked):
            price = fewest[start] + 1
            fewest[start + 1] = min(fewest[start + 1], price - 1 + self.char_tokens(char))
            end = start + 2
            while (piece := marked[start:end]) in beginnings and end <= len(marked):
                if price < fewest[end] and piece in pieces:
                    fewest[end] = price
                end += 1
        return fewest[-1]

    def shorten_runs(self, marked: str) -> tuple[int, str]:
        """Return *marked* with its long runs of one character shortened, and the tokens this takes off.

        With a longest piece of n equal characters, a cheapest spelling has fewer than n shorter pieces
        within the run (n of them contain some whose lengths add up to a multiple of n, for which as many
        or fewer longest pieces do), so beyond n * n characters, and a piece that reaches in at either end,
        each further n cost one token exactly.
        """
        taken_off = 0

        def shorten(run: re.Match[str]) -> str:
            nonlocal taken_off
            char, length = run[1], len(run[0])
            step = self.longest_run(char)
            steps = max(0, (length - step * step - 2 * LONGEST_PIECE) // step)
            taken_off += steps * (1 if step > 1 else self.char_tokens(char))
            return char * (length - steps * step)

        shorter = _LONG_RUN.sub(shorten, marked)
        return taken_off, shorter

    @lru_cache(maxsize=4096)  # noqa: B019  (a vocabulary lives as long as the process)
    def longest_run(self, char: str) -> int:
        """Return the length of the longest piece that is *char* repeated, at least 1."""
        return next((n for n in range(LONGEST_PIECE, 1, -1) if char * n in self.pieces), 1)

    def run_tokens(self, char: str, length: int) -> int:
        """Return the fewest tokens of *length* times *char*."""
        whole, rest = divmod(length, self.longest_run(char))
        if not rest:
            return whole
        return self.tokens(char * length)
