"""Sums of replays: money as it was recorded, and what differs from leaving all as it was."""

import pytest

from brimline.app.replay import Outcome
from brimline.app.replay_view import Measured, SkippedView, interval, saving, view_replay
from brimline.core.regret import Regret, Used


def measured(
    policy: str, after: float, rough: float | None = None, repository: str = "r", error: float = 0.01
) -> Measured:
    regret = Regret(used=10, exclusive=4, hidden=2, quotes_used=3, quotes_hidden=1, turns_affected=1)
    regret.by_tool["Read"] = Used(4, 2)
    outcome = Outcome(
        requests=5, tokens_before=1_000, tokens_after=900, cpu_seconds=0.5, tokens_read=200_000, regret=regret
    )
    keeps = policy in {"light", "oracle"}
    return Measured("s", repository, policy, keeps, 10.0, after, rough or after, error, outcome)


def test_a_policy_is_the_sum_of_its_sessions() -> None:
    some = [measured("cut", 8.0, 9.0), measured("cut", 9.0, 10.0), measured("oracle", 6.0)]
    (view,) = view_replay(some, ["cut"], [SkippedView("x", "why")]).policies
    assert (view.sessions, view.requests, view.skipped[0].why) == (2, 10, "why")
    assert (view.tokens.before, view.tokens.after) == (2_000, 1_800)
    assert (view.usd.before, view.usd.after, view.usd.with_friction) == (20.0, 17.0, 19.0)
    assert (view.usd_share, view.usd_share_with_friction) == (-0.15, -0.05)
    assert (view.atoms.used, view.atoms.hidden, view.quote_lines.hidden) == (20, 4, 2)
    assert [(tool.tool, tool.used, tool.hidden) for tool in view.by_tool] == [("Read", 8, 4)]
    assert (view.turns.all, view.turns.affected) == (10, 2)
    assert view.cpu_seconds_per_100k_tokens == pytest.approx(0.25)


def test_what_can_be_read_back_is_hidden_but_not_lost() -> None:
    light, cut = view_replay([measured("light", 9), measured("cut", 9)], ["light", "cut"], []).policies
    assert (light.atoms.lost, light.quote_lines.lost) == (0, 0)
    assert (cut.atoms.lost, cut.quote_lines.lost) == (2, 1)


def test_a_share_of_the_oracle_is_of_dollars_saved_with_friction() -> None:
    some = [measured("cut", 8.0, 9.0), measured("oracle", 6.0)]
    assert view_replay(some, ["cut"], []).policies[0].oracle_share == pytest.approx(0.25)
    assert view_replay(some[:1], ["cut"], []).policies[0].oracle_share is None


def test_repositories_are_told_apart() -> None:
    some = [measured("cut", 8.0, repository="one"), measured("cut", 9.0, repository="two")]
    view = view_replay(some, ["cut"], [])
    shares = {each.repository: each.policies[0].usd_share for each in view.by_repository}
    assert shares == {"one": pytest.approx(-0.2), "two": pytest.approx(-0.1)}


def test_a_session_far_off_is_flagged_and_stays_in_the_totals() -> None:
    some = [measured("identity", 10, error=-0.2), measured("identity", 10, error=0.04)]
    view = view_replay(some, ["identity"], [])
    assert [far.error_share for far in view.flagged] == [-0.2]
    assert view.policies[0].sessions == 2
    assert view.policies[0].identity_error_share.median == pytest.approx(0.12)


def test_the_interval_holds_the_share_and_is_the_same_in_every_run() -> None:
    some = [measured("cut", 10 - number / 10) for number in range(20)]
    low, high = interval(some)
    assert low < -saving(some) / 200 < high
    assert interval(some) == (low, high)
    assert interval([]) == (0.0, 0.0)
