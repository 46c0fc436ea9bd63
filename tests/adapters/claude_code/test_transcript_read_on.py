"""Reading on: only new bytes, and never another answer than a fresh read gives."""

import os
import random
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from tests.adapters.claude_code.building import OPUS, Transcript, call, result, text, thinking

from brimline.adapters.claude_code.session import Session
from brimline.adapters.claude_code.transcript import last_model, read_session
from brimline.app import demo
from brimline.core.ports import Meter, Tokenizer
from brimline.core.tokens import Provenance
from brimline.tokenizers.meter import V5, ConversationMeter, meter_for
from brimline.tokenizers.models import tokenizer_for

DEMO = Path(demo.__file__).with_name(demo.SESSION)


def encoded(session: Session) -> bytes:
    return msgspec.msgpack.encode(session)


def kept(session: Session) -> Session:
    """Return *session* as it comes back from the index."""
    return msgspec.msgpack.decode(encoded(session), type=Session)


def small_session(path: Path) -> Transcript:
    """Return a session with everything whose reading depends on what came before."""
    told = Transcript(path)
    told.user("häuser \U0001f600")
    told.answer(thinking(), call("a"), call("b", "mcp__gh__list"), held=20_000, output=90)
    told.user([result("a", "one"), result("b", "two", is_error=True)])
    told.attach("queued_command", prompt="and")
    told.raw(b'{"broken":\n\n')
    told.answer(text("done"), held=20_300, output=5)
    told.compact(preTokens=155_000)
    told.attach("prompt_snapshot", systemPrompt="You are", tools=[])
    told.answer(held=9_000, output=3)
    told.user("afresh", parent=None)
    told.answer(held=8_000, output=3)
    return told


def read_in_two(path: Path, content: bytes, cut: int, meter: Meter) -> Session:
    path.write_bytes(content[:cut])
    first = kept(read_session(path, meter))
    with path.open("ab") as file:
        file.write(content[cut:])
    return read_session(path, meter, first)


def test_a_session_split_at_any_byte_reads_as_the_whole_does(tmp_path: Path) -> None:
    told = small_session(tmp_path / "s.jsonl")
    content, meter = told.path.read_bytes(), meter_for(OPUS)

    ends = {place for place, byte in enumerate(content) if byte == ord("\n")}
    cuts = {place + near for place in ends for near in (-1, 0, 1)} | {*range(0, len(content), 7)}
    whole = told.read()

    unequal: list[int] = []
    for cut in sorted(cuts):
        read_on = read_in_two(told.path, content, cut, meter)
        whole.changed = read_on.changed
        if encoded(read_on) != encoded(whole):
            unequal.append(cut)

    assert unequal == []


@pytest.mark.parametrize("seed", range(4))
def test_a_real_session_split_anywhere_reads_as_the_whole_does(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "s.jsonl"
    content, meter = DEMO.read_bytes(), meter_for(last_model(DEMO))
    chance = random.Random(seed)
    ends = [place for place, byte in enumerate(content) if byte == ord("\n")]

    for cut in [chance.randrange(len(content)), chance.choice(ends), chance.choice(ends) + 1]:
        read_on = read_in_two(path, content, cut, meter)
        assert encoded(read_on) == encoded(read_session(path, meter)), f"split at byte {cut}"


def test_a_session_read_line_by_line_reads_as_the_whole_does(tmp_path: Path) -> None:
    path, meter = tmp_path / "s.jsonl", meter_for(last_model(DEMO))
    session: Session | None = None
    for line in DEMO.read_bytes().splitlines(keepends=True):
        with path.open("ab") as file:
            file.write(line)
        session = read_session(path, meter, session)

    assert session
    assert encoded(session) == encoded(read_session(path, meter))


@dataclass
class Listening:
    """A tokenizer that remembers what it was asked for."""

    real: Tokenizer
    heard: list[str] = field(default_factory=list[str])
    name: str = "claude-v5"
    provenance: Provenance = Provenance.EXACT
    frame_tokens: int = 0

    def count(self, text: str) -> int:
        self.heard.append(text)
        return self.real.count(text)


def test_only_new_bytes_are_counted_when_a_file_has_grown(tmp_path: Path) -> None:
    told = Transcript(tmp_path / "s.jsonl")
    told.user("the first words")
    told.answer(text("the first answer"))
    listening = Listening(tokenizer_for(OPUS))
    meter = ConversationMeter(listening, V5, tags=False)
    first = read_session(told.path, meter)
    end, before = first.offset, len(first.nodes)
    assert "the first words" in listening.heard
    listening.heard.clear()
    told.user("the last words")

    second = read_session(told.path, meter, first)

    assert listening.heard == ["the last words"]
    assert [node.offset for node in second.nodes[before:]] == [end]
    assert second.offset == told.path.stat().st_size


def test_an_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    told = small_session(tmp_path / "s.jsonl")
    session = told.read()

    assert told.read(session) is session


def test_a_line_still_being_written_is_read_once_it_is_whole(tmp_path: Path) -> None:
    told = Transcript(tmp_path / "s.jsonl")
    told.answer(held=20_000)
    line = told.path.read_bytes().replace(b"msg-1", b"msg-2").replace(b'"line-1"', b'"line-2"')
    told.raw(line[:200])
    session = told.read()
    assert len(session.requests) == 1

    told.raw(line[200:])

    assert len(told.read(session).requests) == 2


def test_a_file_that_shrank_is_read_anew(tmp_path: Path) -> None:
    told = small_session(tmp_path / "s.jsonl")
    session = kept(told.read())
    told.path.write_bytes(b"".join(told.path.read_bytes().splitlines(keepends=True)[:3]))

    again = told.read(session)

    assert len(again.requests) == 1
    assert encoded(again) == encoded(told.read())


def test_a_file_that_was_emptied_is_read_anew(tmp_path: Path) -> None:
    told = small_session(tmp_path / "s.jsonl")
    session = kept(told.read())
    told.path.write_bytes(b"")

    assert told.read(session).requests == []


def test_a_replaced_file_is_read_anew(tmp_path: Path) -> None:
    told = small_session(tmp_path / "s.jsonl")
    session = kept(told.read())
    other = Transcript(tmp_path / "other.jsonl")
    other.user("someone else's words")
    other.raw(told.path.read_bytes())
    other.path.replace(told.path)

    assert encoded(told.read(session)) == encoded(told.read())


def test_a_file_rewritten_in_place_with_the_same_size_is_read_anew(tmp_path: Path) -> None:
    told = Transcript(tmp_path / "s.jsonl")
    told.user("AAAA BBBB CCCC")
    told.answer(held=20_000)
    told.user("x" * 500)
    session = kept(told.read())
    state = told.path.stat()
    content = told.path.read_bytes().replace(b"AAAA BBBB CCCC", b"one two three ")
    with told.path.open("r+b") as file:
        file.write(content)
    os.utime(told.path, ns=(state.st_atime_ns, state.st_mtime_ns + 1_000_000))

    again = told.read(session)

    assert (told.path.stat().st_ino, told.path.stat().st_size) == (state.st_ino, state.st_size)
    assert again is not session
    assert encoded(again) == encoded(told.read())


def test_a_file_rewritten_and_longer_is_read_anew(tmp_path: Path) -> None:
    told = small_session(tmp_path / "s.jsonl")
    session = kept(told.read())
    content = told.path.read_bytes()
    with told.path.open("r+b") as file:
        file.write(b'{"type":"summary","summary":"in front"}\n' + content)

    assert encoded(told.read(session)) == encoded(told.read())
