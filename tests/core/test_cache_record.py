"""Where recorded rebuilds came from."""

import pytest

from brimline.core.cache_record import Rebuild, RebuildCause, Recorded, find_rebuilds, written_lifetime
from brimline.core.cache_rules import FIVE_MINUTES, ONE_HOUR, rules_for
from brimline.core.usage import Usage

RULES = rules_for("claude-opus-5")


def written(tokens: int, read: int = 0) -> Usage:
    return Usage(2, tokens, 0, read)


def rebuilt(after: Recorded, before: Recorded | None = None, margin: float = 0.0) -> list[Rebuild]:
    first = before or Recorded(0, written(100_000))
    return list(find_rebuilds([first, after], RULES, margin))


def test_a_warm_request_is_no_rebuild() -> None:
    assert not rebuilt(Recorded(10, written(1_000, read=100_000)))
    assert not rebuilt(Recorded(10, written(5_000, read=96_000)))


def test_after_its_lifetime_an_entry_has_expired() -> None:
    found = rebuilt(Recorded(301, written(102_000)))
    assert found == [Rebuild(2, RebuildCause.EXPIRED, "", 301, 100_000, 100_000 * (1.25 - 0.1))]


def test_a_margin_keeps_what_may_have_been_alive_apart() -> None:
    assert rebuilt(Recorded(330, written(102_000)), margin=60)[0].cause is RebuildCause.UNEXPLAINED
    assert rebuilt(Recorded(361, written(102_000)), margin=60)[0].cause is RebuildCause.EXPIRED


def test_within_its_lifetime_what_changed_is_named() -> None:
    found = rebuilt(Recorded(10, written(80_000, read=20_000), changed="thinking off"))
    assert (found[0].cause, found[0].block, found[0].lost_tokens) == (
        RebuildCause.CHANGED,
        "thinking off",
        80_000,
    )


def test_what_nobody_knows_is_unexplained() -> None:
    assert rebuilt(Recorded(10, written(80_000, read=20_000)))[0].cause is RebuildCause.UNEXPLAINED


def test_a_compaction_is_one_and_pays_only_for_what_it_sends() -> None:
    found = rebuilt(Recorded(10, written(20_000, read=20_000), compacted=True))
    assert found[0].cause is RebuildCause.COMPACTED
    assert found[0].extra_units == pytest.approx(20_002 * 1.15)


def test_the_lifetime_is_the_one_last_written() -> None:
    hour = Recorded(0, Usage(2, 0, 100_000))
    assert rebuilt(Recorded(3_000, Usage(2, 0, 100_000)), hour)[0].cause is RebuildCause.UNEXPLAINED
    assert rebuilt(Recorded(3_700, Usage(2, 0, 100_000)), hour)[0].cause is RebuildCause.EXPIRED
    read = Recorded(1, Usage(2, 0, 0, 100_000))
    found = list(find_rebuilds([hour, read, Recorded(3_000, Usage(2, 0, 100_000))], RULES))
    assert found[0].cause is RebuildCause.UNEXPLAINED


def test_what_is_not_written_again_is_paid_as_input() -> None:
    assert rebuilt(Recorded(10, Usage(100_000)))[0].extra_units == pytest.approx(90_000)


def test_the_lifetime_written_is_that_of_most_tokens() -> None:
    assert written_lifetime(Usage(1), RULES) is None
    assert written_lifetime(Usage(0, 5, 0), RULES) is FIVE_MINUTES
    assert written_lifetime(Usage(0, 5, 6), RULES) is ONE_HOUR
