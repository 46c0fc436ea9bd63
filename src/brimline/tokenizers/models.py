"""Which tokenizer a model id means."""

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from brimline.core.tokens import Provenance

if TYPE_CHECKING:  # the ports load dataclasses, which take a fifth of the time to the first count
    from brimline.core.ports import Tokenizer

_CLAUDE: Final = re.compile(r"claude|\b(?:opus|sonnet|haiku|fable|mythos)\b")
_VERSION: Final = re.compile(r"(?<![\dv])(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)")
_O200K: Final = re.compile(
    r"(?:^|[/.:])(?:chatgpt-|gpt-?(?:4o|4\.1|4\.5|[5-9]|oss|image|audio|realtime)|o\d|codex)"
)
_CL100K: Final = re.compile(r"(?:^|[/.:])(?:gpt-?(?:4|3\.5|35)|text-embedding-)")


class Version(NamedTuple):
    """The version in a Claude model's id."""

    major: int
    minor: int


_GENERATIONS: Final = (
    (Version(5, 0), "claude-v5"),
    (Version(4, 8), "claude-v4.8"),
    (Version(4, 7), "claude-v4.7"),
    (Version(3, 0), "claude-v3"),
)
_LATEST_MEASURED: Final = Version(5, 0)


def tokenizer_for(model: str) -> "Tokenizer":
    """Return the tokenizer of *model*, whatever vendor prefix, date or `[1m]` its id carries.

    A Claude model newer than those measured, or of no version, gets the newest generation known and says
    estimated; an id that says nothing (or whose tokenizer is not installed) gets averages by kind of text.
    """
    wanted = model.strip().lower()
    if _CLAUDE.search(wanted):
        return _claude_for(wanted)
    if _O200K.search(wanted):
        return _openai("o200k_base")
    if _CL100K.search(wanted):
        return _openai("cl100k_base")
    return _estimate("unknown")


def tokenizer_within(model: str) -> "Tokenizer":
    """Return what counts for *model* a text that more follows, such as a tool's result in a conversation.

    Within a conversation a text touches no message's frame: the mark that Opus 4.7's frame shares with it
    is its own again, and Opus 5 drops no white space at its end (on the steps of the session data with a
    single result, counting results untrimmed is closer for every model).
    """
    tokenizer = tokenizer_for(model)
    framed = tokenizer.name in {"claude-v4.7", "claude-v5"}
    return _claude("claude-v4.8", tokenizer.provenance) if framed else tokenizer


def _claude_for(model: str) -> "Tokenizer":
    version = claude_version(model)
    generation = claude_generation(model)
    if not generation:
        return _estimate("claude")
    measured = version is not None and version <= _LATEST_MEASURED
    return _claude(generation, Provenance.EXACT if measured else Provenance.ESTIMATED)


def claude_generation(model: str) -> str | None:
    """Return the tokenizer generation of the Claude *model* (lower case): the newest if no version is told.

    None before Claude 3. Of the models numbered 5.0 only Opus drops white space at a message's end.

    >>> claude_generation("claude-3-5-sonnet-20241022"), claude_generation("claude-opus-4-7[1m]")
    ('claude-v3', 'claude-v4.7')
    >>> claude_generation("us.anthropic.claude-sonnet-5-v1:0"), claude_generation("claude-opus-5")
    ('claude-v4.8', 'claude-v5')
    """
    version = claude_version(model)
    if version == _LATEST_MEASURED and "opus" not in model:
        return "claude-v4.8"
    version = version or _LATEST_MEASURED
    return next((name for first, name in _GENERATIONS if version >= first), None)


def claude_version(model: str) -> Version | None:
    """Return major and minor version of the Claude *model*, or None where its id does not tell.

    >>> claude_version("anthropic/claude-haiku-4.5")
    Version(major=4, minor=5)
    >>> claude_version("claude-sonnet-4-20250514")
    Version(major=4, minor=0)
    """
    told = _VERSION.search(model.partition("[")[0])
    return Version(int(told[1]), int(told[2] or 0)) if told else None


@cache
def _claude(generation: str, provenance: Provenance) -> "Tokenizer":
    from brimline.tokenizers.claude import GENERATIONS, ClaudeTokenizer

    return ClaudeTokenizer(GENERATIONS[generation], provenance)


@cache
def _openai(encoding: str) -> "Tokenizer":
    try:
        from brimline.tokenizers.openai import OpenAITokenizer
    except ImportError:
        return _estimate("openai")
    return OpenAITokenizer(encoding)


@cache
def _estimate(family: str) -> "Tokenizer":
    from brimline.tokenizers.estimate import EstimatingTokenizer

    return EstimatingTokenizer(family)
