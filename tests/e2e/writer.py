"""Writes a transcript as a client does: line after line, each in two pieces, at a steady pace."""

import json
import sys
import time
from pathlib import Path

LINES_PER_SECOND = 200
WRITTEN = 40


def line(number: int) -> str:
    """Return an assistant's line; three are parts of one message, of which the last tells the output."""
    part = number % 3
    usage = {
        "input_tokens": 1,
        "cache_creation_input_tokens": WRITTEN,
        "cache_read_input_tokens": 1_000 + number // 3 * WRITTEN,
        "output_tokens": 30 if part == 2 else 1,
    }
    message = {
        "id": f"msg_written_{number // 3}",
        "model": "claude-sonnet-4-5",
        "role": "assistant",
        "content": [{"type": "text", "text": f"Word number {number} — ½ written. " * 20}],
        "usage": usage,
        "stop_reason": "end_turn" if part == 2 else None,
    }
    record = {
        "type": "assistant",
        "uuid": f"line-{number}",
        "parentUuid": f"line-{number - 1}" if number else None,
        "sessionId": "written",
        "requestId": f"req_written_{number // 3}",
        "timestamp": "2026-01-02T03:04:05.000Z",
        "version": "2.1.197",
        "message": message,
    }
    return json.dumps(record, ensure_ascii=False) + "\n"


def write(path: Path, lines: int) -> None:
    """Append *lines* lines to *path*, flushing in the middle of each."""
    began = time.monotonic()
    with path.open("ab", buffering=0) as file:
        for number in range(lines):
            whole = line(number).encode()
            cut = len(whole) * (number % 97) // 97
            file.write(whole[:cut])
            time.sleep(max(0.0, began + number / LINES_PER_SECOND - time.monotonic()))
            file.write(whole[cut:])


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
