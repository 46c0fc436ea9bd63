"""What nobody reads: base64, data URIs, hexadecimal, dumps of bytes, minified code, lines without a space.

`fold` puts in place of each a note that says what it is, how large, and how it begins and ends; the text
around it stays. What an image or an archive is follows from its first bytes.
"""

import re
from itertools import groupby
from typing import Final

from brimline.content.marks import mark
from brimline.content.shrunk import Shrunk, shorter, whole

SHORTEST_DATA: Final = 200
"""Characters of base64 or hexadecimal below which it may be a key or a digest somebody needs."""

SHORTEST_CODE: Final = 1_000
"""Characters of a line of code, or of a word, from which it counts as minified."""

SHORTEST_DUMP: Final = 13
"""Lines of a dump, or of base64 broken into lines, below which they all stand."""

_SHOWN_START: Final = 24
_SHOWN_END: Final = 12
_SHOWN_LINES: Final = 2

_MOST_SPACES: Final = 0.12
"""Share of spaces in a minified line at most; prose has 0.15, formatted code more."""

_FEWEST_SIGNS: Final = 0.08
"""Share of brackets, braces, separators and assignments in a minified line at least."""

_FEWEST_CHARACTERS: Final = 8
"""Different characters in base64 or hexadecimal at least: a rule across the page has one."""

_MOST_SLASHES: Final = 0.05
"""Share of slashes, dashes and underscores in base64 at most: a path has more."""

_KINDS: Final = {
    "iVBORw0KGgo": "PNG image",
    "/9j/": "JPEG image",
    "R0lGOD": "GIF image",
    "UklGR": "WebP image or other RIFF",
    "JVBERi": "PDF",
    "UEsDB": "ZIP archive",
    "H4sI": "gzip",
    "d09GMg": "WOFF2 font",
    "d09GRg": "WOFF font",
    "PHN2Zy": "SVG image",
    "PD94bW": "XML",
    "AGFzbQ": "WebAssembly",
    "f0VMRg": "ELF program",
    "eyJ": "JSON",
}

_DATA_URI: Final = re.compile(
    r"data:(?P<what>[\w.+-]{1,80}/[\w.+-]{1,80})(?:;[\w.=+-]{1,80}){0,4};base64,(?P<data>[\w+/=%-]{100,}+)"
)
_RUN: Final = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{200,}+={0,2}")
_HEX: Final = re.compile(r"(?:0x)?[0-9a-fA-F]+")
_WORD: Final = re.compile(r"(?<!\S)\S{1000,}+")
_NOTED: Final = re.compile(r"\[[^\[\]\n]{1,170}, [0-9,]{1,15} characters: ")
_WRAPPED: Final = re.compile(r"[A-Za-z0-9+/]{60,76}\r?")
_DUMPED: Final = re.compile(r"[0-9a-fA-F]{6,16}:? {1,2}(?:[0-9a-fA-F]{2,8} {1,2}){4,}+")
_SIGN: Final = re.compile(r"[{}()\[\];,=:]")
_SCRIPT: Final = re.compile(r"\bfunction\b|=>|\bvar |\bconst ")
_FAILED: Final = re.compile(r"(?i)\b(?:\w*error|\w*exception|fail(?:ed|ure)?|fatal|panic|traceback)\b")


def tighten(text: str) -> Shrunk:
    """Leave *text* as it is: nothing of a blob can be said shorter."""
    return whole(text)


def fold(text: str) -> Shrunk:
    """Replace each blob by what it is; `omitted_lines` counts lines left out whole or in part."""
    folded: list[str] = []
    omitted = 0
    for kind, group in groupby(text.split("\n"), _kind_of_line):
        lines = list(group)
        if kind and len(lines) >= SHORTEST_DUMP:
            shown = _without_middle(lines, kind)
            omitted += len(lines) - 2 * _SHOWN_LINES
        else:
            shown = [_fold_line(line) for line in lines]
            omitted += sum(new != old for new, old in zip(shown, lines, strict=True))
        folded += shown
    return shorter(text, Shrunk("\n".join(folded), lossless=False, omitted_lines=omitted))


# ------------------------------------------------------------------------------------------------ many lines
def _kind_of_line(line: str) -> str:
    """Return what *line* is a line of, where that goes on over many lines; else nothing."""
    if _DUMPED.match(line):
        return "a dump of bytes"
    return "base64" if _WRAPPED.fullmatch(line) and _is_base64(line) else ""


def _without_middle(lines: list[str], kind: str) -> list[str]:
    note = mark(len(lines) - 2 * _SHOWN_LINES, f"more lines of {kind}")
    return [*lines[:_SHOWN_LINES], note, *lines[-_SHOWN_LINES:]]


# -------------------------------------------------------------------------------------------------- one line
def _fold_line(line: str) -> str:
    """Return *line* with a note for each blob in it, or a note alone if it is one as a whole."""
    if len(line) < SHORTEST_DATA:
        return line
    line = _DATA_URI.sub(lambda uri: _note(f"{uri['what']} in base64", uri["data"]), line)
    line = _RUN.sub(lambda run: _note_on_run(run[0]), line)
    if len(line) < SHORTEST_CODE or _is_structured(line):
        return line
    if _is_minified(line):
        return _note("minified " + ("JavaScript" if _SCRIPT.search(line) else "code"), line)
    return _WORD.sub(lambda word: _note("text without a space", word[0]), line)


def _is_structured(line: str) -> bool:
    """Tell whether *line* is JSON or HTML, whose own modules know better, a failure, or noted already."""
    markup = line.lstrip().lstrip('"').startswith(("{", "[", "<"))
    return markup or bool(_NOTED.search(line) or _FAILED.search(line[:SHORTEST_DATA]))


def _note(what: str, data: str) -> str:
    start, end = data[:_SHOWN_START], data[-_SHOWN_END:]
    return f"[{what}, {len(data):,} characters: {start}…{end}]"


def _note_on_run(run: str) -> str:
    if len(set(run)) < _FEWEST_CHARACTERS:
        return run
    if _HEX.fullmatch(run):
        return _note("hexadecimal", run)
    if not _is_base64(run):
        return run
    kind = next((kind for start, kind in _KINDS.items() if run.startswith(start)), "")
    return _note(f"{kind} in base64" if kind else "base64", run)


def _is_base64(run: str) -> bool:
    """Tell base64 from hexadecimal, paths and long names."""
    mixed = any(char.isupper() for char in run) and any(char.islower() for char in run)
    slashes = sum(map(run.count, "/-_"))
    return mixed and any(char.isdigit() for char in run) and slashes <= _MOST_SLASHES * len(run)


def _is_minified(line: str) -> bool:
    spaces, signs = line.count(" "), len(_SIGN.findall(line))
    return spaces <= _MOST_SPACES * len(line) and signs >= _FEWEST_SIGNS * len(line)
