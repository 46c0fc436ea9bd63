"""The bundled session, end to end: the figures a new user sees first."""

import pytest

from brimline.app.demo import DemoViews, demo_views
from brimline.core.health import HealthState


@pytest.fixture(scope="module")
def views() -> DemoViews:
    return demo_views()


def test_the_window_is_what_the_api_reported(views: DemoViews) -> None:
    status = views.status

    assert (status.model, status.request, status.requests) == ("claude-sonnet-5", 39, 39)
    assert status.used.tokens == status.reported_tokens == 126_560
    assert status.health is HealthState.HEALTHY
    assert status.window.size == 1_000_000


def test_what_is_accounted_for_stays_within_half_a_percent(views: DemoViews) -> None:
    status = views.status
    assert status.accounted_tokens is not None
    assert status.residual_tokens is not None

    held = sum(category.tokens for category in status.categories)

    assert held == status.accounted_tokens + status.residual_tokens
    assert abs(held - status.used.tokens) <= 0.005 * status.used.tokens


def test_skills_servers_agents_and_files_have_lines_of_their_own(views: DemoViews) -> None:
    items = {
        category.name: {item.name: item for item in category.items} for category in views.status.categories
    }

    assert items["Skills"]["code-changes"].uses == 1
    assert "context7" in items["MCPs"]
    assert "Explore" in items["Agents"]
    assert any(name.endswith("markdown.md") for name in items["System"])
    assert any(name.endswith(".go") for name in items["Context"])


def test_the_timeline_adds_up(views: DemoViews) -> None:
    timeline = views.timeline
    grown = sum(change.tokens for event in timeline.events for change in event.changes)

    assert [event.kind for event in timeline.events] == ["start", "task", "task"]
    assert grown == sum(category.tokens for category in views.status.categories)
    assert timeline.tokens[-1] == views.status.used.tokens
    assert "issues/7718" in timeline.events[1].title


def test_the_cost_is_that_of_its_requests(views: DemoViews) -> None:
    cost = views.cost.session
    assert cost is not None

    assert cost.total_usd == pytest.approx(1.524, abs=0.001)
    assert sum(part.usd for part in cost.parts) == pytest.approx(cost.total_usd)
    assert cost.uncached_usd > 5 * cost.total_usd
