"""The compression levels as policies: what each does before a result is first sent, and at cold points.

Chosen by replay (docs/design/levels.md): `light` hides nothing; `balanced` also folds what is nearly never
used and clears it away at cold points; `compressed` reaches furthest. Source text and diffs stay whole.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from brimline.content import (
    blob,
    diff,
    edit_echo,
    json_text,
    log,
    paths,
    prose,
    search,
    source,
    test_output,
)
from brimline.content.content_type import ContentType
from brimline.content.detect import detect
from brimline.content.repeats import Shown as Lines
from brimline.content.repeats import find_runs, replace_runs
from brimline.content.shrunk import Shrunk
from brimline.core.policy import Count, Cut, Decide, Moment, plain_cut
from brimline.core.recording import Shown

Shrink = Callable[[str], Shrunk]

TIGHTEN: Mapping[ContentType, Shrink] = MappingProxyType(
    {
        ContentType.JSON: json_text.tighten,
        ContentType.LOG: log.tighten,
        ContentType.TEST_OUTPUT: test_output.tighten,
        ContentType.DIFF: diff.tighten,
        ContentType.SEARCH: search.tighten,
        ContentType.SOURCE: source.thin_numbers,
        ContentType.PROSE: prose.tighten,
        ContentType.HTML: prose.tighten,
        ContentType.BLOB: blob.tighten,
        ContentType.EDIT_ECHO: edit_echo.tighten,
    }
)
FOLD: Mapping[ContentType, Shrink] = MappingProxyType(
    {
        ContentType.JSON: json_text.fold,
        ContentType.LOG: partial(log.excerpt, head=10, tail=40),
        ContentType.TEST_OUTPUT: test_output.fold,
        ContentType.SEARCH: search.fold,
        ContentType.PROSE: prose.fold,
        ContentType.HTML: prose.fold,
        ContentType.BLOB: blob.fold,
        ContentType.EDIT_ECHO: edit_echo.fold,
    }
)
"""Diffs and source text are not among them: they stay verbatim at every level."""

NAMES_FOLDERS = frozenset(
    {ContentType.LOG, ContentType.TEST_OUTPUT, ContentType.SEARCH, ContentType.PROSE, ContentType.JSON}
)
"""What is read and not quoted from: its costliest folder is said once."""

VERBATIM = frozenset({ContentType.SOURCE, ContentType.DIFF})


@dataclass(frozen=True)
class Level:
    """A compression level.

    *folds* are the types that lose lines at admission; at a cold point what is older than *stale_turns* and
    not source text or a diff is cleared away (None: nothing is).
    """

    name: str
    folds: frozenset[ContentType] = frozenset()
    stale_turns: int | None = None
    keeps_originals: bool = True

    def begin(self, count: Count) -> Decide:
        """Return the decisions for one session."""
        return _Session(self, count).decide


LIGHT = Level("light")
BALANCED = Level(
    "balanced",
    folds=frozenset(
        {
            ContentType.TEST_OUTPUT,
            ContentType.SEARCH,
            ContentType.LOG,
            ContentType.BLOB,
            ContentType.HTML,
        }
    ),
    stale_turns=5,
)
COMPRESSED = Level(
    "compressed",
    folds=frozenset(FOLD),
    stale_turns=2,
)


class _Known(NamedTuple):
    """A result that was sent: its type, and the turn of it."""

    type: ContentType
    turn: int


@dataclass
class _Session:
    """What a level remembers of a session: the lines shown, and what younger references need."""

    level: Level
    count: Count
    lines: Lines = field(default_factory=Lines)
    names: dict[str, str] = field(default_factory=dict[str, str])
    known: dict[str, _Known] = field(default_factory=dict[str, _Known])
    needed: set[str] = field(default_factory=set[str])

    def decide(self, moment: Moment) -> Mapping[str, Cut]:
        """Return the edits before one request."""
        if not moment.earlier:
            # A session's start, or what a compaction left: nothing shown before it can be referred to.
            self.lines, self.known, self.needed = Lines(), {}, set()
        edits = dict(self._clear(moment)) if moment.cold else dict[str, Cut]()
        for block in moment.fresh:
            cut = self._admit(block)
            if cut is not None:
                edits[block.key] = cut
        return edits

    def _clear(self, moment: Moment) -> Iterator[tuple[str, Cut]]:
        """Yield stubs for the stale results that nothing refers to."""
        if self.level.stale_turns is None:
            return
        for block in moment.earlier:
            known = self.known.get(block.key)
            stale = known is not None and moment.turn - known.turn >= self.level.stale_turns
            if stale and known and known.type not in VERBATIM and block.key not in self.needed:
                stub = f"[{self.names[block.key]}: {block.text.count(chr(10)) + 1} lines{_whole(block)}]"
                sent = moment.cuts[block.key].text if block.key in moment.cuts else block.text
                if self.count(stub) < self.count(sent):
                    self.lines.forget(block.key)
                    del self.known[block.key]
                    yield block.key, plain_cut(stub)

    def _admit(self, block: Shown) -> Cut | None:
        """Return what is sent of a block in its first request, or None for the block itself.

        What is no result is only noted: its lines can be referred to.
        """
        self.names[block.key] = _name(block)
        whole = block.text.split("\n")
        runs = find_runs(whole, self.lines, self.count) if block.result else []
        self.lines.add(block.key, whole, runs)
        if not block.result:
            return None
        kind = detect(block.text, tool=block.tool, command=block.command)
        self.known[block.key] = _Known(kind, block.turn)
        text = "\n".join(replace_runs(whole, runs, self.names)) if runs else block.text
        cut = self._shrink(text, kind, block)
        if cut.text == block.text or self.count(cut.text) >= self.count(block.text):
            return None
        self.needed.update(run.block for run in runs)
        return cut

    def _shrink(self, text: str, kind: ContentType, block: Shown) -> Cut:
        cut = self._shrink_lines(text, kind, block)
        return Cut(paths.tighten(cut.text).text, cut.says) if kind in NAMES_FOLDERS else cut

    def _shrink_lines(self, text: str, kind: ContentType, block: Shown) -> Cut:
        if kind in self.level.folds:
            folded = FOLD[kind](text)
            if folded.omitted_lines:
                return plain_cut(f"{folded.text}\n[{folded.omitted_lines} lines left out{_whole(block)}]")
        if kind not in TIGHTEN:
            return plain_cut(text)
        tight = TIGHTEN[kind](text)
        # Line numbers that follow by counting are said, as are paths that a heading names.
        derivable = tight.lossless or kind is ContentType.SOURCE
        return Cut(tight.text, text if derivable else tight.text)


def _name(block: Shown) -> str:
    """Return what a reference calls *block*."""
    if block.target:
        return f"the {block.tool} of {block.target.replace(chr(92), '/').rsplit('/', 1)[-1]}"
    return f"the {block.tool} result of turn {block.turn}"


def _whole(block: Shown) -> str:
    """Return where the whole text can be read: a path of the length that an original's has."""
    return f"; whole: ~/.brimline/originals/{block.key:0>12}.txt"
