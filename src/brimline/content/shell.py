"""Which programs a shell command runs, as far as telling what its output is needs it.

No shell grammar: quotes, here-documents and parentheses are set aside, what remains is split at `;`,
`&&`, `||`, `&` and line ends into pipelines, and those at `|` into stages. A wrapper (`sudo`, `timeout 60`,
`uv run`) is stepped over; the script of a `sh -c '…'` is read in its place.
"""

import re
from collections.abc import Iterator

Stage = tuple[str, ...]
"""One program's words: its bare name first (no folder, no `.exe`), quoted words without their quotes."""
Pipeline = tuple[Stage, ...]

READ_CHARS = 4000
"""How much of a command is read: what decides stands early, and long ones are here-documents."""

_HERE_DOCUMENT = re.compile(r"<<-?\s*(['\"]?)(\w+)\1[^\n]*\n.*?(?:\n\s*\2\b|\Z)", re.DOTALL)
_WORD = re.compile(
    r"""\d*>&\d?|&>>?|'[^']*'?|"(?:\\.|[^"\\])*"?|\\.?|&&|\|\||[;|\n&]|[^\S\n]+|[()]|[^\s'"\\;|&()]+""",
    re.DOTALL,
)
_ENDS = frozenset({"&&", "||", ";", "\n", "&"})
_ASSIGNMENT = re.compile(r"\$?\w+=")
_REDIRECTION = re.compile(r"(?:\d*[<>]|&>)>?")

_WRAPPERS: dict[str, int] = {
    "sudo": 0, "time": 0, "nice": 0, "env": 0, "command": 0, "exec": 0, "nohup": 0, "stdbuf": 0, "xargs": 0,
    "timeout": 1, "npx": 0, "bunx": 0, "rtk": 0, "then": 0, "do": 0, "else": 0, "if": 0, "while": 0, "!": 0,
}  # fmt: skip
"""Words to step over before the program itself, and how many plain words belong to each."""
_RUNNERS = frozenset({("uv", "run"), ("poetry", "run"), ("pnpm", "exec"), ("pnpm", "dlx"), ("yarn", "dlx"),
                      ("mise", "exec"), ("mise", "x"), ("bundle", "exec"), ("pipenv", "run"),
                      ("python", "-m"), ("python3", "-m"), ("py", "-m")})  # fmt: skip
_SHELLS = frozenset({"sh", "bash", "zsh", "wsl", "pwsh", "powershell", "ssh", "docker"})
_SCRIPT_FLAG = re.compile(r"-\w*c$|-Command$", re.IGNORECASE)
_DEPTH = 2
"""Shells within shells that are followed."""


def pipelines(command: str, *, depth: int = _DEPTH) -> tuple[Pipeline, ...]:
    """Return the pipelines of *command* in order; what cannot be made out is simply absent."""
    plain = _HERE_DOCUMENT.sub("\n", command[:READ_CHARS])
    return tuple(found for words in _split(_words(plain), _ENDS) for found in _read(words, depth))


def _words(command: str) -> list[str]:
    """Return words and operators; pieces that touch are one word, as `a"b c"`."""
    words: list[str] = []
    joined = False
    for found in _WORD.finditer(command):
        piece = found[0]
        if piece in _ENDS or piece == "|":
            words.append(piece)
            joined = False
        elif piece.isspace() or piece in "()":
            joined = False
        else:
            words.append(words.pop() + _unquote(piece) if joined else _unquote(piece))
            joined = True
    return words


def _unquote(piece: str) -> str:
    """Return *piece* without quotes; an operator within them is kept from being one by a space before it."""
    bare = piece.strip(piece[0]) if piece[0] in "'\"" else piece
    return f" {bare}" if bare in _ENDS or bare == "|" else bare


def _split(words: list[str], at: frozenset[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for word in words:
        if word in at:
            yield part
            part = []
        else:
            part.append(word)
    yield part


def _read(words: list[str], depth: int) -> Iterator[Pipeline]:
    stages = tuple(stage for part in _split(words, frozenset({"|"})) if (stage := _stage(part)))
    if not stages:
        return
    script = _script(stages[0]) if depth else None
    if script is None:
        yield stages
    else:
        yield from pipelines(script, depth=depth - 1)


def _stage(words: list[str]) -> Stage:
    rest = list(_without_redirections(words))
    while rest:
        if _ASSIGNMENT.match(rest[0]) or rest[0] == "{":
            rest = rest[1:]
        elif tuple(rest[:2]) in _RUNNERS:
            rest = rest[2:]
        elif rest[0] in _WRAPPERS:
            rest = _beyond(rest)
        else:
            break
    return (_bare(rest[0]), *rest[1:]) if rest else ()


def _without_redirections(words: list[str]) -> Iterator[str]:
    target = False
    for word in words:
        if not target and not _REDIRECTION.match(word):
            yield word
        # The file may be a word of its own, as in `> file`.
        target = _REDIRECTION.fullmatch(word) is not None


def _beyond(words: list[str]) -> list[str]:
    """Return what follows a wrapper, its flags and the plain words that are its own."""
    plain, rest = _WRAPPERS[words[0]], words[1:]
    while rest and (rest[0].startswith("-") or plain):
        plain -= not rest[0].startswith("-")
        rest = rest[1:]
    return rest


def _bare(program: str) -> str:
    name = re.split(r"[/\\]", program)[-1]
    return name[:-4] if name.lower().endswith(".exe") else name


def _script(stage: Stage) -> str | None:
    if stage[0] not in _SHELLS:
        return None
    flags = [at for at, word in enumerate(stage[:-1]) if _SCRIPT_FLAG.match(word)]
    return stage[flags[0] + 1] if flags else None
