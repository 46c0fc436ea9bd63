"""What the Claude tokenizer does to text before it looks at it.

Canonical composition; control characters and private use of the basic plane vanish, NUL and all widths of
space become a space, a lone surrogate U+FFFD, Thai nikhahit and sara aa one letter; the third generation
folds curly quotes. Source: the measured rules of ctok (data/LICENSE.ctok).
"""

import re
from functools import cache
from typing import Final

_ASCII_TO_DROP: Final = dict.fromkeys([*range(1, 9), *range(11, 32), 127]) | {0: " "}
_CONTROL: Final = re.compile("[\1-\x08\x0b-\x1f\x7f-\x9f]")
_PRIVATE: Final = re.compile("[\ue000-\uf8ff]")
_SPACE: Final = re.compile("[\0\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]")
_QUOTES: Final = re.compile("[\u2018\u2019\u201c\u201d]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LONG_COMBINING: Final = 256


def normalize(text: str, *, folds_quotes: bool) -> str:
    """Return *text* as the tokenizer reads it."""
    if text.isascii():
        return text.translate(_ASCII_TO_DROP)
    text = _CONTROL.sub("", compose(without_surrogates(text))).replace("\0", " ")
    text = text.replace("\u0e4d\u0e32", "\u0e33")
    text = _PRIVATE.sub("", text)
    if folds_quotes:
        text = _QUOTES.sub(lambda found: "'" if found[0] < "\u201c" else '"', text)
    return _SPACE.sub(" ", text)


def without_surrogates(text: str) -> str:
    """Return *text* with U+FFFD for each lone surrogate, which UTF-8 cannot say."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def compose(text: str) -> str:
    """Return *text* in Unicode's form NFC, in time linear in its length.

    Python orders combining characters by insertion, which is quadratic in a run of them: long runs are
    ordered here first, then it finds nothing to move.
    """
    import unicodedata

    if len(text) > _LONG_COMBINING:
        text = _long_combining().sub(lambda run: "".join(sorted(run[0], key=unicodedata.combining)), text)
    return unicodedata.normalize("NFC", text)


@cache
def _long_combining() -> re.Pattern[str]:
    from brimline.tokenizers.claude_classes import combining

    return re.compile(f"[{combining()}]{{{_LONG_COMBINING},}}+")
