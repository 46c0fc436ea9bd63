"""A session's growth by task: what each step added by category, and every clean-up."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from brimline.adapters.claude_code.composition import Composition, compose
from brimline.adapters.claude_code.history import Prompt, Segment, prompts, read_prompt, segments
from brimline.adapters.claude_code.session import Cut, Session
from brimline.app.views import ChangeView, iso
from brimline.core.health import HealthState, Thresholds, follow
from brimline.core.resource import Category, Resource
from brimline.core.window import Window

LONGEST_TITLE = 72

CLEANUPS = {
    Cut.COMPACT: "compaction",
    Cut.MICRO: "old tool results cleared",
    Cut.FRESH: "started afresh",
}


class TimelineEvent(msgspec.Struct, frozen=True):
    """A step of the timeline: `start`, `task` or `cleanup`; tokens and state are those at its end."""

    kind: str
    title: str
    first_request: int
    last_request: int
    at: str | None
    changes: list[ChangeView]
    tokens: int
    share: float
    health: HealthState


class TimelineView(msgspec.Struct, frozen=True, kw_only=True):
    """The growth of one session; `tokens` holds what each request reported."""

    schema: str = "brimline/timeline@1"
    session: str
    model: str
    window: int
    line: int
    requests: int
    tokens: list[int]
    events: list[TimelineEvent]
    warnings: list[str] = []


def view_timeline(
    session: Session,
    window: Window,
    thresholds: Thresholds,
    *,
    output_stays: bool,
    warnings: Sequence[str] = (),
) -> TimelineView:
    """Return the timeline of *session* in *window*."""
    held = [request.window_tokens for request in session.requests]
    asked = list(prompts(session))
    steps = [
        step
        for segment in segments(session)
        for step in _steps(session, segment, asked, output_stays=output_stays)
    ]
    return TimelineView(
        session=session.session_id,
        model=window.model or "",
        window=window.size_tokens,
        line=window.line_tokens,
        requests=len(held),
        tokens=held,
        events=list(_judge(steps, session, window, thresholds)),
        warnings=list(warnings),
    )


class _Step(NamedTuple):
    kind: str
    title: str
    first: int
    last: int
    changes: dict[Category, int]


def _steps(
    session: Session, segment: Segment, asked: Sequence[Prompt], *, output_stays: bool
) -> Iterator[_Step]:
    """Yield how *segment* begins, and its tasks."""
    whole = compose(session, segment.last, output_stays=output_stays)
    by_turn = _by_turn(whole)
    start = by_turn.get(whole.base_turn, Counter())
    if segment.cut is None:
        yield _Step("start", "Session start", segment.first, segment.first, dict(start))
    else:
        before = compose(session, segment.first - 1, output_stays=output_stays)
        freed = Counter(start)
        freed.subtract(_sum(before.resources))
        yield _Step("cleanup", CLEANUPS[segment.cut.cut], segment.first, segment.first, dict(freed))
    for task in _tasks(segment, asked):
        changes: Counter[Category] = Counter()
        for turn in range(task.first, task.last + 1):
            changes.update(by_turn.get(turn, Counter()))
        yield _Step("task", _title(session, task), task.first, task.last, dict(changes))


def _by_turn(composition: Composition) -> dict[int, Counter[Category]]:
    """Return tokens by category that each request was the first to carry; none before the base request."""
    turns: dict[int, Counter[Category]] = {}
    for resource in composition.resources:
        turn = max(resource.turn, composition.base_turn)
        turns.setdefault(turn, Counter())[resource.kind.category] += resource.tokens
    return turns


def _sum(resources: Iterable[Resource]) -> Counter[Category]:
    sums: Counter[Category] = Counter()
    for resource in resources:
        sums[resource.kind.category] += resource.tokens
    return sums


class _Task(NamedTuple):
    """Requests that work on one prompt; a number of 0 stands for those before any."""

    number: int
    first: int
    last: int
    offset: int


def _tasks(segment: Segment, asked: Sequence[Prompt]) -> Iterator[_Task]:
    """Yield the tasks of *segment* after its first request; the one that ran before goes on in it."""
    before = sum(prompt.turn <= segment.first for prompt in asked)
    begun = [(before, segment.first + 1, asked[before - 1].offset if before else 0)]
    begun += [
        (number, prompt.turn, prompt.offset)
        for number, prompt in enumerate(asked, start=1)
        if segment.first < prompt.turn <= segment.last
    ]
    ends = [first - 1 for _, first, _ in begun[1:]] + [segment.last]
    for (number, first, offset), last in zip(begun, ends, strict=True):
        if first <= last:
            yield _Task(number, first, last, offset)


def _title(session: Session, task: _Task) -> str:
    if not task.number:
        return "Before any prompt"
    return f"Task {task.number}: {_shortened(read_prompt(Path(session.path), task.offset))}"


def _shortened(prompt: str) -> str:
    line = " ".join(prompt[: 4 * LONGEST_TITLE].split())
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


def _judge(
    steps: Sequence[_Step], session: Session, window: Window, thresholds: Thresholds
) -> Iterator[TimelineEvent]:
    """Yield *steps* as events, each with the state it led to."""
    state = HealthState.HEALTHY
    for step in steps:
        request = session.requests[step.last - 1]
        tokens = request.window_tokens
        state = follow(state, tokens, window, thresholds)
        changed = [ChangeView(category, step.changes.get(category, 0)) for category in Category]
        yield TimelineEvent(
            kind=step.kind,
            title=step.title,
            first_request=step.first,
            last_request=step.last,
            at=iso(request.at),
            changes=[change for change in changed if change.tokens],
            tokens=tokens,
            share=tokens / window.size_tokens,
            health=state,
        )
