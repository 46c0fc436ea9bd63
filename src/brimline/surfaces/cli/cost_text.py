"""Costs as text."""

from collections.abc import Iterator

from brimline.app.cost import CostView, ScenarioView, SessionCost
from brimline.core.wording import counted
from brimline.surfaces.cli.figures import RULE, usd
from brimline.surfaces.cli.terminal import printable


def render_cost(view: CostView) -> str:
    """Return *view* as lines of text."""
    session = [*_session(view.session), ""] if view.session else []
    return "\n".join([*session, *_scenario(view.scenario)])


def _session(cost: SessionCost) -> Iterator[str]:
    yield "Session Cost"
    yield RULE
    models = ", ".join(map(printable, cost.models))
    yield f"Session {printable(cost.session)} · {models} · {counted(cost.requests, 'request')}"
    yield ""
    for part in cost.parts:
        yield f"{part.name:<22}{part.tokens:>14,} tokens {usd(part.usd):>10}"
    yield f"{'Total':<22}{'':>14}        {usd(cost.total_usd):>10}  ({usd(cost.per_request_usd)} a request)"
    yield f"{'Without the cache':<22}{'':>14}        {usd(cost.uncached_usd):>10}{_saving(cost)}"
    if cost.unpriced_requests:
        unpriced = counted(cost.unpriced_requests, "request")
        yield f"Left out: {unpriced} of models without a known price."


def _saving(cost: SessionCost) -> str:
    if not cost.uncached_usd:
        return ""
    return f"  (the prompt cache saved {1 - cost.total_usd / cost.uncached_usd:.1%})"


def _scenario(scenario: ScenarioView) -> Iterator[str]:
    before, after = scenario.traditional, scenario.optimised
    yield f"Scenario: {scenario.model} prices, window {scenario.window:,} tokens"
    yield RULE
    yield f"{'':<22}{'Traditional':>14}{'Optimized':>14}{'Improvement':>14}"
    rows = (
        ("Input", f"{before.input_tokens:,}", f"{after.input_tokens:,}", ""),
        ("Output", f"{before.output_tokens:,}", f"{after.output_tokens:,}", ""),
        ("Cost per session", usd(before.cost_usd), usd(after.cost_usd), f"{scenario.saved_cost_share:.0%}"),
        (
            "Average session",
            f"{before.session_tokens:,}",
            f"{after.session_tokens:,}",
            f"{scenario.saved_tokens_share:.0%}",
        ),
        (
            "Sessions per budget",
            f"{before.sessions_per_budget}",
            f"{after.sessions_per_budget}",
            f"{scenario.sessions_factor:.0f}x",
        ),
        (
            "Context remaining",
            f"{before.remaining_share:.0%}",
            f"{after.remaining_share:.0%}",
            f"{scenario.remaining_gain:+.0%}",
        ),
    )
    for name, traditional, optimised, gain in rows:
        yield f"{name:<22}{traditional:>14}{optimised:>14}{gain:>14}".rstrip()
    yield f"Saved per session: {usd(scenario.saved_usd)} (computed from the scenario's figures, not measured)"
