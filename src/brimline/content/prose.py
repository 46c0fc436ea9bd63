"""Prose: reports of agents, answers of the web, Markdown.

`tighten` leaves out spaces at line ends and all but one of several blank lines, outside code. `fold` also
leaves out sentences, in English only: of a paragraph the first sentence stays, and each that holds a number,
a name, a link, code, a failure or a negation. Headings, lists, tables, quotations and code stay as they are.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Final, NamedTuple

from brimline.content.marks import is_mark, mark
from brimline.content.shrunk import Shrunk, shorter

FEWEST_SENTENCES: Final = 3
"""Sentences of a paragraph from which on some may go."""

_SHORTEST_PARAGRAPH: Final = 60
"""Characters of a paragraph below which no mark is shorter than what it stands for."""

ENGLISH: Final = 0.08
"""Share of the commonest English words from which a paragraph is English: other languages share few."""

_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_STANDS: Final = re.compile(r"\s*(?:#{1,6} |[-*+•] |\d{1,4}[.)] |\||>|[=-]{3,}\s*$|<)| {4}|\t")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])[\"')\]*_]{0,3}\s+(?=[\"'(\[*_`]{0,3}[A-Z0-9])")
_WORD: Final = re.compile(r"[^\W\d_]+")
_COMMON: Final = frozenset(
    {"the", "of", "and", "to", "that", "with", "this", "are", "from", "which", "have", "it"}
)
_TELLS: Final = re.compile(
    r"\d|`|https?:|[\w.-]/[\w.-]|\w_\w|\w\.\w|\w\(|[\"“]|"
    r"\b(?:not?|none|never|nothing|cannot|without|must|only|except|unless|but|however|should|todo|"
    r"\w*n[’']t|\w*errors?|fail\w*|wrong|bugs?|broken|missing|warn\w*|breaking|risk\w*|security|deprecated|"
    r"critical|important)\b",
    re.IGNORECASE,
)
_CAMEL: Final = re.compile(r"[a-z][A-Z]")


class _Line(NamedTuple):
    text: str
    is_code: bool


def tighten(text: str) -> Shrunk:
    """Leave out the white space that says nothing."""
    tidy = "\n".join(_tidy(_lines(text)))
    return shorter(text, Shrunk(tidy, lossless=False, omitted_lines=0))


def fold(text: str) -> Shrunk:
    """Leave out sentences that hold nothing to be looked up; `omitted_lines` counts them."""
    tight = tighten(text)
    folded, omitted = list[str](), 0
    for is_paragraph, group in groupby(_lines(tight.text), _is_of_paragraph):
        lines = [line.text for line in group]
        kept, gone = _fold_paragraph("\n".join(lines)) if is_paragraph else ("\n".join(lines), 0)
        folded.append(kept)
        omitted += gone
    if not omitted:
        return tight
    return Shrunk("\n".join(folded), lossless=False, omitted_lines=omitted)


def _lines(text: str) -> Iterator[_Line]:
    """Yield the lines, and of each whether it is code between fences (or a fence)."""
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.match(line) if "```" in line or "~~~" in line else None
        yield _Line(line, is_code=bool(fence or found))
        if found and not fence:
            fence = found[1]
        elif found and found[1].startswith(fence) and not line[found.end() :].strip():
            fence = ""


def _tidy(lines: Iterable[_Line]) -> Iterator[str]:
    blank = False
    for line in lines:
        text = line.text if line.is_code else line.text.rstrip()
        if text or line.is_code or not blank:
            yield text
        blank = not text and not line.is_code


# ------------------------------------------------------------------------------------------------ sentences
def _is_of_paragraph(line: _Line) -> bool:
    return not (line.is_code or not line.text.strip() or _STANDS.match(line.text) or is_mark(line.text))


def _fold_paragraph(text: str) -> tuple[str, int]:
    """Return the paragraph *text* with a mark for the sentences left out, and how many those are."""
    if len(text) < _SHORTEST_PARAGRAPH:
        return text, 0
    sentences = _sentences(text)
    kept = [sentences[0], *(sentence for sentence in sentences[1:] if _tells(sentence))]
    gone = len(sentences) - len(kept)
    if len(sentences) < FEWEST_SENTENCES or not gone or not _is_english(text):
        return text, 0
    folded = " ".join(kept) + "\n" + mark(gone, "sentences without names, numbers or negations")
    return (folded, gone) if len(folded) < len(text) else (text, 0)


def _sentences(text: str) -> Sequence[str]:
    cuts = [0, *(end.end() for end in _SENTENCE_END.finditer(text)), len(text)]
    return [text[start:end].rstrip() for start, end in pairwise(cuts)]


def _tells(sentence: str) -> bool:
    return _TELLS.search(sentence) is not None or _CAMEL.search(sentence) is not None


def _is_english(text: str) -> bool:
    words = [word.lower() for word in _WORD.findall(text)]
    return sum(word in _COMMON for word in words) >= ENGLISH * max(1, len(words))
