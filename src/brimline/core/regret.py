"""What turns used that they could no longer see: the third measure beside tokens and dollars.

An atom is what can be told apart by its shape (`brimline.core.atoms`). It is used where an answer writes it
and a block sent before shows it. It is hidden where only tool results show it and all of them were cut to
something that does not.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from brimline.core.atoms import identifiers, quotable
from brimline.core.recording import Emitted, Shown


@dataclass(slots=True)
class Used:
    """Exclusive atoms that turns used, and those of them that they could not see."""

    used: int = 0
    hidden: int = 0


@dataclass(slots=True)
class Regret:
    """Atoms that turns used and could not see: of all, of exclusive ones (only in results), of quotes."""

    used: int = 0
    exclusive: int = 0
    hidden: int = 0
    quotes_used: int = 0
    quotes_hidden: int = 0
    turns_affected: int = 0
    by_tool: dict[str, Used] = field(default_factory=lambda: defaultdict(Used))
    """Exclusive atoms by the tool that showed them last."""

    def note(self, tool: str, *, quote: bool, exclusive: bool, hidden: bool) -> None:
        """Count one atom that a turn used."""
        self.used += 1
        self.exclusive += exclusive
        self.hidden += hidden
        self.quotes_used += quote
        self.quotes_hidden += quote and hidden
        if exclusive:
            self.by_tool[tool].used += 1
            self.by_tool[tool].hidden += hidden


class _Atoms(NamedTuple):
    """One family of atoms: how a text shows them, and the blocks that show each, in order."""

    of: Callable[[str], set[str]]
    shown_by: dict[str, list[Shown]]


class Visibility:
    """Where each atom of some blocks stands, and whether it can still be seen there."""

    def __init__(self, blocks: Sequence[Shown]) -> None:
        self._identifiers = _Atoms(identifiers, _index(blocks, identifiers))
        self._quotes = _Atoms(quotable, _index(blocks, quotable))
        self._says: dict[str, str] = {}
        self._left: dict[tuple[str, bool], set[str]] = {}

    def cut(self, key: str, says: str) -> None:
        """Let the block *key* show no more than *says*."""
        self._says[key] = says
        for quote in (False, True):
            self._left.pop((key, quote), None)

    def reveal(self, key: str) -> None:
        """Let all of the block *key* be seen from now on."""
        self._says.pop(key, None)

    def judge(self, turn: int, emitted: Emitted, regret: Regret) -> list[Shown]:
        """Count in *regret* what *turn* used; return the blocks that show what it could not see."""
        missed: dict[str, Shown] = {}
        for atom, quote in in_order(emitted):
            source = self._judge(atom, turn, regret, quote=quote)
            if source is not None:
                missed[source.key] = source
        return list(missed.values())

    def results_showing(self, atom: str, turn: int, *, quote: bool) -> tuple[list[Shown], bool]:
        """Return the results that showed *atom* up to *turn*, and whether nothing else did."""
        family = self._quotes if quote else self._identifiers
        sources = [block for block in family.shown_by.get(atom, ()) if block.turn <= turn]
        results = [block for block in sources if block.result]
        return results, len(results) == len(sources)

    def _judge(self, atom: str, turn: int, regret: Regret, *, quote: bool) -> Shown | None:
        results, exclusive = self.results_showing(atom, turn, quote=quote)
        if not results:
            return None
        hidden = exclusive and not any(self._shows(block, atom, quote=quote) for block in results)
        regret.note(results[-1].tool, quote=quote, exclusive=exclusive, hidden=hidden)
        return results[-1] if hidden else None

    def _shows(self, block: Shown, atom: str, *, quote: bool) -> bool:
        if block.key not in self._says:
            return True
        left = self._left.get((block.key, quote))
        if left is None:
            family = self._quotes if quote else self._identifiers
            left = self._left[block.key, quote] = family.of(self._says[block.key])
        return atom in left


def in_order(emitted: Emitted) -> Iterator[tuple[str, bool]]:
    """Yield each atom and whether it is a quote, in an order that is the same in every run."""
    for quote, atoms in ((True, emitted.quotes), (False, emitted.identifiers)):
        for atom in sorted(atoms):
            yield atom, quote


def _index(blocks: Iterable[Shown], atoms_of: Callable[[str], set[str]]) -> dict[str, list[Shown]]:
    index: dict[str, list[Shown]] = defaultdict(list)
    for block in blocks:
        for atom in atoms_of(block.text):
            index[atom].append(block)
    return index
