"""A number of tokens, and how we know it."""

from enum import StrEnum
from typing import NamedTuple


class Provenance(StrEnum):
    """How a token figure came about, from the surest to the least sure."""

    EXACT = "exact"
    """Counted with the model's own tokenizer, offline."""
    REPORTED = "reported"
    """Said by the provider in a response's `usage`."""
    ESTIMATED = "estimated"
    """Derived from averages; shown with a `~`."""


_SURENESS = {Provenance.EXACT: 0, Provenance.REPORTED: 1, Provenance.ESTIMATED: 2}


class Count(NamedTuple):
    """A number of tokens (>= 0) and its provenance."""

    tokens: int
    provenance: Provenance


def weakest(*provenances: Provenance) -> Provenance:
    """Return the least sure of *provenances*: what a sum of such figures may claim (exact for none)."""
    return max(provenances, key=_SURENESS.__getitem__, default=Provenance.EXACT)
