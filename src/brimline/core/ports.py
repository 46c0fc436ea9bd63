"""The seams: what the app floor wires together, each a role's bare noun."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from brimline.core.tokens import Count, Provenance
from brimline.core.usage import Usage


class Tokenizer(Protocol):
    """Counts text for one tokenizer generation."""

    @property
    def name(self) -> str:
        """The generation, for example `claude-v3`."""
        ...

    @property
    def provenance(self) -> Provenance:
        """`exact` or `estimated`: what this tokenizer's counts may claim."""
        ...

    @property
    def frame_tokens(self) -> int:
        """Tokens that one user message costs besides its text."""
        ...

    def count(self, text: str) -> int:
        """Return the tokens of *text* alone, inside a message and without its frame."""
        ...


class PriceList(Protocol):
    """Prices a call."""

    def cost_usd(self, model: str, usage: Usage, at: float) -> float | None:
        """Return the price of *usage* in USD at Unix time *at*, or None for an unknown model."""
        ...


class Wording(NamedTuple):
    """Tokens of a client's fixed wording around what it adds to a turn, by tokenizer generation."""

    v3: int
    v5: int


class Meter(Protocol):
    """Says how many tokens the blocks of a conversation add to one model's window, frames and all."""

    @property
    def name(self) -> str:
        """What its figures depend on; figures of meters of one name may be mixed."""
        ...

    @property
    def tokenizer(self) -> Tokenizer:
        """What counts the text."""
        ...

    @property
    def output_stays(self) -> bool:
        """Whether a finished request's reported output, thinking included, is what stays of it."""
        ...

    def answer_text(self, text: str, *, first: bool) -> int:
        """Return the tokens of a text block of an answer, its *first* or a later one."""
        ...

    def thinking(self, text: str, signature_length: int) -> Count:
        """Return the tokens of a thinking block: by its *text*, by its signature where that is a summary."""
        ...

    def tool_call(self, name: str, arguments: Mapping[str, object], *, first: bool) -> int:
        """Return the tokens of a call of tool *name*, the answer's *first* or a later one."""
        ...

    def tool_result(self, text: str, *, is_error: bool) -> int:
        """Return the tokens of a result's content, without its frame."""
        ...

    def result_frame(self, tools: Sequence[str], *, errors: int) -> int:
        """Return the tokens around the results that follow one answer, by their *tools*' names."""
        ...

    def text_frame(self, texts: int, *, after_results: bool) -> int:
        """Return the tokens around *texts* text blocks of a user's turn."""
        ...

    def notice(self, text: str) -> int:
        """Return the tokens of a task's notice, which the API words at length."""
        ...

    def note(self, text: str, wording: Wording, *, tagged: bool) -> int:
        """Return the tokens of what the client adds in its *wording*, *tagged* where every client tags it."""
        ...

    def image(self, width: int, height: int) -> int:
        """Return the tokens of an image of *width* x *height* pixels."""
        ...
