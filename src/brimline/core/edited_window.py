"""A window as a policy would have sent it: recorded blocks, cuts in their places, and what was read again."""

from collections.abc import Iterable, Mapping, Sequence

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
        self._tokens = {block.key: block.tokens for block in epoch.blocks}
        self._unseen = unseen_tokens(epoch.turns)
        self._refetched: dict[int, int] = {}

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
            self._tokens[key] = max(0, block.tokens + count(cut.text) - count(block.text))

    def is_older(self, keys: Iterable[str], turn: int) -> bool:
        """Tell whether any block of *keys* was sent before *turn*."""
        return any(self._by_key[key].turn < turn for key in keys)

    def read_again(self, blocks: Iterable[Shown], turn: int) -> int:
        """Let the agent read *blocks* again at *turn*: they stay in the window. Return their tokens."""
        tokens = sum(min(block.tokens, LARGEST_REFETCH_TOKENS) for block in blocks)
        if tokens:
            self._refetched[turn + 1] = self._refetched.get(turn + 1, 0) + tokens
        return tokens

    def body(self, turn: int, *, with_refetched: bool = False) -> list[Block]:
        """Return what stands behind the system part at *turn*."""
        body: list[Block] = []
        reached = 0
        for block in self.blocks:
            if block.turn > turn:
                continue
            for passed in range(reached, block.turn):
                body += self._besides(passed, with_refetched=with_refetched)
            reached = max(reached, block.turn)
            cut = self.cuts.get(block.key)
            body.append(Block((block.key, cut.text if cut else None), self._tokens[block.key]))
        for passed in range(reached, turn + 1):
            body += self._besides(passed, with_refetched=with_refetched)
        return body

    def _besides(self, turn: int, *, with_refetched: bool) -> list[Block]:
        """Return what *turn* added besides its blocks: what no transcript shows, and what was read again."""
        added = [Block(("unseen", turn), self._unseen[turn])] if self._unseen.get(turn) else []
        if with_refetched and turn in self._refetched:
            added.append(Block(("refetched", turn), self._refetched[turn]))
        return added


def unseen_tokens(turns: Sequence[Turn]) -> dict[int, int]:
    """Return each turn's unseen tokens, >= 0: what a turn lost is taken from what later ones gain."""
    debt, unseen = 0, dict[int, int]()
    for turn in turns:
        debt += turn.unseen_tokens
        unseen[turn.number] = max(0, debt)
        debt = min(0, debt)
    return unseen
