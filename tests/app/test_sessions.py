"""Sessions, parsed once and kept in the index."""

import os
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import msgspec
import pytest
from tests.adapters.claude_code.building import Transcript, call, result

from brimline.adapters.claude_code.session import PARSER_VERSION, Session
from brimline.adapters.claude_code.transcript import read_session
from brimline.app import demo
from brimline.app.indexing import open_sessions_index
from brimline.app.sessions import load_for_request, load_session, load_steps
from brimline.core.errors import InputError
from brimline.stores.sessions_index import SessionsIndex
from brimline.tokenizers.meter import meter_for

SESSION = Path(demo.__file__).with_name(demo.SESSION)
OPUS, OLD, SONNET = "claude-opus-5", "claude-opus-4-6", "claude-sonnet-5"


@pytest.fixture
def transcript(tmp_path: Path) -> Transcript:
    return Transcript(tmp_path / "session.jsonl")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SessionsIndex]:
    index = open_sessions_index([str(tmp_path)])
    yield index
    index.close()


def kept(store: SessionsIndex, transcript: Transcript, model: str = OPUS) -> Session:
    found = store.load_blob(str(transcript.path), f"session-{meter_for(model).name}")
    assert found
    return msgspec.msgpack.decode(found[1], type=Session)


def test_a_session_is_counted_for_its_last_model_and_kept(
    transcript: Transcript, store: SessionsIndex
) -> None:
    transcript.answer(model=OLD)
    transcript.answer(model=OPUS)

    loaded = load_session(transcript.path, store)

    assert loaded.meter.name == meter_for(OPUS).name
    assert kept(store, transcript) == loaded.session


def test_what_was_kept_is_read_on_and_kept_again(transcript: Transcript, store: SessionsIndex) -> None:
    transcript.answer(held=20_000)
    load_session(transcript.path, store)
    transcript.answer(held=21_000)

    loaded = load_session(transcript.path, store)

    assert [request.usage.window_tokens for request in loaded.session.requests] == [20_000, 21_000]
    assert kept(store, transcript) == loaded.session == transcript.read()


def test_a_session_rewritten_in_place_is_kept_as_it_is_now(
    transcript: Transcript, store: SessionsIndex
) -> None:
    transcript.user("one two three")
    transcript.answer(held=20_000)
    transcript.user("x" * 500)
    load_session(transcript.path, store)
    content = transcript.path.read_bytes().replace(b"one two three", b"1 2 3 4 5 6 7")
    with transcript.path.open("r+b") as file:
        file.write(content)
    later = transcript.path.stat().st_mtime_ns + 1_000_000
    os.utime(transcript.path, ns=(later, later))

    loaded = load_session(transcript.path, store)

    assert kept(store, transcript) == loaded.session == transcript.read()


@pytest.mark.parametrize(
    ("stamp", "content"),
    [
        (str(PARSER_VERSION), b"no session"),
        (str(PARSER_VERSION), b""),
        (str(PARSER_VERSION), msgspec.msgpack.encode({"path": 5})),
        (str(PARSER_VERSION - 1), None),
        ("", None),
    ],
)
def test_what_was_kept_by_another_version_or_damaged_is_read_anew(
    transcript: Transcript, store: SessionsIndex, stamp: str, content: bytes | None
) -> None:
    transcript.answer(held=20_000)
    strange = transcript.read()
    strange.session_id = "kept by another version"
    kind = f"session-{meter_for(OPUS).name}"
    store.save_blob(
        str(transcript.path), kind, stamp, msgspec.msgpack.encode(strange) if content is None else content
    )

    assert load_session(transcript.path, store).session == transcript.read()


