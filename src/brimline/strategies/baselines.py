"""The arms that every table holds beside ours: what others do, and what nothing better than chance does."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from brimline.core.policy import Count, Cut, Decide, Moment, plain_cut
from brimline.core.recording import Shown

CLEARED = "[Old tool result content cleared]"
"""What a provider's own clearing leaves in a result's place."""

HEAD_TAIL_CHARACTERS = 2_000
KEPT_RESULTS = 10
CLEAR_FROM_TOKENS = 30_000
CLEAR_KEEPS = 3


@dataclass(frozen=True)
class Arm:
    """A policy that is one function of the moment, with no memory but what it edited."""

    name: str
    decide: Callable[[Moment], Mapping[str, Cut]]
    keeps_originals: bool = False

    def begin(self, count: Count) -> Decide:
        """Return the function itself."""
        del count
        return self.decide


def _leave(_moment: Moment) -> Mapping[str, Cut]:
    return {}


def results(blocks: Sequence[Shown]) -> list[Shown]:
    """Return the tool results among *blocks*."""
    return [block for block in blocks if block.result]


def _delete(moment: Moment) -> Mapping[str, Cut]:
    return {block.key: plain_cut(CLEARED) for block in results(moment.fresh)}


def _keep_last(moment: Moment) -> Mapping[str, Cut]:
    seen = results([*moment.earlier, *moment.fresh])
    return {block.key: plain_cut(CLEARED) for block in seen[:-KEPT_RESULTS] if block.key not in moment.cuts}


def _clear_beyond(moment: Moment) -> Mapping[str, Cut]:
    seen = [block for block in results([*moment.earlier, *moment.fresh]) if block.key not in moment.cuts]
    if sum(block.tokens for block in seen) < CLEAR_FROM_TOKENS:
        return {}
    return {block.key: plain_cut(CLEARED) for block in seen[:-CLEAR_KEEPS]}


def _head_tail(moment: Moment) -> Mapping[str, Cut]:
    return {
        block.key: plain_cut(head_tail(block.text))
        for block in results(moment.fresh)
        if len(block.text) > HEAD_TAIL_CHARACTERS
    }


def head_tail(text: str) -> str:
    """Return the first and last half of `HEAD_TAIL_CHARACTERS` of *text*."""
    half = HEAD_TAIL_CHARACTERS // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters …]\n{text[-half:]}"


IDENTITY = Arm("identity", _leave)
DELETE_ALL = Arm("delete_all", _delete)
KEEP_LAST_10 = Arm("keep_last_10", _keep_last)
CLEAR_30K_KEEP_3 = Arm("clear_30k_keep_3", _clear_beyond)
HEAD_TAIL_2000 = Arm("head_tail_2000", _head_tail)


@dataclass(frozen=True)
class Placebo:
    """Deletes random lines of each result: the *share* that another arm saves, without any thought."""

    share: float
    seed: int = 20_261_122
    name: str = "placebo"
    keeps_originals: bool = False

    def begin(self, count: Count) -> Decide:
        """Return the decisions, the same at every call."""
        del count
        chance = random.Random(self.seed)  # noqa: S311 - to be repeated, not to be secret

        def decide(moment: Moment) -> Mapping[str, Cut]:
            return {block.key: plain_cut(self._thin(block.text, chance)) for block in results(moment.fresh)}

        return decide

    def _thin(self, text: str, chance: random.Random) -> str:
        return "\n".join(line for line in text.split("\n") if chance.random() >= self.share)
