"""The arm that knows the future: of each result it sends the lines that later turns use, and no more.

The cover is greedy, not the smallest. It says how much of a session could have been left out without a miss.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from brimline.core.atoms import identifiers, quotable
from brimline.core.policy import Count, Cut, Decide, Moment, plain_cut
from brimline.core.recording import Epoch, Recording, Shown
from brimline.core.regret import Visibility, in_order


class Oracle:
    """A greedy cover, turn by turn: what is kept already serves first, else the last result with the atom."""

    name = "oracle"
    keeps_originals = True

    def __init__(self, recording: Recording) -> None:
        self._cover = _Cover()
        for epoch in recording.epochs:
            self._cover.add(epoch)

    def begin(self, count: Count) -> Decide:
        """Return the decisions for the session that it has seen to its end."""

        def decide(moment: Moment) -> Mapping[str, Cut]:
            cuts = {block.key: plain_cut(self._cover.left(block)) for block in moment.fresh if block.result}
            whole = {block.key: block.text for block in moment.fresh}
            return {key: cut for key, cut in cuts.items() if count(cut.text) < count(whole[key])}

        return decide


class _Cover:
    """The lines of each result that are kept, and the atoms in them."""

    def __init__(self) -> None:
        self._lines: dict[str, set[int]] = defaultdict(set)
        self._atoms: dict[tuple[str, bool], set[str]] = defaultdict(set)

    def add(self, epoch: Epoch) -> None:
        """Keep what the turns of *epoch* use and only results show."""
        seen = Visibility(epoch.blocks)
        for turn in epoch.turns:
            for atom, quote in in_order(turn.emitted):
                results, exclusive = seen.results_showing(atom, turn.number, quote=quote)
                if exclusive and results and not self._shows(results, atom, quote=quote):
                    self._keep(results[-1], atom, quote=quote)

    def left(self, block: Shown) -> str:
        """Return the kept lines of *block*."""
        lines = block.text.split("\n")
        return "\n".join(lines[number] for number in sorted(self._lines[block.key]))

    def _shows(self, results: Sequence[Shown], atom: str, *, quote: bool) -> bool:
        return any(atom in self._atoms[block.key, quote] for block in results)

    def _keep(self, block: Shown, atom: str, *, quote: bool) -> None:
        atoms_of = quotable if quote else identifiers
        lines = block.text.split("\n")
        with_it = (number for number, line in enumerate(lines) if atom in line and atom in atoms_of(line))
        number = next(with_it, None)
        # An atom that no line shows by itself stands across lines: all of them are kept.
        for kept in range(len(lines)) if number is None else (number,):
            self._lines[block.key].add(kept)
            self._atoms[block.key, False] |= identifiers(lines[kept])
            self._atoms[block.key, True] |= quotable(lines[kept])
        self._atoms[block.key, quote].add(atom)
