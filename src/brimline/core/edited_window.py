"""A window as a policy would have sent it: recorded blocks, cuts in their places, and what was read again."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from brimline.core.policy import Count, Cut, Moment
from brimline.core.prompt_cache import Block
from brimline.core.recording import Epoch, Shown, Turn

LARGEST_REFETCH_TOKENS = 800
"""The most of a block that an agent reads again for what it misses."""


class EditedWindow:
    """The blocks of an epoch as they are sent, turn by turn."""

    def __init__(self, epoch: Epoch) -> None:
        self.blocks = epoch.blocks
        self.cuts: dict[str, Cut] = {}
        self._by_key = {block.key: block for block in epoch.blocks}
        self._sent: dict[Hashable, Block] = {
            block.key: Block((block.key, None), block.tokens) for block in epoch.blocks
        }
        for turn, tokens in unseen_tokens(epoch.turns).items():
            if tokens:
                self._sent["unseen", turn] = Block(("unseen", turn), tokens)
        self._again: dict[Hashable, Block] = {}
        self._places = list(_places(epoch))

    def moment(self, turn: Turn, *, cold: bool) -> Moment:
        """Return what a policy may know before *turn*."""
        fresh = [block for block in self.blocks if block.turn == turn.number]
        earlier = [block for block in self.blocks if block.turn < turn.number]
        return Moment(turn.number, turn.at, cold, fresh, earlier, self.cuts)

    def edit(self, cuts: Mapping[str, Cut], count: Count) -> None:
        """Put *cuts* in place of blocks; only tool results may be edited."""
        for key, cut in cuts.items():
            block = self._by_key[key]
            if not block.result:
                raise ValueError(f"block {key} is no tool result, and may not be edited")
            self.cuts[key] = cut
            tokens = max(0, block.tokens + count(cut.text) - count(block.text))
            self._sent[key] = Block((key, cut.text), tokens)

    def is_older(self, keys: Iterable[str], turn: int) -> bool:
        """Tell whether any block of *keys* was sent before *turn*."""
        return any(self._by_key[key].turn < turn for key in keys)

    def read_again(self, blocks: Iterable[Shown], turn: int) -> int:
        """Let the agent read *blocks* again at *turn*: they stay in the window. Return their tokens."""
        tokens = sum(min(block.tokens, LARGEST_REFETCH_TOKENS) for block in blocks)
        if tokens:
            place = ("again", turn + 1)
            self._again[place] = Block(place, tokens)
        return tokens

    def body(self, turn: int, *, with_refetched: bool = False) -> list[Block]:
        """Return what stands behind the system part at *turn*."""
        sent = {**self._sent, **self._again} if with_refetched and self._again else self._sent
        return [sent[place] for first, place in self._places if first <= turn and place in sent]


def _places(epoch: Epoch) -> Iterator[tuple[int, Hashable]]:
    """Yield what may stand in a window, in order, with the turn that it is first sent in.

    Behind the blocks of a turn comes what it added besides: what no transcript shows, what was read again.
    """
    reached = epoch.turns[0].number
    for block in epoch.blocks:
        for turn in range(reached, block.turn):
            yield from ((turn, ("unseen", turn)), (turn, ("again", turn)))
        reached = max(reached, block.turn)
        yield block.turn, block.key
    for turn in range(reached, epoch.turns[-1].number + 1):
        yield from ((turn, ("unseen", turn)), (turn, ("again", turn)))


def unseen_tokens(turns: Sequence[Turn]) -> dict[int, int]:
    """Return each turn's unseen tokens, >= 0: what a turn lost is taken from what later ones gain."""
    debt, unseen = 0, dict[int, int]()
    for turn in turns:
        debt += turn.unseen_tokens
        unseen[turn.number] = max(0, debt)
        debt = min(0, debt)
    return unseen
