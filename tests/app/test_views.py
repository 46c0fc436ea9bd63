"""Views: what surfaces show, in the units that are promised."""

import pytest

from brimline.app.views import iso, view_status
from brimline.core.analyzer import Mark, analyze
from brimline.core.budget import Budget
from brimline.core.resource import Kind, Resource
from brimline.core.snapshot import Snapshot
from brimline.core.tokens import Provenance
from brimline.core.window import Window


def test_times_are_utc_in_iso_8601() -> None:
    assert iso(1_760_000_000.9) == "2025-10-09T08:53:20Z"
    assert iso(None) is None


def test_a_view_gives_shares_of_the_window_and_items_by_size() -> None:
    window = Window("m", 1_000, 1_000)
    resources = (
        Resource(Kind.FILE, "small.py", 100, Provenance.EXACT),
        Resource(Kind.FILE, "large.py", 300, Provenance.ESTIMATED, uses=2, last_used=0.0),
    )
    snapshot = Snapshot(window=window, resources=resources, at=60.0)

    view = view_status(analyze(snapshot, Budget(1_000), [Mark(0.0, 200)]))

    context = next(category for category in view.categories if category.name == "Context")
    assert (context.share, context.provenance) == (0.4, Provenance.ESTIMATED)
    assert [(item.name, item.uses, item.last_used) for item in context.items] == [
        ("large.py", 2, "1970-01-01T00:00:00Z"),
        ("small.py", 0, None),
    ]
    assert (view.used.tokens, view.available) == (400, 600)
    assert (view.pace.tokens_per_turn, view.pace.turns_to_line) == (200, 3)
    assert view.pace.minutes_to_line == pytest.approx(3)
