"""The seams: what the app floor wires together, each a role's bare noun."""

from typing import Protocol

from brimline.core.tokens import Provenance
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
