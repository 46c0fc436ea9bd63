"""Write `src/brimline/tokenizers/data/` from ctok (`make vocabulary`; ctok needs Python 3.12 or newer).

Usage: python tools/compile_vocabulary.py [FOLDER]

A vocabulary is a zlib-packed UTF-8 text of two parts, separated by U+0001: the pieces, and the beginnings of
UTF-8 sequences (in hexadecimal) that are one token. Within a part U+0000 separates; U+0002 to U+0005 stand
for the marks begin of word, end of word, shift and caps. None of these occurs in text, because the tokenizer
drops control characters.

`classes.txt` says which class each character of the basic plane has, and which characters of any plane
combine, so that counts do not depend on the Unicode version of the Python that runs.
"""

import importlib
import json
import sys
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from itertools import groupby
from pathlib import Path

DATA = Path(__file__).parents[1] / "src" / "brimline" / "tokenizers" / "data"
GENERATIONS = {"claude-v3": "pieces_v3.json", "claude-v4.7": "pieces_v4_7.json"}
MARKS = {"⟨bow⟩": "\2", "⟨eow⟩": "\3", "⟨shift⟩": "\4", "⟨caps⟩": "\5"}
NO_CTOK = (
    "ctok is not installed: it needs Python 3.12, as in `make VENV=.venv-3.12 PY=python3.12 vocabulary`."
)


def spell(piece: str) -> str:
    """Return ctok's spelling of a piece in ours: one character for each mark."""
    for atom, glyph in MARKS.items():
        piece = piece.replace(atom, glyph)
    if "⟨" in piece:
        raise SystemExit(f"{piece!r} holds an escape that this compiler does not know")
    return piece


def spelled(groups: dict[str, dict[str, object]]) -> set[str]:
    """Return all pieces of a vocabulary; a contraction also as it ends a word, which is how it occurs."""
    plain = {spell(piece) for name, group in groups.items() if name != "bytes_fallback" for piece in group}
    return plain | {spell(piece) + "\3" for piece in groups["contractions"]}


def packed(groups: dict[str, dict[str, object]]) -> bytes:
    """Return the packed vocabulary of ctok's piece *groups*."""
    pieces = sorted(spelled(groups), key=lambda piece: (len(piece), piece))
    parts = pieces, sorted(groups["bytes_fallback"])
    return zlib.compress("\1".join("\0".join(part) for part in parts).encode(), 9)


def char_class(char: str) -> str:
    """Return the class of *char* as one letter: see `brimline.tokenizers.claude_classes`."""
    ctok = importlib.import_module("ctok.normalize")
    broad: str = ctok.classify(char)
    if broad == "wordy":
        return "m" if ctok._stray_mark(char) else "w"  # noqa: SLF001  (read at build time only)
    if broad == "digit":
        return "d" if char.isascii() else "D"
    if broad != "hard":
        return broad[0]
    return hard_class(char, ctok._is_selector, ctok._marks_like_punct, ctok._digit_border)  # noqa: SLF001


def hard_class(char: str, *is_kind: Callable[[str], bool]) -> str:
    """Return the class of a character that ctok calls hard."""
    is_selector, is_symbol, is_number = is_kind
    if is_selector(char):
        return "V"
    if is_symbol(char):
        return "S"
    if is_number(char):
        return "N" if unicodedata.category(char) == "No" else "n"
    return "H"


def runs(letters: Iterator[tuple[int, str]]) -> Iterator[str]:
    """Yield the first code point (hexadecimal) and the letter of each run of equal letters."""
    for letter, run in groupby(letters, key=lambda pair: pair[1]):
        yield f"{next(run)[0]:x}{letter}"


def dropped(code: int) -> bool:
    """Return whether normalisation replaces the character, so that its class does not matter."""
    return unicodedata.category(chr(code)) in {"Cc", "Cs", "Co"} and code > 0x7F  # noqa: PLR2004  (not ASCII)


def classes() -> str:
    """Return the text of `classes.txt`: a line of classes and a line of combining characters."""
    basic = ((code, "H" if dropped(code) else char_class(chr(code))) for code in range(0x10000))
    combining = ((code, "yn"[not unicodedata.combining(chr(code))]) for code in range(0x1F000))
    return " ".join(runs(basic)) + "\n" + " ".join(runs(combining)) + "\n"


def main(folder: Path) -> None:
    """Write both vocabularies, the classes and ctok's licence into *folder*."""
    try:
        ctok = distribution("ctok")
    except PackageNotFoundError:
        raise SystemExit(NO_CTOK) from None
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in GENERATIONS.items():
        document = json.loads(Path(str(ctok.locate_file(f"ctok/data/{source}"))).read_text(encoding="utf-8"))
        (folder / f"{name}.zlib").write_bytes(packed(document["tokens"]))
    (folder / "classes.txt").write_text(classes(), encoding="ascii")
    licence = next(path for path in ctok.files or () if path.name == "LICENSE")
    (folder / "LICENSE.ctok").write_text(
        "The vocabularies and classes in this folder are compiled from those of ctok "
        f"{ctok.version}, by its author's leave:\n\n" + licence.read_text(encoding="utf-8"),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
