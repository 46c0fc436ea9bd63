"""How what a client sends back may differ from what the model wrote (docs/design/calibration.md).

The output a request reported is what the model wrote. Where a known change explains the difference
to the blocks in the transcript, the blocks are what stands in the window.
"""

import re
from collections.abc import Iterator, Mapping

from brimline.core.ports import Tokenizer

REPLACE_ALL_TOKENS = -24
"""The client adds `replace_all: false` to an Edit."""

SHELLS = frozenset({"Bash", "PowerShell"})

_STRIPPED = re.compile("[\ue000-\uf8ff\x01-\x08\x0b-\x1f\x7f-\x9f]")


def stripped_tokens(arguments: Mapping[str, object]) -> int:
    """Return what control and private-use characters of a call cost the model; the API drops them.

    Each is written byte by byte, with two tokens around it.
    """
    texts = [value for value in arguments.values() if isinstance(value, str)]
    return sum(len(char.encode()) + 2 for text in texts for char in _STRIPPED.findall(text))


def rewrites_of(tool: str, arguments: Mapping[str, object], cwd: str, tokenizer: Tokenizer) -> Iterator[int]:
    """Yield the differences (output less blocks, tokens) that the client's changes to a call make."""
    if tool == "Edit" and arguments.get("replace_all") is False:
        yield REPLACE_ALL_TOKENS
    if tool in SHELLS and cwd:
        # A leading change into the folder it is in anyway is taken away.
        yield tokenizer.count(f"cd {cwd} && ")
    stripped = stripped_tokens(arguments)
    if stripped:
        yield stripped
