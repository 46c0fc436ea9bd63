"""Windows through a simulated cache, under the settings of a scenario."""

from dataclasses import replace

import pytest
from tests.core.recordings import SYSTEM_TOKENS, recording, turn

from brimline.core.cached_sending import CachedSender, Scenario
from brimline.core.prompt_cache import Block
from brimline.core.recording import Recording
from brimline.core.usage import Usage

BODY = [Block("a", 1_000)]


def cold_start(*, hour: bool = False) -> Recording:
    """Return a recording whose first request wrote all that it sent."""
    session = recording([], [""])
    usage = Usage(0, 0, 11_000, 0) if hour else Usage(0, 11_000, 0, 0)
    first = replace(session.turns[0], usage=usage)
    return replace(session, epochs=(replace(session.epochs[0], turns=(first,)),))


def test_the_first_request_reads_what_was_recorded_as_read() -> None:
    sender = CachedSender(recording([], [""]))
    assert sender.send(turn(1, 0), BODY).usage == Usage(0, 1_000, 0, SYSTEM_TOKENS)
    assert sender.last_cost == pytest.approx(0.1 * SYSTEM_TOKENS + 1.25 * 1_000)


def test_a_cache_lives_as_long_as_the_client_chose() -> None:
    later = turn(2, 0, at=1_000)
    for hour in (False, True):
        sender = CachedSender(cold_start(hour=hour))
        sender.send(turn(1, 0), BODY)
        assert sender.is_cold(later.at) is not hour
        assert bool(sender.send(later, BODY).usage.cache_read_tokens) is hour


def test_before_the_first_request_nothing_is_cold() -> None:
    assert not CachedSender(recording([], [""])).is_cold(1e9)


def test_definitions_never_sent_are_in_no_request() -> None:
    sender = CachedSender(recording([], [""]), Scenario(unsent_tokens=4_000))
    assert sender.send(turn(1, 0), BODY).usage.window_tokens == SYSTEM_TOKENS - 4_000 + 1_000


def test_keeping_alive_costs_reads_and_saves_the_rebuild() -> None:
    sender = CachedSender(cold_start(), Scenario(keep_alives=3))
    sender.send(turn(1, 0, at=0), BODY)
    later = turn(2, 0, at=900)
    assert not sender.is_cold(later.at)
    assert sender.send(later, BODY).usage.cache_read_tokens == SYSTEM_TOKENS + 1_000
    assert sender.last_cost == pytest.approx(0.1 * 4 * (SYSTEM_TOKENS + 1_000))


def test_nobody_knows_which_request_is_the_last() -> None:
    sender = CachedSender(cold_start(), Scenario(keep_alives=2))
    sender.send(turn(1, 0), BODY)
    assert sender.end() == pytest.approx(0.1 * 2 * (SYSTEM_TOKENS + 1_000))


def test_a_scenario_may_take_the_shorter_lifetime() -> None:
    sender = CachedSender(cold_start(hour=True), Scenario(five_minutes=True))
    assert sender.send(turn(1, 0), BODY).usage.cache_write_5m_tokens == SYSTEM_TOKENS + 1_000


def test_a_clock_that_jumped_back_sends_nothing_before_the_last() -> None:
    sender = CachedSender(cold_start())
    sender.send(turn(1, 0, at=1_000), BODY)
    assert sender.send(turn(2, 0, at=10), BODY).usage.cache_read_tokens == SYSTEM_TOKENS + 1_000
