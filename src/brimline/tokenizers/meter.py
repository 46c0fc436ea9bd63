"""How the blocks of a conversation add up in a window: the frames around the counted texts.

Every constant was found on recorded sessions, as the growth of the reported window from one request
to the next (docs/design/calibration.md).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from brimline.core.ports import Tokenizer, Wording
from brimline.core.tokens import Count, Provenance
from brimline.tokenizers.growth import image_tokens, is_summary, signed_thinking_tokens
from brimline.tokenizers.models import tokenizer_within


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """One generation's constants, in tokens."""

    parameter: int
    """Around one parameter of a call."""
    calls: int
    """Around the calls of one answer."""
    thinking: int
    """Around a thinking block that is counted by its text."""
    one_result: int
    one_error: int
    """What an error adds to a single result."""
    results: int
    each_result: int
    """Around two results and more, and for each of them."""
    empty_result: int
    """A result without text, frame aside."""
    notice: int
    reminder: int
    """The client's reminder tags."""
    turn: int
    """Around the text blocks of a user's turn."""
    each_text: int


V3 = Frames(
    parameter=15,
    calls=0,
    thinking=15,
    one_result=45,
    one_error=8,
    results=30,
    each_result=38,
    empty_result=15,
    notice=100,
    reminder=12,
    turn=6,
    each_text=0,
)
V5 = Frames(
    parameter=19,
    calls=23,
    thinking=0,
    one_result=5,
    one_error=6,
    results=6,
    each_result=22,
    empty_result=0,
    notice=153,
    reminder=16,
    turn=1,
    each_text=1,
)

TAGGING_MODELS = re.compile(r"sonnet-5(?![\d.])")
"""Models of the fifth family that still take the client's additions inside reminder tags."""


@dataclass(frozen=True)
class ConversationMeter:
    """Meters conversations with one model."""

    tokenizer: Tokenizer
    frames: Frames
    tags: bool

    @property
    def name(self) -> str:
        """Return the generation, whether reminders are tagged, and whether counts are taken for exact."""
        sure = self.tokenizer.provenance is Provenance.EXACT
        return f"{self.tokenizer.name}{'-tagged' if self.tags else ''}{'' if sure else '-estimated'}"

    @property
    def output_stays(self) -> bool:
        """Return whether reported output is final: older clients wrote down a first streaming value."""
        return self.frames is V5

    def answer_text(self, text: str, *, first: bool) -> int:
        """Return the tokens of a text block of an answer."""
        return self.tokenizer.count(text) + first

    def thinking(self, text: str, signature_length: int) -> Count:
        """Return the tokens of a thinking block by its text, or estimated where that is only a summary."""
        if self.frames is V3 and is_summary(text, signature_length):
            tokens = signed_thinking_tokens(signature_length)
            return Count(tokens + self.frames.thinking, Provenance.ESTIMATED)
        return Count(self.tokenizer.count(text) + self.frames.thinking, self.tokenizer.provenance)

    def tool_call(self, name: str, arguments: Mapping[str, object], *, first: bool) -> int:
        """Return the tokens of a call; strings stand in it as they are, other values as JSON."""
        parameters = sum(self._parameter(key, value) for key, value in arguments.items())
        return self.tokenizer.count(name) + parameters + (self.frames.calls if first else 0)

    def _parameter(self, key: str, value: object) -> int:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        within = self._within('<parameter name="x">', text, "</parameter>\n")
        return self.tokenizer.count(key) + within + self.frames.parameter

    def tool_result(self, text: str, *, is_error: bool) -> int:
        """Return the tokens of a result's text where it stands."""
        if not text:
            return self.frames.empty_result
        if self.frames is V3:
            return self._within("<output>", text, "</output>\n")
        return self._within("<error>", text, "</error>\n") if is_error else self.tokenizer.count(text)

    def _within(self, before: str, text: str, after: str) -> int:
        """Return what *text* costs between two tags: its ends may merge with theirs."""
        return self.tokenizer.count(before + text + after) - self._tags(before, after) + 1

    def _tags(self, before: str, after: str) -> int:
        if before not in self._tag_tokens:
            self._tag_tokens[before] = self.tokenizer.count(f"{before}x{after}")
        return self._tag_tokens[before]

    @cached_property
    def _tag_tokens(self) -> dict[str, int]:
        return {}

    def result_frame(self, tools: Sequence[str], *, errors: int) -> int:
        """Return the tokens around the results that follow one answer."""
        if len(tools) < 2:  # noqa: PLR2004 - one or none
            return len(tools) * (self.frames.one_result + self.frames.one_error * errors)
        names = sum(self.tokenizer.count(tool) for tool in tools)
        return self.frames.results + self.frames.each_result * len(tools) + names

    def text_frame(self, texts: int, *, after_results: bool) -> int:
        """Return the tokens around the text blocks of a turn."""
        if not texts:
            return 0
        if self.frames is V5 and not after_results:
            return 2 * texts
        return self.frames.turn + self.frames.each_text * texts

    def notice(self, text: str) -> int:
        """Return the tokens of a task's notice."""
        return self.tokenizer.count(text) + self.frames.notice

    def note(self, text: str, wording: Wording, *, tagged: bool) -> int:
        """Return the tokens of something the client adds, in its tags where the model takes such."""
        words = wording.v3 if self.frames is V3 else wording.v5
        return self.tokenizer.count(text) + words + (self.frames.reminder if tagged or self.tags else 0)

    def image(self, width: int, height: int) -> int:
        """Return the tokens of an image."""
        return image_tokens(width, height, self.tokenizer.name)


@cache
def meter_for(model: str) -> ConversationMeter:
    """Return the meter of *model*; an unknown one is metered as the newest Claude models are."""
    tokenizer = tokenizer_within(model or "claude")
    old = tokenizer.name == "claude-v3"
    tags = old or TAGGING_MODELS.search(model.lower()) is not None
    return ConversationMeter(tokenizer, V3 if old else V5, tags)
