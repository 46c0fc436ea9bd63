"""Reads many bytes of transcripts fast: typed decoding, and a second process for half of them.

Only worth its import where there is much to read; a few appended lines are `scan`'s.
"""

import marshal
import os
import sys
import threading
from collections.abc import Sequence
from typing import Annotated

import msgspec

from brimline.adapters.claude_code.scan import MOST_TOKENS, Found, Result, Task, Unread, decode_line, read_one
from brimline.core.requests import FileStamp, Mark, Reading, Request, SessionFacts

_WORTH_A_PROCESS_BYTES = 16 << 20
_MOST_PROCESSES = 4


_Tokens = Annotated[int, msgspec.Meta(ge=0, lt=MOST_TOKENS)]


class _Split(msgspec.Struct, gc=False):
    ephemeral_5m_input_tokens: _Tokens = 0
    ephemeral_1h_input_tokens: _Tokens = 0


class _Usage(msgspec.Struct, gc=False):
    input_tokens: _Tokens
    output_tokens: _Tokens
    cache_creation_input_tokens: _Tokens | None = None
    cache_read_input_tokens: _Tokens | None = None
    cache_creation: _Split | None = None


class _Message(msgspec.Struct, gc=False):
    id: str = ""
    model: str = ""
    usage: _Usage | None = None


class _Owner(msgspec.Struct, gc=False, rename={"request_id": "requestId"}):
    timestamp: str
    message: _Message | None = None
    request_id: str = ""


class _Progress(msgspec.Struct, gc=False):
    message: _Owner | None = None


class _Record(_Owner, gc=False, rename={"is_sidechain": "isSidechain", "session_id": "sessionId"}):
    data: _Progress | None = None
    is_sidechain: bool = False
    session_id: str = ""
    cwd: str = ""
    version: str = ""


_decode = msgspec.json.Decoder(_Record).decode


def decode_usual(line: bytes) -> Found | None:
    """Return what `decode_line` does, faster where the line is of the usual shape.

    Raises:
        ValueError: if the line is no JSON, or a figure in it no number.
    """
    try:
        record = _decode(line)
    except ValueError:
        return decode_line(line)
    nested = record.message is None and record.data is not None
    owner = record.data.message if record.message is None and record.data else record
    message = owner.message if owner else None
    usage = message.usage if message else None
    if owner is None or message is None or usage is None or not message.id:
        return decode_line(line)
    split = usage.cache_creation
    return Found(
        message.id,
        owner.request_id,
        message.model,
        owner.timestamp,
        usage.input_tokens,
        split.ephemeral_5m_input_tokens if split else usage.cache_creation_input_tokens or 0,
        split.ephemeral_1h_input_tokens if split else 0,
        usage.cache_read_input_tokens or 0,
        usage.output_tokens,
        record.is_sidechain,
        nested,
        record.session_id,
        record.cwd,
        record.version,
    )


def read_all(tasks: Sequence[Task]) -> list[Result]:
    """Return what each file holds beyond its mark, in the order of *tasks*."""
    shares = _shares(tasks, _processes(sum(task.new_bytes for task in tasks)))
    children = [_Child(share) for share in shares[1:]]
    results = {result_path(result): result for result in _read(shares[0])}
    for child in children:
        results |= {result_path(result): result for result in child.results()}
    return [results[task.stamp.path] for task in tasks]


def result_path(result: Result) -> str:
    """Return the file that *result* is about."""
    return result.stamp.path if isinstance(result, Reading) else result.path


def _read(tasks: Sequence[Task]) -> list[Result]:
    return [read_one(task, decode_usual) for task in tasks]


def _processes(new_bytes: int) -> int:
    """Return how many processes to read with; one where a fork is not safe.

    A fork takes along only the thread that calls it, and on macOS the system's own libraries forbid it.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    processors = len(os.sched_getaffinity(0))
    return max(1, min(processors, _MOST_PROCESSES, new_bytes // _WORTH_A_PROCESS_BYTES))


def _shares(tasks: Sequence[Task], count: int) -> list[list[Task]]:
    """Divide *tasks* into *count* shares of about equal bytes: the largest first, each to the least."""
    shares: list[list[Task]] = [[] for _ in range(count)]
    loads = [0] * count
    for task in sorted(tasks, key=lambda task: task.new_bytes, reverse=True):
        least = loads.index(min(loads))
        shares[least].append(task)
        loads[least] += task.new_bytes
    return shares


class _Child:
    """A forked process that reads a share and sends its results through a pipe."""

    def __init__(self, tasks: list[Task]) -> None:
        self._tasks = tasks
        self._pipe, sender = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            _send(tasks, sender)
        os.close(sender)

    def results(self) -> list[Result]:
        """Return what the child read; its share is read here where it did not finish."""
        with open(self._pipe, "rb") as pipe:  # noqa: PTH123 - a descriptor, not a path
            sent = pipe.read()
        _, status = os.waitpid(self._process, 0)
        return _unpack(sent) if status == 0 else _read(self._tasks)


def _send(tasks: list[Task], sender: int) -> None:
    """Read, send and end this process without running anything of the parent's."""
    code = 1
    try:
        with open(sender, "wb") as pipe:
            pipe.write(_pack(_read(tasks)))
        code = 0
    finally:
        os._exit(code)


def _pack(results: list[Result]) -> bytes:
    plain = [
        (
            tuple(result.stamp),
            result.begun,
            tuple(result.mark),
            [tuple(request) for request in result.requests],
            result.skipped_lines,
            tuple(result.facts),
        )
        if isinstance(result, Reading)
        else tuple(result)
        for result in results
    ]
    return marshal.dumps(plain)


def _unpack(sent: bytes) -> list[Result]:
    make = Request._make
    return [
        Reading(
            FileStamp._make(one[0]),
            one[1],
            Mark._make(one[2]),
            [make(request) for request in one[3]],
            one[4],
            SessionFacts._make(one[5]),
        )
        if len(one) > len(Unread._fields)
        else Unread._make(one)
        for one in marshal.loads(sent)  # noqa: S302 - written by our own child a moment ago
    ]
