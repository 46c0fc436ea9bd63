r"""Hits of a search: grouped by file, the folder they share said once; many of them counted by file.

    cmd/a/x.go:12:text      ->    [by file, under cmd/a/]
    cmd/a/x.go-13-more            x.go
    cmd/a/y.go:7:text             12:text
                                  13-more
                                  y.go
                                  7:text

A hit is `path:number:text`, a line of its context `path-number-text`. Claude Code shortens the paths of lines
that hold a colon and writes those of the other context lines in full: the head then says below which folder
(`, in /home/me/`). Anything else stays where it was. Lists of paths lose the folder they share
(`[paths under cmd/a/]`). `spread` undoes both; nothing is grouped that it does not rebuild to the character.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from brimline.content.marks import has_mark, mark
from brimline.content.shrunk import Shrunk, shorter, whole

FOLD_ABOVE_LINES = 80
"""Lines, hits and their context, up to which a search is shown whole."""
FOLD_TO_LINES = 70
"""Lines that a folded search keeps, dealt out among its files."""
LAST_OF = 7
"""Of this many lines kept of a file one is the last, the others are the first: 60 and 10 of 70."""

_MATCH = re.compile(r"((?:[A-Za-z]:[\\/])?[^:\n]{1,500}):(\d+):")
_UNNUMBERED = re.compile(r"((?:[A-Za-z]:[\\/])?[^\s:]{1,500}):")
_UNNAMED = re.compile(r"\d+[:-]")
_FROM_NUMBER = re.compile(r"^\d", re.MULTILINE)
_PLACE = re.compile(r"-(\d+)-")
_GROUPED = re.compile(r"(\d*)([:-])(.*)", re.DOTALL)
_HEAD = re.compile(r"\[by file(?:, under ([^\],]*))?(?:, in ([^\]]*))?\]")
_PATHS_HEAD = re.compile(r"\[paths under ([^\]]*)\]")
_GAP = "--"
_MORE = "more lines"


class Line(NamedTuple):
    """One line of a search; `sign` is ":" for a hit, "-" for its context, "" for anything else."""

    path: str
    """Where it was found; "" in a search of one file, which names none."""
    number: str
    sign: str
    text: str

    @property
    def said(self) -> str:
        """The line as it stands beneath its file's path."""
        return f"{self.number}{self.sign}{self.text}"

    def printed(self, root: str) -> str:
        """Return the line as the search printed it, *root* before the paths of context lines."""
        if not self.path or not self.sign:
            return self.said
        path = self.path if ":" in self.said else root + self.path
        return f"{path}{self.sign}{self.said}" if self.number else f"{path}{self.said}"


class _Search(NamedTuple):
    root: str
    lines: list[Line]


def tighten(text: str) -> Shrunk:
    """Return *text* grouped by file; the text itself where that gains nothing or cannot be undone."""
    return whole(text) if spread(text) != text else _tightened(text, _read(text))


def fold(text: str) -> Shrunk:
    """Return *text* grouped, of more than `FOLD_ABOVE_LINES` lines some of each file, the rest counted."""
    if has_mark(text):
        return whole(text)
    printed = spread(text)
    search = _read(printed)
    sizes = Counter(line.path for line in search.lines if line.sign)
    if sizes.total() > FOLD_ABOVE_LINES:
        return _folded(text, printed, search, sizes)
    return _tightened(text, search) if printed == text else whole(text)


def spread(text: str) -> str:
    """Return what `tighten` shortened as the search printed it, any other text as it is."""
    first, _, rest = text.partition("\n")
    if found := _HEAD.fullmatch(first):
        return "\n".join(_ungrouped(rest.split("\n"), found[1] or "", found[2] or ""))
    if found := _PATHS_HEAD.fullmatch(first):
        return "\n".join([found[1] + line if _is_path(line) else line for line in rest.split("\n")])
    return text


