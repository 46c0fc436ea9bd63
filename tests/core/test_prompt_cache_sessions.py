"""The simulated cache against the recorded one: every session of the data."""

import statistics
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench.caching import Calibrated, calibrate
from brimline.app.sessions import load_session
from brimline.core.cache_record import RebuildCause
from brimline.stores.sessions_index import memory_index

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def calibrated(claude_folders: list[Path]) -> Iterator[list[Calibrated]]:
    files = sorted(file for folder in claude_folders for file in folder.glob("projects/*/*.jsonl"))
    with closing(memory_index()) as store:
        yield [calibrate(load_session(file, store).session) for file in files]


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
