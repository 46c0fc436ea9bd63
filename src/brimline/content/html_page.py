"""Web pages as they come: what a reader of the page would not see, and what frames it, is left out.

`tighten` leaves out comments, style sheets and drawings. `fold` keeps the page's words: headings, lists,
tables, links with their addresses, code as it stands; navigation, header and footer go where the page says
which part is the main one; and then what `prose` folds.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from brimline.content import prose
from brimline.content.marks import mark
from brimline.content.shrunk import Shrunk, shorter, whole

_UNSEEN: Final = (
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<style\b[^<>]*>", re.IGNORECASE), re.compile(r"</style\s*>", re.IGNORECASE)),
    (re.compile(r"<svg\b[^<>]*>", re.IGNORECASE), re.compile(r"</svg\s*>", re.IGNORECASE)),
)
_SCRIPT: Final = (
    re.compile(r"<script\b[^<>]*>", re.IGNORECASE),
    re.compile(r"</script\s*>", re.IGNORECASE),
)
_MAIN: Final = (
    re.compile(r"<(?:main|article)\b[^<>]*>", re.IGNORECASE),
    re.compile(r"</(?:main|article)\s*>", re.IGNORECASE),
)
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})([^<>]*)>")
_TITLE: Final = re.compile(r"<title\b[^<>]*>([^<]*)</title", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"""\bhref\s*=\s*["']?([^"'\s>]{1,2000})""", re.IGNORECASE)
_ALTERNATIVE: Final = re.compile(r"""\balt\s*=\s*(?:"([^"]+)"|'([^']+)')""", re.IGNORECASE)
_SPACES: Final = re.compile(r"\s+")
_BLOCKS: Final = (
    "div hr br section article main header footer nav aside ul ol dl dd dt table form figure figcaption "
    "details summary title head body html"
)
_PARAGRAPHS: Final = dict.fromkeys(["p", "blockquote", *(f"h{level}" for level in range(1, 7))], "\n\n")
_CLOSING: Final = dict.fromkeys(_BLOCKS.split(), "\n") | _PARAGRAPHS | {"code": "`", "kbd": "`"}
_HEADINGS: Final = {f"h{level}": "\n\n" + "#" * level + " " for level in range(1, 7)}
_OPENING: Final[dict[str, str]] = _CLOSING | _HEADINGS | {"li": "\n- ", "tr": "\n", "td": " | ", "th": " | "}
_LEFT_OUT: Final = "tags of the page, and what only frames its words]"
_FENCE: Final = "\n```\n"

_Pair = tuple[re.Pattern[str], re.Pattern[str]]


def tighten(text: str) -> Shrunk:
    """Leave out comments, style sheets, drawings and white space."""
    seen = text
    for pair in _UNSEEN:
        seen = "".join(_outside(seen, pair))
    return shorter(text, Shrunk(prose.tighten(seen).text, lossless=False, omitted_lines=0))


def fold(text: str) -> Shrunk:
    """Keep the words of the page; `omitted_lines` counts the lines of its source that have none left."""
    if text.endswith(_LEFT_OUT):
        return whole(text)
    seen = "".join(_outside(tighten(text).text, _SCRIPT))
    main = "\n".join(_inside(seen, _MAIN))
    words = prose.fold("".join(_read(main or seen))).text.strip("\n")
    title = _TITLE.search(seen)
    head = [unescape(title[1]).strip()] if title and main else []
    folded = "\n".join([*head, words, mark(len(_TAG.findall(text)), _LEFT_OUT[:-1])])
    omitted = max(0, text.count("\n") - folded.count("\n"))
    return shorter(text, Shrunk(folded, lossless=False, omitted_lines=omitted))


def _outside(text: str, pair: _Pair) -> Iterator[str]:
    """Yield the parts of *text* outside of the *pair* of marks."""
    at = 0
    while opening := pair[0].search(text, at):
        closing = pair[1].search(text, opening.end())
        if closing is None:
            break
        yield text[at : opening.start()]
        at = closing.end()
    yield text[at:]


def _inside(text: str, pair: _Pair) -> Iterator[str]:
    """Yield the parts of *text* inside of the *pair* of marks."""
    at = 0
    while opening := pair[0].search(text, at):
        closing = pair[1].search(text, opening.end())
        if closing is None:
            return
        yield text[opening.end() : closing.start()]
        at = closing.end()


# ---------------------------------------------------------------------------------------------------- words
def _read(source: str) -> Iterator[str]:
    """Yield the words of the *source* and what stands for its tags."""
    at, verbatim, address, fresh = 0, False, "", True
    for tag in _TAG.finditer(source):
        words = _words(source[at : tag.start()], verbatim=verbatim, fresh=fresh)
        at, name, closes = tag.end(), tag[2].lower(), bool(tag[1])
        if name == "a":
            said, address = (_told(address), "") if closes else ("", _address(tag[3]))
        elif name == "pre":
            said, verbatim = _FENCE, not closes
        else:
            said = "" if verbatim else _stand_in(name, tag[3], closes=closes)
        yield words + said
        fresh = (words + said).endswith(("\n", " ")) if words + said else fresh
    yield _words(source[at:], verbatim=verbatim, fresh=fresh)


def _words(source: str, *, verbatim: bool, fresh: bool) -> str:
    if verbatim:
        return unescape(source)
    words = _SPACES.sub(" ", source)
    return unescape(words.lstrip(" ") if fresh else words)


def _stand_in(name: str, attributes: str, *, closes: bool) -> str:
    if name == "img":
        alternative = _ALTERNATIVE.search(attributes)
        return f"[image: {alternative[1] or alternative[2]}]" if alternative else ""
    return (_CLOSING if closes else _OPENING).get(name, "")


def _address(attributes: str) -> str:
    found = _ADDRESS.search(attributes)
    return unescape(found[1]) if found else ""


def _told(address: str) -> str:
    return "" if address.startswith(("#", "javascript:")) or not address else f" ({address})"
