"""A timeline as text: a curve, then each step with what it added."""

from collections.abc import Iterator

from brimline.app.timeline import TimelineEvent, TimelineView
from brimline.core.wording import counted
from brimline.surfaces.cli.figures import EMOJI, RULE, percent, short, sparkline
from brimline.surfaces.cli.terminal import printable

MARKS = {"start": "●", "task": "├─", "cleanup": "♻ "}


def render_timeline(view: TimelineView, *, plain: bool = False) -> str:
    """Return *view* as lines of text."""
    return "\n".join([*_head(view, plain=plain), "", *_steps(view, plain=plain)])


def _head(view: TimelineView, *, plain: bool) -> Iterator[str]:
    peak = max(view.tokens)
    yield f"{'' if plain else '📈 '}Token Timeline"
    yield RULE
    yield f"Session {printable(view.session)} · {printable(view.model)} · {counted(view.requests, 'request')}"
    scale = f"peak {short(peak)} of {short(view.window)}, line at {short(view.line)}"
    yield f"{sparkline(view.tokens, peak)}  {scale}"


def _steps(view: TimelineView, *, plain: bool) -> Iterator[str]:
    for event in view.events:
        yield _title(event)
        yield f"│    {_changes(event)}"
        share = percent(event.tokens, view.window)
        yield f"│    Total: {event.tokens:,} ({share}) {_state(event, plain=plain)}"


def _title(event: TimelineEvent) -> str:
    spent = event.last_request - event.first_request + 1
    requests = f" · {counted(spent, 'request')}" if event.kind == "task" else ""
    name = f"Clean-up: {event.title}" if event.kind == "cleanup" else event.title
    return f"{MARKS[event.kind]} {printable(name)}{requests}"


def _changes(event: TimelineEvent) -> str:
    parts = [
        f"{'+' if change.tokens > 0 else '−'}{change.name} {short(abs(change.tokens))}"
        for change in event.changes
    ]
    return "  ".join(parts) or "nothing added"


def _state(event: TimelineEvent, *, plain: bool) -> str:
    return event.health.value.capitalize() if plain else EMOJI[event.health]