def deal(sizes: Counter[str], lines: int) -> dict[str, int]:
    """Return how many of *lines* each file gets: evenly, none more than it has, the first ones first."""
    dealt: dict[str, int] = dict.fromkeys(sizes, 0)
    waiting: list[str] = list(sizes)
    left = lines
    while left > 0 and waiting:
        each = max(1, left // len(waiting))
        dealt.update({path: min(sizes[path], dealt[path] + each) for path in waiting[:left]})
        waiting = [path for path in waiting if dealt[path] < sizes[path]]
        left = lines - sum(dealt.values())
    return dealt


def _tightened(text: str, search: _Search) -> Shrunk:
    forms = [_under_one_folder(text), *_as_grouped(search, text)]
    shortest = min(
        (form for form in forms if len(form) < len(text) and spread(form) == text), key=len, default=text
    )
    return shorter(text, Shrunk(shortest, lossless=True, omitted_lines=0))


def _as_grouped(search: _Search, printed: str) -> list[str]:
    """Return *search* grouped, nothing where it names no files or that would not give *printed* again."""
    if not any(line.path for line in search.lines):
        return []
    form = "\n".join(_grouped(search))
    return [form] if spread(form) == printed else []


def _folded(text: str, printed: str, search: _Search, sizes: Counter[str]) -> Shrunk:
    gone = _left_out(search.lines, sizes, deal(sizes, FOLD_TO_LINES))
    kept = search._replace(lines=list(_marked(search.lines, gone)))
    raw = (line.printed(kept.root) for line in kept.lines)
    forms = _grouped(kept) if _as_grouped(search, printed) else raw
    return shorter(text, Shrunk("\n".join(forms), lossless=False, omitted_lines=sum(gone)))


def _read(text: str) -> _Search:
    """Return *text* taken apart, no lines at all where none can be a hit."""
    if ":" not in text or not (_names_file(text) or _FROM_NUMBER.search(text)):
        return _Search("", [])
    raw = text.split("\n")
    named = [_named(line) for line in raw]
    known = set(named) - {""}
    root = _root(raw, named) if known else ""
    return _Search(root, [_line(line, path, known, root) for line, path in zip(raw, named, strict=True)])


def _named(line: str) -> str:
    """Return the file that a numbered hit names, "" for any other line."""
    found = _MATCH.match(line) if ":" in line[1:-1] and not _UNNAMED.match(line) else None
    return found[1] if found and _names_file(found[1]) else ""


def _names_file(path: str) -> bool:
    return not set("/\\.").isdisjoint(path)


def _root(raw: Sequence[str], named: Sequence[str]) -> str:
    """Return what stands before the paths of context lines without a colon: the first one tells."""
    hit = ""
    for line, path in zip(raw, named, strict=True):
        hit = path or hit
        at = -1 if path or not hit or ":" in line else line[:1000].find(f"{hit}-")
        if at > 0 and _PLACE.match(line, at + len(hit)):
            return line[:at]
    return ""


def _line(raw: str, path: str, known: set[str], root: str) -> Line:
    """Return *raw* taken apart; *path* is the file of a numbered hit, else ""."""
    if path:
        number, _, text = raw[len(path) + 1 :].partition(":")
        return Line(path, number, ":", text)
    if _UNNAMED.match(raw):
        found = _GROUPED.fullmatch(raw)
        return Line("", *found.groups()) if found else Line("", "", "", raw)
    return _context(raw, known, root) or _unnumbered(raw) or Line("", "", "", raw)


def _context(raw: str, known: set[str], root: str) -> Line | None:
    start = 0 if ":" in raw else len(root)
    if not known or not raw.startswith(root[:start]):
        return None
    for found in _PLACE.finditer(raw, start, start + 500):
        if (path := raw[start : found.start()]) in known:
            return Line(path, found[1], "-", raw[found.end() :])
    return None


def _unnumbered(raw: str) -> Line | None:
    found = _UNNUMBERED.match(raw)
    return Line(found[1], "", ":", raw[found.end() :]) if found and _names_file(found[1]) else None


def _grouped(search: _Search) -> Iterator[str]:
    under = _shared_folder(line.path for line in search.lines if line.sign)
    roots = f", in {search.root}" if search.root else ""
    yield f"[by file{f', under {under}' if under else ''}{roots}]"
    current: str | None = ""
    for line in search.lines:
        if line.path != current and (line.sign or line.path):
            yield line.path[len(under) :]
            current = line.path
        elif line.text != _GAP and not (line.sign or line.path):
            current = None
        yield line.said


def _ungrouped(lines: list[str], under: str, root: str) -> Iterator[str]:
    path = ""
    for line, following in pairwise([*lines, ""]):
        found = _hit(line)
        if found:
            yield Line(path, *found.groups()).printed(root)
        elif line != _GAP and _hit(following):
            path = under + line
        else:
            yield line


def _hit(line: str) -> re.Match[str] | None:
    return None if line == _GAP else _GROUPED.fullmatch(line)


def _shared_folder(paths: Iterable[str]) -> str:
    """Return the folder that all *paths* stand in, with its slash; "" where there is none."""
    every = set(paths) or {""}
    low, high = min(every), max(every)
    same = next(
        (at for at, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), len(low)
    )
    return low[: max(low.rfind("/", 0, same), low.rfind("\\", 0, same)) + 1]


def _under_one_folder(text: str) -> str:
    lines = text.split("\n")
    folder = _shared_folder(line for line in lines if _is_path(line))
    return "\n".join(
        [f"[paths under {folder}]", *(line[len(folder) :] if _is_path(line) else line for line in lines)]
    )


def _is_path(line: str) -> bool:
    return line != "" and " " not in line


def _left_out(lines: list[Line], sizes: Counter[str], dealt: dict[str, int]) -> list[bool]:
    """Return for each line whether it goes; a gap goes with the line before it."""
    seen: Counter[str] = Counter()
    gone: list[bool] = []
    for line in lines:
        if line.sign:
            seen[line.path] += 1
            last = dealt[line.path] // LAST_OF
            gone.append(dealt[line.path] - last < seen[line.path] <= sizes[line.path] - last)
        else:
            gone.append(line.text == _GAP and bool(gone) and gone[-1])
    return gone


def _marked(lines: list[Line], gone: list[bool]) -> Iterator[Line]:
    """Yield the lines that stay, and for each run gone from a file a mark beneath its path."""
    for (path, left_out), run in groupby(_placed(lines, gone), key=lambda place: place[:2]):
        members = [line for _, _, line in run]
        yield from [Line(path, "", "", mark(len(members), _MORE))] if left_out else members


def _placed(lines: list[Line], gone: list[bool]) -> Iterator[tuple[str, bool, Line]]:
    """Yield each line with its file (a gap with that of the line before it) and whether it goes."""
    path = ""
    for line, left_out in zip(lines, gone, strict=True):
        path = line.path if line.sign else path
        yield path, left_out, line
