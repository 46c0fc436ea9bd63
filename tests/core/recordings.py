"""Small recordings for tests: each turn shows some blocks, and its answer writes some text."""

from collections.abc import Sequence

from brimline.core.atoms import identifiers, quotes
from brimline.core.prompt_cache import Block
from brimline.core.recording import Emitted, Epoch, Recording, Shown, Turn
from brimline.core.usage import Usage

SYSTEM_TOKENS = 10_000
MODEL = "claude-opus-5"


def words(text: str) -> int:
    """Count a token for each word."""
    return len(text.split())


def shown(turn: int, text: str, *, result: bool = True, tool: str = "Bash", target: str = "") -> Shown:
    """Return a block of *turn*; its key is told by its text."""
    return Shown(f"{turn}.{text[:12]}", turn, text, words(text), result, tool if result else "", target)


def turn(number: int, window: int, writes: str = "", at: float | None = None, unseen: int = 0) -> Turn:
    """Return the request *number*, sent a minute after the one before it."""
    return Turn(
        number=number,
        at=60.0 * number if at is None else at,
        model=MODEL,
        usage=Usage(0, 0, 0, window),
        unseen_tokens=unseen,
        settings=(Block("thinking on", 0),),
        emitted=Emitted(frozenset(quotes(writes)), frozenset(identifiers(writes))),
    )


def recording(
    blocks: Sequence[Shown], writes: Sequence[str], times: Sequence[float] | None = None
) -> Recording:
    """Return a session of one epoch, whose turns write *writes*."""
    turns = [
        turn(
            number,
            SYSTEM_TOKENS + sum(block.tokens for block in blocks if block.turn <= number),
            text,
            times[number - 1] if times else None,
        )
        for number, text in enumerate(writes, 1)
    ]
    epoch = Epoch(turns=tuple(turns), blocks=tuple(blocks))
    return Recording(
        session="s", path="s.jsonl", repository="r", system_tokens=SYSTEM_TOKENS, epochs=(epoch,)
    )
