"""What providers promise about prompt caches, as dated values.

A rule set says how long a cached prefix lives, what writing and reading it costs in *input-token units*
(1 is the price of one uncached input token), and which prefixes are looked for. Prices in USD are not
known here: units times a model's input price are.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Layer(StrEnum):
    """The parts of a request in the order of its prefix: what changes in one changes all after it."""

    TOOLS = "tools"
    SYSTEM = "system"
    MESSAGES = "messages"


class Setting(StrEnum):
    """A setting of a request that is part of what is cached, though it is no block."""

    MODEL = "model"
    WEB_SEARCH = "web search"
    CITATIONS = "citations"
    SPEED = "speed"
    TOOL_CHOICE = "tool choice"
    THINKING = "thinking"
    IMAGES = "images"


BREAKS_FROM: dict[Setting, Layer] = {
    Setting.MODEL: Layer.TOOLS,
    Setting.WEB_SEARCH: Layer.SYSTEM,
    Setting.CITATIONS: Layer.SYSTEM,
    Setting.SPEED: Layer.SYSTEM,
    Setting.TOOL_CHOICE: Layer.MESSAGES,
    Setting.THINKING: Layer.MESSAGES,
    Setting.IMAGES: Layer.MESSAGES,
}
"""The first layer that a change of a setting makes anew; the layers before it stay cached.

Source: Anthropic's guide to prompt caching, its table of what invalidates what; 2026-11. Seen in the session
data for thinking (docs/design/prompt-cache.md). A changed tool or system block is a block like any other.
`IMAGES` is whether there is any image at all.
"""


class Lifetime(NamedTuple):
    """How long an entry lives after its last use, and what one token of it costs to write (units)."""

    name: str
    seconds: float
    write_weight: float


FIVE_MINUTES = Lifetime("5m", 300.0, 1.25)
"""Anthropic's default. Source: its guide to prompt caching, 2026-11."""

ONE_HOUR = Lifetime("1h", 3_600.0, 2.0)
"""Anthropic's `ttl: "1h"`. Source: its guide to prompt caching, 2026-11."""

HALF_AN_HOUR = Lifetime("30m", 1_800.0, 1.25)
"""OpenAI from GPT-5.6: the least it promises. Source: its guide to prompt caching, 2026-11."""

UNPAID = Lifetime("in memory", 300.0, 1.0)
"""OpenAI before GPT-5.6: 5 to 10 minutes, seldom up to an hour; nothing is paid for writing.

Source: its guide to prompt caching, 2026-11.
"""


COLD_MARGIN_SECONDS = 60.0
"""How much longer than its lifetime an idle entry is waited for before anything counts on its end.

Of 33 pauses in the session data longer than the lifetime, one of 347 s found a five-minute entry alive: a
request beside the conversation had read it in between.
"""


def is_surely_cold(idle_seconds: float, lifetime: Lifetime) -> bool:
    """Tell whether an entry that was last *sent* for this long ago is dead beyond doubt."""
    return idle_seconds > lifetime.seconds + COLD_MARGIN_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheRules:
    """One provider's rules for one model, valid on the day `as_of` (ISO 8601)."""

    provider: str
    as_of: str
    lifetimes: tuple[Lifetime, ...]
    """What may be chosen, the default first."""
    read_weight: float
    """Units for reading one cached token."""
    minimum_tokens: int
    """Shorter prefixes are not cached, and nothing says so."""
    marked: bool
    """Whether prefixes are cached only where the request marks them; else wherever two prompts agree."""
    breakpoints: int = 0
    """Most marks that a request may write."""
    lookback_blocks: int | None = None
    """Positions looked at for each mark, itself the first; None looks at all."""
    step_tokens: int = 1
    """What is read is cut down to a multiple of this."""


class Minimum(NamedTuple):
    """Models by the beginning of their names, and the shortest prefix that is cached for them (tokens)."""

    models: tuple[str, ...]
    tokens: int


ANTHROPIC_MINIMUMS: tuple[Minimum, ...] = (
    Minimum(("opus-5", "fable-5", "mythos-5"), 512),
    Minimum(("opus-4-7",), 4_096),
    Minimum(("opus-4-5", "opus-4-6", "haiku-4-5"), 4_096),
    Minimum(("haiku-3", "3-haiku", "3-5-haiku"), 2_048),
    Minimum(("",), 1_024),
)
"""The first that fits counts. Source: Anthropic's guide as LiteLLM's documentation repeats it, 2026-10-07.

For Opus 4.7 some say 2,048 and some 4,096; the larger figure never claims a cache that is not there. Others
(Sonnet 4 to 5, Opus 4, 4.1 and 4.8) need 1,024.
"""

OPENAI_READ_WEIGHTS: tuple[tuple[str, float], ...] = (
    ("gpt-6.1", 0.05),
    ("gpt-4o", 0.5),
    ("o1", 0.5),
    ("o3-mini", 0.5),
    ("gpt-4.1", 0.25),
    ("o3", 0.25),
    ("o4-mini", 0.25),
    ("codex-mini", 0.25),
)
"""Units for a read, by the beginning of the model's name; all others 0.1.

Source: genai-prices 0.2.3, 2026-11.
"""

OPENAI_MINIMUM_TOKENS = 1_024
OPENAI_PAID_FROM = (5, 6)
"""The first GPT whose cache writes are paid for."""

_DATED = "2026-11-22"
_GPT = re.compile(r"gpt-(\d+)(?:[.-](\d{1,2})(?!\d))?")


def rules_for(model: str) -> CacheRules:
    """Return the rules for *model* (its API name); one that is no OpenAI model follows Anthropic's."""
    name = model.lower().rpartition("/")[2]
    return _openai(name) if re.match(r"(chat)?gpt-|o\d|codex", name) else _anthropic(name)


def _anthropic(model: str) -> CacheRules:
    """Return Anthropic's rules: marks, a lookback, two lifetimes (guide to prompt caching, 2026-11)."""
    short = model.rpartition("claude-")[2]
    minimum = next(one.tokens for one in ANTHROPIC_MINIMUMS if short.startswith(one.models))
    return CacheRules(
        provider="anthropic",
        as_of=_DATED,
        lifetimes=(FIVE_MINUTES, ONE_HOUR),
        read_weight=0.1,
        minimum_tokens=minimum,
        marked=True,
        breakpoints=4,
        lookback_blocks=20,
    )


def _openai(model: str) -> CacheRules:
    """Return OpenAI's rules: from GPT-5.6 marks and paid writes, before that any agreeing prefix, unpaid.

    That only the 80 latest marks are looked for is left out: a conversation finds its newest.
    Source: OpenAI's guide to prompt caching and the documentation of `prompt_cache_options`, 2026-11.
    """
    found = _GPT.match(model)
    paid = found is not None and (int(found[1]), int(found[2] or 0)) >= OPENAI_PAID_FROM
    weights = (weight for start, weight in OPENAI_READ_WEIGHTS if model.startswith(start))
    return CacheRules(
        provider="openai",
        as_of=_DATED,
        lifetimes=(HALF_AN_HOUR if paid else UNPAID,),
        read_weight=next(weights, 0.1),
        minimum_tokens=OPENAI_MINIMUM_TOKENS,
        marked=paid,
        breakpoints=4 if paid else 0,
        step_tokens=1 if paid else 128,
    )
