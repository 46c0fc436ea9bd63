"""What a session cost, and the brief's scenario."""

import pytest

from brimline.adapters.claude_code.session import Request, Session
from brimline.app.cost import view_cost
from brimline.core.usage import Usage


def session_of(*requests: tuple[str, Usage]) -> Session:
    session = Session("s.jsonl", "claude-v3", session_id="s")
    session.requests = [
        Request(f"msg{i}", "", model, i, 1_760_000_000.0, usage) for i, (model, usage) in enumerate(requests)
    ]
    return session


def test_the_brief_s_table_is_computed_from_today_s_prices() -> None:
    scenario = view_cost(None).scenario

    assert scenario.traditional.cost_usd == pytest.approx(0.60)
    assert scenario.optimised.cost_usd == pytest.approx(0.15)
    assert scenario.optimised.input_usd == pytest.approx(0.075)
    assert scenario.saved_usd == 0.45, "to the millionth, without the noise of binary fractions"
    assert scenario.saved_cost_share == pytest.approx(0.75)
    assert scenario.saved_tokens_share == pytest.approx(0.9)
    assert (scenario.traditional.sessions_per_budget, scenario.optimised.sessions_per_budget) == (1, 10)
    assert scenario.traditional.remaining_share == 0
    assert scenario.optimised.remaining_share == pytest.approx(0.9)


def test_every_sort_of_token_has_its_own_price() -> None:
    usage = Usage(
        input_tokens=1_000_000,
        cache_write_5m_tokens=1_000_000,
        cache_write_1h_tokens=1_000_000,
        cache_read_tokens=1_000_000,
        output_tokens=1_000_000,
    )

    cost = view_cost(session_of(("claude-opus-4-5", usage))).session

    assert cost is not None
    assert [part.usd for part in cost.parts] == pytest.approx([5, 6.25, 10, 0.5, 25])
    assert cost.total_usd == pytest.approx(46.75)
    assert cost.uncached_usd == pytest.approx(4 * 5 + 25)


def test_a_tier_is_decided_request_by_request() -> None:
    small, large = Usage(input_tokens=100_000), Usage(input_tokens=300_000)

    cost = view_cost(session_of(("claude-sonnet-4-5", small), ("claude-sonnet-4-5", large))).session

    assert cost is not None
    assert cost.total_usd == pytest.approx(0.1 * 3 + 0.3 * 6)


def test_requests_of_unknown_models_are_counted_and_left_out() -> None:
    cost = view_cost(session_of(("mystery-9", Usage(input_tokens=5)), ("claude-opus-4-5", Usage()))).session

    assert cost is not None
    assert (cost.requests, cost.unpriced_requests, cost.total_usd) == (2, 1, 0)
