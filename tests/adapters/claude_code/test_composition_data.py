"""Every request of the 44 real sessions, composed and reconciled."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

import msgspec
import pytest

from brimline.adapters.claude_code.composition import Composition, compose
from brimline.adapters.claude_code.session import Session
from brimline.adapters.claude_code.steps import Step, checkable_steps
from brimline.adapters.claude_code.transcript import last_model, read_session
from brimline.core.resource import Category
from brimline.tokenizers.meter import ConversationMeter, meter_for

pytestmark = pytest.mark.data

SLOWEST_SECONDS = 0.15


@dataclass(frozen=True)
class Read:
    """A real session, and the meter it was counted with."""

    path: Path
    session: Session
    meter: ConversationMeter

    def window(self, turn: int) -> Composition:
        return compose(self.session, turn, output_stays=self.meter.output_stays)

    @property
    def last(self) -> Composition:
        return self.window(len(self.session.requests))


@cache
def read(path: Path) -> Read:
    meter = meter_for(last_model(path))
    return Read(path, read_session(path, meter), meter)


@pytest.fixture
def sessions(claude_folders: list[Path]) -> list[Read]:
    return [read(path) for folder in claude_folders for path in sorted(folder.glob("projects/*/*.jsonl"))]


class Answer(msgspec.Struct):
    """An answer's line, as far as it is needed to tell requests."""

    class Message(msgspec.Struct):
        class Usage(msgspec.Struct):
            input_tokens: int
            cache_creation_input_tokens: int
            cache_read_input_tokens: int
            output_tokens: int

        id: str
        model: str
        usage: Usage

    message: Message
    requestId: str = ""  # noqa: N815 - the wire's spelling
    isSidechain: bool = False  # noqa: N815 - the wire's spelling


def requests_in(path: Path) -> dict[tuple[str, str], int]:
    """Return the window of each distinct request of the main conversation, read with nothing of ours."""
    found: dict[tuple[str, str], Answer.Message.Usage] = {}
    for answer in _answers(path):
        key, usage = (answer.message.id, answer.requestId), answer.message.usage
        if key not in found or usage.output_tokens >= found[key].output_tokens:
            found[key] = usage
    return {
        key: usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens
        for key, usage in found.items()
    }


def _answers(path: Path) -> Iterator[Answer]:
    for line in path.read_bytes().splitlines():
        if line.startswith(b"{") and b'"type":"assistant"' in line:
            with suppress(msgspec.ValidationError):
                answer = msgspec.json.decode(line, type=Answer)
                if not answer.isSidechain and answer.message.model != "<synthetic>":
                    yield answer


def test_there_are_44_sessions_and_3192_requests(sessions: list[Read]) -> None:
    assert len(sessions) == 44
    assert sum(len(known.session.requests) for known in sessions) == 3_192


def test_requests_are_the_distinct_ones_of_the_main_chain_with_their_own_usage(sessions: list[Read]) -> None:
    for known in sessions:
        wanted = requests_in(known.path)
        assert [(r.message_id, r.request_id) for r in known.session.requests] == list(wanted), known.path
        told = [known.window(turn).reported_tokens for turn in range(1, len(wanted) + 1)]
        assert told == list(wanted.values()), known.path


@pytest.mark.timing
def test_every_request_composes_in_time_and_adds_up(sessions: list[Read]) -> None:
    slowest = 0.0
    for known in sessions:
        for turn in range(1, len(known.session.requests) + 1):
            started = time.process_time()
            window = known.window(turn)
            slowest = max(slowest, time.process_time() - started)
            assert sum(resource.tokens for resource in window.resources) == (
                window.accounted_tokens + window.residual_tokens
            )
            if turn == window.base_turn:
                assert window.error_tokens == 0, (known.path, turn)
    assert slowest < SLOWEST_SECONDS


def test_the_residual_changes_only_at_cuts(sessions: list[Read]) -> None:
    for known in sessions:
        residuals: dict[int, set[int]] = defaultdict(set)
        for turn in range(1, len(known.session.requests) + 1):
            window = known.window(turn)
            residuals[window.base_turn].add(window.residual_tokens)
        assert all(len(told) == 1 for told in residuals.values()), known.path
        assert len(residuals) <= 1 + len(known.session.boundaries)


def test_the_error_at_the_last_request_is_small(sessions: list[Read]) -> None:
    errors: dict[bool, list[float]] = defaultdict(list)
    for known in sessions:
        errors[known.meter.output_stays].append(known.last.error_share)

    assert (len(errors[True]), len(errors[False])) == (10, 34)
    assert median(errors[True]) <= 0.005
    assert max(errors[True]) <= 0.02
    assert median(errors[False]) <= 0.03


def test_no_category_holds_less_than_nothing(sessions: list[Read]) -> None:
    for known in sessions:
        held: dict[Category, int] = defaultdict(int)
        for resource in known.last.resources:
            held[resource.kind.category] += resource.tokens
        assert min(held.values()) >= 0, known.path


def steps_of(sessions: list[Read], model: str) -> list[Step]:
    return [
        step
        for known in sessions
        for step in checkable_steps(known.session, output_stays=known.meter.output_stays)
        if step.model == model
    ]


@pytest.mark.parametrize(
    ("model", "number"), [("claude-fable-5", 85), ("claude-opus-5", 59), ("claude-sonnet-5", 43)]
)
def test_steps_of_the_fifth_family_are_predicted(sessions: list[Read], model: str, number: int) -> None:
    steps = steps_of(sessions, model)

    grown = sum(step.reported for step in steps)
    off = [step.reported - step.predicted for step in steps]

    assert len(steps) == number
    assert sum(abs(tokens) <= 2 for tokens in off) >= 0.95 * len(steps)
    assert abs(sum(off)) <= 0.003 * grown
    assert median(map(abs, off)) == 0


@pytest.mark.parametrize(("model", "share"), [("claude-opus-4-6", 0.57), ("claude-opus-4-5-20251101", 0.6)])
def test_steps_of_older_models_are_predicted_where_nothing_is_hidden(
    sessions: list[Read], model: str, share: float
) -> None:
    steps = steps_of(sessions, model)

    assert sum(abs(step.reported - step.predicted) <= 2 for step in steps) >= share * len(steps)
    assert median(abs(step.reported - step.predicted) for step in steps) <= 2


def test_a_real_session_split_at_some_bytes_reads_as_the_whole_does(
    sessions: list[Read], tmp_path: Path
) -> None:
    for known in sessions[::9]:
        content = known.path.read_bytes()
        for cut in (len(content) // 3, len(content) - 1, content.rindex(b"\n", 0, len(content) // 2)):
            copy = tmp_path / known.path.name
            copy.write_bytes(content[:cut])
            first = read_session(copy, known.meter)
            with copy.open("ab") as file:
                file.write(content[cut:])
            assert read_session(copy, known.meter, first) == read_session(copy, known.meter), known.path
