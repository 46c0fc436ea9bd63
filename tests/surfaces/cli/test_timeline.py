"""A timeline as text."""

from brimline.app.timeline import TimelineEvent, TimelineView
from brimline.app.views import ChangeView
from brimline.core.health import HealthState
from brimline.surfaces.cli.timeline_text import render_timeline


def event(kind: str, title: str, tokens: int, *changes: ChangeView) -> TimelineEvent:
    health = HealthState.HEALTHY
    return TimelineEvent(kind, title, 1, 2, None, list(changes), tokens, tokens / 200_000, health)


def test_the_brief_s_drawing_is_one_line_a_step() -> None:
    view = TimelineView(
        session="s",
        model="m",
        window=200_000,
        line=167_000,
        requests=3,
        tokens=[2_000, 11_000, 7_000],
        events=[
            event("start", "Session start", 2_000, ChangeView("System", 2_000)),
            event("task", "Task 1: UI \x1b[31mcomponent", 11_000, ChangeView("Skills", 4_000)),
            event("cleanup", "compaction", 7_000, ChangeView("Skills", -4_000)),
        ],
    )

    assert render_timeline(view, plain=True).splitlines()[4:] == [
        "",
        "● Session start",
        "│    +System 2.0K",
        "│    Total: 2,000 (1.0%) Healthy",
        "├─ Task 1: UI �[31mcomponent · 2 requests",
        "│    +Skills 4.0K",
        "│    Total: 11,000 (5.5%) Healthy",
        "♻  Clean-up: compaction",
        "│    −Skills 4.0K",
        "│    Total: 7,000 (3.5%) Healthy",
    ]
