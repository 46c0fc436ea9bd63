"""The simulated cache against the recorded one: every session of the data."""

import statistics
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from bench.caching import Calibrated, calibrate, lifetime_of, recorded_of, turns_of
from brimline.adapters.claude_code.sending import system_tokens
from brimline.adapters.claude_code.session import Session
from brimline.app.sessions import load_session
from brimline.core.cache_policy import CachePolicy, policy_cost
from brimline.core.cache_record import RebuildCause
from brimline.core.cache_rules import is_surely_cold, rules_for
from brimline.stores.sessions_index import memory_index

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def sessions(claude_folders: list[Path]) -> list[Session]:
    files = sorted(file for folder in claude_folders for file in folder.glob("projects/*/*.jsonl"))
    with closing(memory_index()) as store:
        return [load_session(file, store).session for file in files]


@pytest.fixture(scope="module")
def calibrated(sessions: list[Session]) -> list[Calibrated]:
    return [calibrate(session) for session in sessions]


def test_the_typical_session_is_simulated_within_two_percent(calibrated: list[Calibrated]) -> None:
    assert statistics.median(abs(one.error_share) for one in calibrated) <= 0.02


def test_three_of_four_sessions_are_simulated_within_five_percent(calibrated: list[Calibrated]) -> None:
    close = sum(abs(one.error_share) <= 0.05 for one in calibrated)
    assert close >= 0.75 * len(calibrated)


def test_the_clock_from_sending_to_sending_explains_every_expiry(calibrated: list[Calibrated]) -> None:
    expired = [one for session in calibrated for one in session.rebuilds if one.cause is RebuildCause.EXPIRED]
    assert len(expired) == 32


def test_a_session_far_off_has_a_rebuild_that_nobody_explains(calibrated: list[Calibrated]) -> None:
    for one in calibrated:
        if abs(one.error_share) > 0.06:
            assert any(rebuild.cause is RebuildCause.UNEXPLAINED for rebuild in one.rebuilds), one.path


def test_what_is_surely_cold_was_cold(sessions: list[Session]) -> None:
    pauses = 0
    for session in sessions:
        lifetime = lifetime_of(session)
        for before, now in pairwise(recorded_of(session)):
            if is_surely_cold(now.at - before.at, lifetime):
                pauses += 1
                assert now.usage.cache_read_tokens <= system_tokens(session) * 1.01, session.path
    assert pauses >= 25


def test_what_policies_cost_today_is_what_was_recorded(
    sessions: list[Session], calibrated: list[Calibrated]
) -> None:
    rules = rules_for("claude-opus-5")
    today = sum(
        policy_cost(list(turns_of(session)), CachePolicy(lifetime_of(session)), rules).units
        for session in sessions
    )
    assert today == pytest.approx(sum(one.recorded_units for one in calibrated), rel=0.02)
