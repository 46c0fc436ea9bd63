"""The analysis: whose tokens are whose, how fast the window fills, and what changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.core.analyzer import PACE_TURNS, Analysis, Change, Mark, Pace, analyze, by_category, compare
from brimline.core.analyzer import measure_pace as pace
from brimline.core.budget import Budget, PoolUse
from brimline.core.health import Thresholds
from brimline.core.pool import Pool
from brimline.core.resource import Category, Kind, Resource
from brimline.core.snapshot import Snapshot, Tally
from brimline.core.tokens import Count, Provenance
from brimline.core.window import Window

WINDOW = Window("claude-opus-4-5", 200_000, 167_000)
BUDGET = Budget(200_000)
BRIEF = (
    Resource(Kind.SYSTEM_PROMPT, "System", 2_500),
    Resource(Kind.MCP_SERVER, "MCPs", 6_500),
    Resource(Kind.SKILL_BODY, "Skills", 3_500),
    Resource(Kind.USER_TEXT, "Messages", 8_000),
    Resource(Kind.FILE, "Context", 4_500),
)

resources = st.lists(
    st.builds(
        Resource,
        kind=st.sampled_from(Kind),
        name=st.sampled_from("abcd"),
        tokens=st.integers(0, 30_000),
        provenance=st.sampled_from(Provenance),
    ),
    max_size=20,
)


def analysis_of(*held: Resource, reported: int | None = None, budget: Budget = BUDGET) -> Analysis:
    return analyze(Snapshot(window=WINDOW, resources=held, reported_tokens=reported), budget)


def pools_of(analysis: Analysis) -> dict[str, PoolUse]:
    return {pool.path: pool for pool in analysis.pools}


# --------------------------------------------------------------------------------------------- the brief's
def test_the_briefs_window_is_an_eighth_full_and_healthy() -> None:
    analysis = analysis_of(*BRIEF)

    assert analysis.used == Count(25_000, Provenance.EXACT)
    assert analysis.used_share == 0.125
    assert analysis.available_tokens == 175_000
    assert analysis.state == "healthy"
    assert [(use.category, use.tokens) for use in analysis.categories] == [
        ("System", 2_500),
        ("MCPs", 6_500),
        ("Skills", 3_500),
        ("Agents", 0),
        ("Messages", 8_000),
        ("Context", 4_500),
    ]


def test_the_briefs_system_prompt_borrows_500_tokens_from_its_siblings() -> None:
    pools = pools_of(analysis_of(*BRIEF))

    assert pools["system/prompt"] == PoolUse("system/prompt", 2_000, 2_500, 500, 0, 0)
    assert pools["system"].idle == 7_500


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_fills_its_own_category_and_pool_and_no_other(kind: Kind) -> None:
    analysis = analysis_of(Resource(kind, "x", 7))

    assert {use.category for use in analysis.categories if use.tokens} == {kind.category}
    assert {pool.path for pool in analysis.pools if pool.used} == {kind.pool, kind.pool.split("/")[0]}


def test_an_empty_window_is_analysed_too() -> None:
    analysis = analysis_of()

    assert analysis.used == Count(0, Provenance.EXACT)
    assert analysis.pace == Pace(0.0, None, None)
    assert all(use.items == () for use in analysis.categories)


# ----------------------------------------------------------------------------------------------- categories
@given(resources)
def test_categories_hold_every_token_once_and_their_items_largest_first(held: list[Resource]) -> None:
    categories = by_category(Tally().add(held))

    assert [use.category for use in categories] == [*Category]
    assert sum(use.tokens for use in categories) == sum(resource.tokens for resource in held)
    for use in categories:
        sizes = [named.item.tokens for named in use.items]
        assert sum(sizes) == use.tokens
        assert sizes == sorted(sizes, reverse=True)


def test_items_of_one_size_come_in_the_order_of_their_names() -> None:
    held = [Resource(Kind.FILE, name, 5) for name in "bca"]

    assert [named.name for named in by_category(Tally().add(held))[-1].items] == ["a", "b", "c"]


def test_a_category_is_as_sure_as_its_least_sure_item() -> None:
    categories = by_category(
        Tally().add([Resource(Kind.FILE, "a", 5), Resource(Kind.FILE, "b", 5, Provenance.ESTIMATED)])
    )

    assert categories[-1].provenance is Provenance.ESTIMATED
    assert categories[0].provenance is Provenance.EXACT


@given(resources, st.integers(0, 20))
def test_a_partial_snapshot_is_analysed_like_the_whole(held: list[Resource], cut: int) -> None:
    whole = Snapshot(window=WINDOW, resources=tuple(held))
    partial = Snapshot(window=WINDOW, resources=tuple(held[cut:]), rest=Tally().add(held[:cut]))
    one, other = analyze(whole, BUDGET), analyze(partial, BUDGET)

    assert (one.used, one.health, one.categories, one.pools) == (
        other.used,
        other.health,
        other.categories,
        other.pools,
    )


# ------------------------------------------------------------------------------------- reported and counted
def test_what_the_provider_reported_is_what_is_used_whatever_we_counted() -> None:
    analysis = analysis_of(*BRIEF, reported=160_000)

    assert analysis.used == Count(160_000, Provenance.REPORTED)
    assert analysis.available_tokens == 40_000
    assert (analysis.health.by_window, analysis.health.by_line) == ("critical", "critical")


def test_pools_and_categories_keep_to_what_was_counted_so_that_the_difference_shows() -> None:
    analysis = analysis_of(*BRIEF, reported=160_000)

    assert sum(use.tokens for use in analysis.categories) == 25_000
    assert sum(pool.used for pool in analysis.pools if pool.path in BUDGET.leaves) == 25_000


def test_a_report_of_nothing_is_a_report() -> None:
    assert analysis_of(*BRIEF, reported=0).used == Count(0, Provenance.REPORTED)


def test_a_sum_with_an_estimate_in_it_is_an_estimate() -> None:
    estimated = Resource(Kind.FILE, "picture.png", 1, Provenance.ESTIMATED)

    assert analysis_of(*BRIEF, estimated).used.provenance is Provenance.ESTIMATED


def test_an_overfull_window_has_less_than_nothing_available() -> None:
    analysis = analysis_of(*BRIEF, reported=200_500)

    assert (analysis.available_tokens, analysis.state) == (-500, "overflow")
    assert analysis.used_share > 1


def test_a_residual_below_zero_takes_no_room_from_any_pool() -> None:
    pools = pools_of(analysis_of(Resource(Kind.RESIDUAL, "rest", -300), *BRIEF[1:]))

    assert (pools["system/prompt"].used, pools["system/prompt"].idle) == (0, 2_000)
    assert sum(pool.used - pool.over + pool.idle for pool in pools.values() if "/" in pool.path) == 190_000


# --------------------------------------------------------------------------------------------- own budgets
@given(resources)
def test_a_budget_without_our_pools_still_holds_every_token(held: list[Resource]) -> None:
    own = Budget(200_000, (Pool("reserved", 0.1), Pool("mine", 0.9)))
    pools = pools_of(analysis_of(*held, budget=own))

    assert pools["mine"].used == sum(resource.tokens for resource in held)
    assert pools["reserved"].used == 0


def test_the_reserve_is_released_in_an_emergency_and_not_before() -> None:
    def over(tokens: int) -> int:
        return pools_of(analysis_of(Resource(Kind.USER_TEXT, "x", tokens)))["working"].over

    assert analysis_of(Resource(Kind.USER_TEXT, "x", 161_990)).state == "emergency"
    assert over(200_000) == 0
    assert over(200_100) == 100


def test_own_thresholds_decide() -> None:
    snapshot = Snapshot(window=WINDOW, resources=BRIEF)

    assert analyze(snapshot, BUDGET, thresholds=Thresholds(warning=0.125)).state == "warning"


# -------------------------------------------------------------------------------------------------- pace
@pytest.mark.parametrize("marks", [[], [Mark(0.0, 5_000)]], ids=["none", "one"])
def test_no_pace_is_known_before_the_second_request(marks: list[Mark]) -> None:
    assert pace(marks, 167_000) == Pace(0.0, None, None)


def test_a_steady_pace_meets_the_line_when_arithmetic_says() -> None:
    marks = [Mark(60.0 * turn, 20_000 + 3_000 * turn) for turn in range(10)]

    assert pace(marks, 167_000) == Pace(3_000.0, 40, 40.0)


def test_half_a_turn_to_the_line_is_no_turn() -> None:
    assert pace([Mark(None, 0), Mark(None, 1_000)], 1_999).turns_to_line == 0
    assert pace([Mark(None, 0), Mark(None, 1_000)], 2_000).turns_to_line == 1


# One huge step, one large one, then nine of 100: the last ten make (1,100 + 9 x 100) / 10 = 200.
UNEVEN = [Mark(None, 0), Mark(None, 90_000), *[Mark(None, 91_100 + 100 * step) for step in range(10)]]


def test_exactly_the_last_ten_steps_count() -> None:
    assert len(UNEVEN) == PACE_TURNS + 2
    assert pace(UNEVEN, 167_000).tokens_per_turn == 200


def test_a_snapshot_and_its_history_make_the_same_ten_steps() -> None:
    snapshot = Snapshot(window=WINDOW, reported_tokens=UNEVEN[-1].tokens)

    assert analyze(snapshot, BUDGET, UNEVEN[:-1]).pace == pace(UNEVEN, WINDOW.line_tokens)


def test_a_window_that_shrinks_or_stands_still_never_meets_the_line() -> None:
    assert pace([Mark(0, 9_000), Mark(60, 4_000)], 167_000) == Pace(-5_000.0, None, None)
    assert pace([Mark(0, 9_000), Mark(60, 9_000)], 167_000) == Pace(0.0, None, None)


def test_past_the_line_there_are_no_turns_left() -> None:
    assert pace([Mark(0.0, 166_000), Mark(60.0, 168_000)], 167_000) == Pace(2_000.0, 0, 0.0)


@pytest.mark.parametrize(
    ("first", "last"), [(None, 60.0), (0.0, None), (None, None), (60.0, 0.0), (60.0, 60.0)]
)
def test_without_a_clock_that_runs_forward_turns_are_known_but_minutes_are_not(
    first: float | None, last: float | None
) -> None:
    found = pace([Mark(first, 0), Mark(last, 1_000)], 2_000)

    assert (found.turns_to_line, found.minutes_to_line) == (1, None)


def test_the_analysis_counts_its_own_request_as_the_last_mark() -> None:
    history = [Mark(0.0, 10_000), Mark(60.0, 20_000)]
    snapshot = Snapshot(window=WINDOW, reported_tokens=30_000, at=120.0)

    assert analyze(snapshot, BUDGET, history).pace == Pace(10_000.0, 13, 13.7)


@given(st.lists(st.tuples(st.none() | st.floats(-1e9, 2e9), st.integers(0, 300_000)), max_size=30))
def test_no_history_makes_a_pace_that_points_backwards(marks: list[tuple[float | None, int]]) -> None:
    found = pace([Mark(*mark) for mark in marks], 167_000)

    assert found.turns_to_line is None or found.turns_to_line >= 0
    assert found.minutes_to_line is None or found.minutes_to_line >= 0
    assert (found.turns_to_line is None) == (found.tokens_per_turn <= 0)


# ------------------------------------------------------------------------------------------------- changes
def test_what_a_turn_added_and_dropped_is_told_by_category_in_their_order() -> None:
    before = Tally().add([*BRIEF, Resource(Kind.FILE, "old.py", 1_000)])
    after = Tally().add([*BRIEF, Resource(Kind.THINKING, "thinking", 700)])

    assert compare(before, after) == (Change(Category.MESSAGES, 700), Change(Category.CONTEXT, -1_000))


def test_what_changes_places_within_a_category_is_no_change() -> None:
    one, other = Resource(Kind.FILE, "a.py", 9), Resource(Kind.TOOL_RESULT, "Bash", 9)

    assert compare(Tally().add([one]), Tally().add([other])) == ()


@given(resources, resources)
def test_changes_add_up_to_the_difference_and_reverse_with_time(
    earlier: list[Resource], later: list[Resource]
) -> None:
    before, after = Tally().add(earlier), Tally().add(later)

    forth, back = compare(before, after), compare(after, before)

    assert sum(change.tokens for change in forth) == after.tokens - before.tokens
    assert back == tuple(Change(category, -tokens) for category, tokens in forth)
