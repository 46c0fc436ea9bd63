"""The tokens of a text: a use case of its own, so that the first count loads nothing else."""

import sys
from typing import NamedTuple

from brimline.core.errors import InputError
from brimline.core.tokens import Provenance
from brimline.tokenizers import tokenizer_for

DEFAULT_MODEL = "claude-sonnet-5"


class CountView(NamedTuple):
    """The tokens of a text, and how they are known."""

    model: str
    tokenizer: str
    tokens: int
    provenance: Provenance
    as_message: bool

    def to_json(self) -> dict[str, object]:
        """Return the view as JSON knows it."""
        return {**self._asdict(), "schema": "brimline/count@1"}

    def to_text(self) -> str:
        """Return the view as one line."""
        return f"{self.tokens:,} tokens ({self.provenance}, {self.tokenizer})"


def count_text(text: str, model: str = DEFAULT_MODEL, *, as_message: bool = False) -> CountView:
    """Return the tokens of *text* for *model*, with the frame of a user's message *as_message*."""
    tokenizer = tokenizer_for(model)
    frame = tokenizer.frame_tokens if as_message else 0
    return CountView(model, tokenizer.name, tokenizer.count(text) + frame, tokenizer.provenance, as_message)


def read_text(file: str) -> str:
    """Return the text of *file*, of standard input for "-"; raises `InputError` where it is no text."""
    try:
        return _read(file).decode()
    except OSError as error:
        raise InputError(
            f"cannot read {file}: {error.strerror or error}; name a file, or - for input"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file} is not UTF-8 text (byte {error.start}); a model gets text, so convert it first"
        ) from error


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    with open(file, "rb") as opened:  # noqa: PTH123 - pathlib takes a twentieth of the time to the first count
        return opened.read()
