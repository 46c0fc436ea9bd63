"""What Claude Code's own settings say about compaction and the window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from brimline.adapters.claude_code.scan import MOST_TOKENS


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Settings that move a session's line; None where nothing is said.

    `compact_window_tokens` is the window that compaction reckons with, `compact_share` the share of it
    at which to compact at the latest (0..1), `window_tokens` the model's window.
    """

    compacts: bool = True
    compact_window_tokens: int | None = None
    compact_share: float | None = None
    window_tokens: int | None = None


class _File(msgspec.Struct, rename="camel"):
    auto_compact_enabled: bool | None = None
    auto_compact_window: int | None = None
    env: dict[str, str | int | float | bool] = {}


LONGEST_NUMBER = 12
"""Digits of a number in a variable; what is longer is no number of tokens."""

_OFF = ("DISABLE_AUTO_COMPACT", "DISABLE_COMPACT")


def read_client_settings(files: Sequence[Path], environment: Mapping[str, str]) -> ClientSettings:
    """Return what *files* (strongest first) and, above them, the *environment* say.

    A file that is absent, or that Claude Code could not read either, says nothing.
    """
    read = [_read(path) for path in files]
    env = {key: str(value) for file in reversed(read) for key, value in file.env.items()} | dict(environment)
    enabled = next(
        (file.auto_compact_enabled for file in read if file.auto_compact_enabled is not None), True
    )
    windows = (file.auto_compact_window for file in read if file.auto_compact_window)
    window = next((tokens for tokens in windows if 0 < tokens < MOST_TOKENS), None)
    percent = _whole(env.get("CLAUDE_AUTOCOMPACT_PCT_OVERRIDE"))
    return ClientSettings(
        compacts=enabled and not any(env.get(name) in {"1", "true", "True"} for name in _OFF),
        compact_window_tokens=_whole(env.get("CLAUDE_CODE_AUTO_COMPACT_WINDOW")) or window,
        compact_share=percent / 100 if percent and percent <= 100 else None,  # noqa: PLR2004 - percent
        window_tokens=_whole(env.get("CLAUDE_CODE_MAX_CONTEXT_TOKENS")),
    )


def _read(path: Path) -> _File:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_File)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return _File()


def _whole(text: str | None) -> int | None:
    if not text or not text.isdecimal() or len(text) > LONGEST_NUMBER:
        return None
    return int(text) or None
