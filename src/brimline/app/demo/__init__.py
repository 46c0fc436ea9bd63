"""One real session of a public repository (its licence lies beside it), for trying brimline out.

The session is by the authors of oh-my-posh; e-mail addresses and home folders were replaced.
"""

from contextlib import closing
from importlib.resources import as_file, files

import msgspec

from brimline.adapters.claude_code.client_settings import ClientSettings
from brimline.app.cost import CostView, view_cost
from brimline.app.sessions import load_for_request
from brimline.app.settings import resolve
from brimline.app.status import read_status, window_of
from brimline.app.timeline import TimelineView, view_timeline
from brimline.app.views import StatusView
from brimline.stores.sessions_index import memory_index

__all__ = ["SESSION", "DemoViews", "demo_views"]

SESSION = "9ccc706b-585f-4d19-8f25-3d3169ec579c.jsonl"


class DemoViews(msgspec.Struct, frozen=True, kw_only=True):
    """The three views of the bundled session."""

    schema: str = "brimline/demo@1"
    status: StatusView
    timeline: TimelineView
    cost: CostView


def demo_views() -> DemoViews:
    """Return status, timeline and cost of the bundled session, under the default settings."""
    settings = resolve([])
    with as_file(files(__name__) / SESSION) as path, closing(memory_index()) as store:
        loaded, turn = load_for_request(path, store, None)
        session, stays = loaded.session, loaded.meter.output_stays
        window = window_of(session, turn, settings, ClientSettings())
        return DemoViews(
            status=read_status(session, turn, window, output_stays=stays).view(settings),
            timeline=view_timeline(session, window, settings.thresholds, output_stays=stays),
            cost=view_cost(session),
        )