# -------------------------------------------------------------------------------------- model switches
def test_a_request_is_counted_with_its_own_models_tokenizer(
    transcript: Transcript, store: SessionsIndex
) -> None:
    transcript.user("Wörter, die jede Generation anders zählt: antidisestablishmentarianism")
    transcript.answer(model=OLD, held=20_000)
    transcript.answer(model=OPUS, held=21_000)

    (first, first_turn), (last, last_turn) = (
        load_for_request(transcript.path, store, turn) for turn in (1, None)
    )

    assert (first_turn, first.meter.name) == (1, meter_for(OLD).name)
    assert (last_turn, last.meter.name) == (2, meter_for(OPUS).name)
    assert first.session == transcript.read(model=OLD)
    assert first.session.nodes[0].entries != last.session.nodes[0].entries


@pytest.mark.parametrize("turn", [0, 3])
def test_a_request_that_is_not_there_is_refused(
    transcript: Transcript, store: SessionsIndex, turn: int
) -> None:
    transcript.answer()
    transcript.answer()

    with pytest.raises(InputError, match=f"requests 1 to 2, not {turn}"):
        load_for_request(transcript.path, store, turn)


class Overtaken:
    """A store while whose first saving the transcript is replaced."""

    def __init__(self, store: SessionsIndex, path: Path, content: bytes) -> None:
        self.store, self.path, self.content = store, path, content

    def load_blob(self, path: str, kind: str) -> tuple[str, bytes] | None:
        return self.store.load_blob(path, kind)

    def save_blob(self, path: str, kind: str, stamp: str, content: bytes) -> None:
        self.store.save_blob(path, kind, stamp, content)
        self.path.write_bytes(self.content)


def test_a_transcript_that_shrinks_between_two_reads_is_shown_as_it_is_then(
    transcript: Transcript, store: SessionsIndex
) -> None:
    transcript.answer(model=OLD)
    shorter = transcript.path.read_bytes()
    transcript.answer(model=OLD)
    transcript.answer(model=OPUS)
    longer = transcript.path.read_bytes()

    loaded, turn = load_for_request(transcript.path, Overtaken(store, transcript.path, shorter), 1)
    transcript.path.write_bytes(longer)
    with pytest.raises(InputError, match="requests 1 to 1, not 2"):
        load_for_request(transcript.path, Overtaken(store, transcript.path, shorter), 2)

    assert (turn, len(loaded.session.requests)) == (1, 1)


def test_a_transcript_that_empties_between_two_reads_holds_no_request(
    transcript: Transcript, store: SessionsIndex
) -> None:
    transcript.answer(model=OLD)
    transcript.answer(model=OPUS)

    with pytest.raises(InputError, match="holds no request"):
        load_for_request(transcript.path, Overtaken(store, transcript.path, b""), 1)


def test_a_file_without_requests_is_refused_clearly(transcript: Transcript, store: SessionsIndex) -> None:
    transcript.user("anybody there?")

    with pytest.raises(InputError, match="holds no request yet"):
        load_for_request(transcript.path, store, None)


def test_steps_are_predicted_with_each_models_own_meter(transcript: Transcript, store: SessionsIndex) -> None:
    for number, model in enumerate([OLD, OLD, OPUS, OPUS, SONNET]):
        transcript.answer(
            call(f"t{number}", "Grep", pattern="x"), model=model, held=20_000 + 70 * number, output=60
        )
        transcript.user([result(f"t{number}", "hello world")])
    transcript.answer(model=SONNET, held=20_350)

    transcript.raw(b"{broken\n")

    steps, unreadable_lines = load_steps(transcript.path, store)

    assert unreadable_lines == 1
    assert sorted(step.model for step in steps) == sorted([OLD, OPUS, SONNET])
    assert {step.reported for step in steps} == {70}
    assert len({step.predicted for step in steps}) > 1


def test_a_change_of_what_is_kept_of_a_session_comes_with_a_new_version() -> None:
    """Else sessions that an older brimline kept are taken for new: raise PARSER_VERSION with the digest."""
    session = read_session(SESSION, meter_for("claude-sonnet-5"))
    told = [(node.parent, node.request, node.entries) for node in session.nodes]

    digest = crc32(msgspec.msgpack.encode([told, session.requests, session.boundaries]))

    assert (PARSER_VERSION, digest) == (9, 3907306431)
