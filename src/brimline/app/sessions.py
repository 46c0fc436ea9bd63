"""Sessions, read once: what was parsed and counted is kept in the index and read on from there."""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from brimline.adapters.claude_code.session import PARSER_VERSION, Session
from brimline.adapters.claude_code.steps import Step, checkable_steps
from brimline.adapters.claude_code.transcript import last_model, read_session
from brimline.core.ports import Meter
from brimline.stores.sessions_index import IndexDamaged
from brimline.tokenizers.meter import meter_for

_READS = 3
"""A file whose models change from read to read is shown as the last read found it."""


class BlobStore(Protocol):
    """Keeps bytes under a path and a kind."""

    def load_blob(self, path: str, kind: str) -> tuple[str, bytes] | None:
        """Return (stamp, content), or None."""
        ...

    def save_blob(self, path: str, kind: str, stamp: str, content: bytes) -> None:
        """Keep *content*."""
        ...


class Loaded(msgspec.Struct, frozen=True):
    """A session and the meter it was counted with."""

    session: Session
    meter: Meter


def load_session(path: Path, store: BlobStore, model: str | None = None) -> Loaded:
    """Return the session of the transcript at *path*, counted for *model* (default: its last one)."""
    meter = meter_for(model or last_model(path))
    kind = f"session-{meter.name}"
    known = _recall(store, str(path), kind)
    before = known.offset if known else None
    session = read_session(path, meter, known)
    if session is not known or session.offset != before:
        # What cannot be kept is read again the next time: no reason to show nothing now.
        with suppress(IndexDamaged):
            store.save_blob(str(path), kind, str(PARSER_VERSION), msgspec.msgpack.encode(session))
    return Loaded(session, meter)


def load_for_request(path: Path, store: BlobStore, turn: int | None) -> tuple[Loaded, int]:
    """Return the session counted for the model of request *turn* (1-based, None for the last), and that turn.

    Raises `InputError` where the session has no such request.
    """
    loaded = load_session(path, store)
    for _ in range(_READS):
        # Each read stands for itself: the file may have shrunk or been replaced since the one before.
        wanted = loaded.session.turn(turn)
        model = loaded.session.requests[wanted - 1].model
        if meter_for(model).name == loaded.meter.name:
            break
        loaded = load_session(path, store, model)
    return loaded, loaded.session.turn(turn)


class Checked(NamedTuple):
    """The checkable steps of a transcript, and how many of its lines could not be read."""

    steps: list[Step]
    unreadable_lines: int


def load_steps(path: Path, store: BlobStore) -> Checked:
    """Return the checkable steps of the transcript at *path*, each predicted with its own model's meter."""
    loaded = load_session(path, store)
    models = {meter_for(request.model).name: request.model for request in loaded.session.requests}
    steps: list[Step] = []
    for name, model in models.items():
        counted = loaded if name == loaded.meter.name else load_session(path, store, model)
        found = checkable_steps(counted.session, output_stays=counted.meter.output_stays)
        steps += [step for step in found if meter_for(step.model).name == name]
    return Checked(steps, loaded.session.unreadable_lines)


def _recall(store: BlobStore, path: str, kind: str) -> Session | None:
    try:
        kept = store.load_blob(path, kind)
        return (
            msgspec.msgpack.decode(kept[1], type=Session) if kept and kept[0] == str(PARSER_VERSION) else None
        )
    except (IndexDamaged, msgspec.DecodeError):
        return None
