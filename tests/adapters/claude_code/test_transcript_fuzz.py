"""A real session, damaged at random: it reads, composes and renders, or says what is wrong in a sentence."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from brimline.adapters.claude_code.client_settings import ClientSettings
from brimline.adapters.claude_code.session import Session
from brimline.adapters.claude_code.steps import checkable_steps
from brimline.adapters.claude_code.transcript import last_model, read_session
from brimline.app import demo
from brimline.app.settings import resolve
from brimline.app.status import read_status, window_of
from brimline.core.errors import InputError
from brimline.surfaces.cli.status_text import render_status
from brimline.tokenizers.meter import meter_for

LINES = Path(demo.__file__).with_name(demo.SESSION).read_bytes().splitlines()
ROUNDS = 60
DEFAULTS = resolve([])
JUNK = [
    *("null", "5", "-5", "1e300", "1" + "0" * 40, '""', "[]", "{}", "[[]]", "true", '[1, "a", null, {}]'),
    *('"\\ud83d"', '"\\u001b[2J\\n"'),
    '[{"type": "text", "text": 5}]',
    '[{"type": "tool_result", "content": {}}]',
]


class Damage:
    """Damages lines, the same way for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def session(self) -> bytes:
        """Return some of the session's lines, damaged, some twice, now and then out of order or cut."""
        start = self.chance.randrange(len(LINES) // 2)
        lines = [line for line in LINES[start : start + 60] for line in self.copies(line)]
        if self.chance.random() < 0.2:
            self.chance.shuffle(lines)
        return b"\n".join(lines) + self.chance.choice([b"\n", b"", b'{"half'])

    def copies(self, line: bytes) -> Iterator[bytes]:
        kind = self.chance.random()
        if kind < 0.3:
            line = json.dumps(self.value(json.loads(line))).encode()
        elif kind < 0.33:
            place = self.chance.randrange(len(line))
            line = line[:place] + bytes([self.chance.randrange(256)]) + line[place + 1 :]
        elif kind < 0.35:
            line = line[: self.chance.randrange(len(line))]
        yield from [line] * (2 if self.chance.random() < 0.03 else 1)

    def value(self, value: object) -> object:
        """Return *value* with one part of it, however deep, missing or something else."""
        if isinstance(value, dict) and value:
            key = self.chance.choice(list(value))
            if self.chance.random() < 0.2:
                return {other: part for other, part in value.items() if other != key}
            return {**value, key: self.part(value[key])}
        if isinstance(value, list) and value:
            place = self.chance.randrange(len(value))
            return [*value[:place], self.part(value[place]), *value[place + 1 :]]
        return self.part(value)

    def part(self, value: object) -> object:
        deeper = isinstance(value, dict | list) and value and self.chance.random() < 0.5
        return self.value(value) if deeper else json.loads(self.chance.choice(JUNK))


@pytest.mark.parametrize("seed", range(5))
def test_a_damaged_session_is_shown_or_refused_with_a_sentence(tmp_path: Path, seed: int) -> None:
    damage, path, shown = Damage(seed), tmp_path / "session.jsonl", 0
    for _ in range(ROUNDS):
        path.write_bytes(damage.session())
        try:
            shown += show(path)
        except InputError as refusal:
            assert "holds no request" in str(refusal)  # noqa: PT017 - either is right

    assert shown > ROUNDS / 2


def show(path: Path) -> int:
    meter = meter_for(last_model(path))
    session = read_session(path, meter)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(session), type=Session) == session
    list(checkable_steps(session, output_stays=meter.output_stays))
    for turn in {1, session.turn(None)}:
        window = window_of(session, turn, DEFAULTS, ClientSettings())
        status = read_status(session, turn, window, output_stays=meter.output_stays).view(DEFAULTS)
        json.loads(msgspec.json.encode(status))
        assert all(line.isprintable() for line in render_status(status, detail=True).split("\n"))
    return 1
