"""The budget: nobody's tokens appear or vanish, and a guarantee is a guarantee."""

from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.core.budget import PRESETS, STANDARD, Budget, PoolUse, apportion
from brimline.core.errors import BudgetError
from brimline.core.pool import RESERVED, Pool
from brimline.core.resource import PLACES

WINDOW = 200_000


# ------------------------------------------------------------------------------------- any budget at all
Shape: TypeAlias = "int | list[Shape]"
"""A pool's weight, or the pools inside it."""

shapes: st.SearchStrategy[Shape] = st.recursive(
    st.integers(0, 50), lambda inside: st.lists(inside, min_size=1, max_size=3), max_leaves=10
)


def weigh(shape: Shape) -> int:
    return shape if isinstance(shape, int) else sum(map(weigh, shape))


def grow(name: str, shape: Shape, whole: int) -> Pool:
    inside = [] if isinstance(shape, int) else shape
    children = tuple(grow(f"{name}{number}", each, whole) for number, each in enumerate(inside))
    return Pool(name, weigh(shape) / whole, children)


@st.composite
def trees(draw: st.DrawFn) -> tuple[Pool, ...]:
    """Draw a tree whose leaves weigh anything, `reserved` among them or not."""
    last = RESERVED if draw(st.booleans()) else "last"
    named = {"a": draw(shapes), "b": draw(shapes), "c": draw(shapes), last: draw(st.integers(1, 50))}
    whole = sum(map(weigh, named.values()))
    return tuple(grow(name, shape, whole) for name, shape in named.items())


@st.composite
def settled(draw: st.DrawFn) -> tuple[Budget, dict[str, int], bool]:
    """Draw a budget, what its leaves use, and whether the operation is critical."""
    budget = Budget(draw(st.integers(1, 2_000_000)), draw(trees()))
    sizes = st.integers(0, 3 * budget.window_tokens // len(budget.leaves) + 1)
    used = draw(st.fixed_dictionaries({}, optional=dict.fromkeys(budget.leaves, sizes)))
    return budget, used, draw(st.booleans())


def leaves_of(budget: Budget, pools: tuple[PoolUse, ...]) -> list[PoolUse]:
    return [pool for pool in pools if pool.path in budget.leaves]


def own_use(pool: PoolUse) -> int:
    return pool.used - pool.borrowed - pool.over


@given(settled())
def test_own_use_and_loans_and_idle_room_always_make_up_the_window(
    case: tuple[Budget, dict[str, int], bool],
) -> None:
    budget, used, critical = case
    leaves = leaves_of(budget, budget.allocate(used, critical=critical))

    assert sum(own_use(pool) + pool.borrowed + pool.idle for pool in leaves) == budget.window_tokens
    assert all(min(pool.used, pool.borrowed, pool.idle, pool.over) >= 0 for pool in leaves)
    assert {pool.path: pool.used for pool in leaves if pool.path in used} == used


@given(settled())
def test_a_parent_is_the_sum_of_its_children(case: tuple[Budget, dict[str, int], bool]) -> None:
    budget, used, critical = case
    pools = budget.allocate(used, critical=critical)
    parents = [pool for pool in pools if pool.path not in budget.leaves]

    for parent in parents:
        depth = parent.path.count("/") + 1
        under = [p for p in pools if p.path.startswith(f"{parent.path}/") and p.path.count("/") == depth]
        for field in ("guaranteed", "used", "idle", "over"):
            assert getattr(parent, field) == sum(getattr(pool, field) for pool in under), (parent.path, field)


@given(settled())
def test_a_parent_borrows_from_outside_only_and_what_it_lends_leaves_it(
    case: tuple[Budget, dict[str, int], bool],
) -> None:
    budget, used, critical = case
    pools = budget.allocate(used, critical=critical)
    tops = [pool for pool in pools if "/" not in pool.path]

    for pool in pools:
        assert 0 <= pool.borrowed <= pool.used
        assert own_use(pool) + pool.idle <= pool.guaranteed, pool.path
    assert sum(own_use(pool) + pool.borrowed + pool.idle for pool in tops) == budget.window_tokens


def test_loans_among_children_are_a_parents_own_use() -> None:
    inside, beyond = (stand(Budget(WINDOW), {"system/prompt": tokens}) for tokens in (6_000, 42_000))

    assert (inside["system/prompt"].borrowed, inside["system"].borrowed) == (4_000, 0)
    assert (beyond["system/prompt"].borrowed, beyond["system"].borrowed) == (40_000, 32_000)


@given(settled())
def test_a_pool_gets_its_guarantee_whatever_the_others_use(
    case: tuple[Budget, dict[str, int], bool],
) -> None:
    budget, used, critical = case

    for pool in leaves_of(budget, budget.allocate(used, critical=critical)):
        assert own_use(pool) == min(pool.used, pool.guaranteed), pool.path


@given(settled())
def test_the_reserved_pool_lends_nothing_but_to_critical_operations(
    case: tuple[Budget, dict[str, int], bool],
) -> None:
    budget, used, _ = case

    for pool in budget.allocate(used):
        if pool.path == RESERVED:
            assert pool.idle == max(0, pool.guaranteed - pool.used)


@given(settled())
def test_a_pool_is_over_only_when_nobody_can_lend(case: tuple[Budget, dict[str, int], bool]) -> None:
    budget, used, critical = case
    leaves = leaves_of(budget, budget.allocate(used, critical=critical))
    lenders = [pool for pool in leaves if critical or pool.path != RESERVED]

    assert not (any(pool.over for pool in leaves) and any(pool.idle for pool in lenders))


@given(settled())
def test_whatever_is_critical_leaves_at_most_what_does_not_fit_the_window(
    case: tuple[Budget, dict[str, int], bool],
) -> None:
    budget, used, _ = case
    over = sum(pool.over for pool in leaves_of(budget, budget.allocate(used, critical=True)))

    assert over == max(0, sum(used.values()) - budget.window_tokens)


@given(settled())
def test_the_same_use_is_settled_the_same_way_in_any_order(
    case: tuple[Budget, dict[str, int], bool],
) -> None:
    budget, used, critical = case
    backwards = dict(reversed(used.items()))

    assert budget.allocate(used, critical=critical) == Budget(budget.window_tokens, budget.pools).allocate(
        backwards, critical=critical
    )


@given(trees(), st.integers(1, 100_000_000))
def test_the_guarantees_of_the_leaves_add_up_to_any_window(
    pools: tuple[Pool, ...], window_tokens: int
) -> None:
    budget = Budget(window_tokens, pools)

    assert sum(budget.guarantees[path] for path in budget.leaves) == window_tokens


@given(trees(), st.integers(1, 10_000_000))
def test_a_guarantee_is_within_a_token_of_its_share(pools: tuple[Pool, ...], window_tokens: int) -> None:
    budget = Budget(window_tokens, pools)
    shares = {pool.name: pool.share for pool in pools if not pool.children}

    for name, share in shares.items():
        assert abs(budget.guarantees[name] - share * window_tokens) <= 1


# --------------------------------------------------------------------------------- the brief's own figures
def test_of_200_000_tokens_the_standard_budget_guarantees_what_the_brief_says() -> None:
    assert Budget(WINDOW).guarantees == {
        "reserved": 10_000,
        "system": 10_000,
        "system/prompt": 2_000,
        "system/modes": 3_000,
        "system/symbols": 5_000,
        "dynamic": 30_000,
        "dynamic/mcp": 15_000,
        "dynamic/skills": 10_000,
        "dynamic/agents": 5_000,
        "working": 150_000,
        "working/conversation": 100_000,
        "working/context": 30_000,
        "working/buffer": 20_000,
    }


def test_a_window_of_a_million_scales_every_guarantee_by_five() -> None:
    small, large = Budget(WINDOW).guarantees, Budget(1_000_000).guarantees

    assert large == {path: 5 * tokens for path, tokens in small.items()}


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_every_preset_adds_up_and_has_a_pool_for_every_kind(preset: str) -> None:
    budget = Budget(WINDOW, PRESETS[preset])

    assert sum(pool.share for pool in PRESETS[preset]) == pytest.approx(1)
    assert {place.pool for place in PLACES.values()} <= set(budget.leaves)
    assert budget.guarantees[RESERVED] == 10_000


def test_parents_come_before_their_children_in_the_order_of_the_tree() -> None:
    paths = [pool.path for pool in Budget(WINDOW).allocate({})]

    assert paths[:5] == ["reserved", "system", "system/prompt", "system/modes", "system/symbols"]


# ------------------------------------------------------------------------------------------ who lends whom
def stand(budget: Budget, used: dict[str, int], *, critical: bool = False) -> dict[str, PoolUse]:
    return {pool.path: pool for pool in budget.allocate(used, critical=critical)}


def test_an_empty_window_is_all_idle() -> None:
    pools = stand(Budget(WINDOW), {})

    assert pools["working"] == PoolUse("working", 150_000, 0, 0, 150_000, 0)


def test_siblings_lend_before_anybody_else() -> None:
    pools = stand(Budget(WINDOW), {"system/prompt": 6_000})

    assert pools["system/prompt"].borrowed == 4_000
    assert (pools["system"].idle, pools["dynamic"].idle, pools["working"].idle) == (4_000, 30_000, 150_000)


def test_cousins_lend_what_siblings_cannot() -> None:
    pools = stand(Budget(WINDOW), {"system/prompt": 42_000})

    assert pools["system/prompt"].borrowed == 40_000
    assert pools["system"].idle == 0
    assert pools["dynamic"].idle + pools["working"].idle == 180_000 - 32_000
    assert pools["working"].idle == pytest.approx(5 * pools["dynamic"].idle, abs=5)


def test_nearest_relatives_lend_first_at_every_depth() -> None:
    inner = Pool("b", 0.4, (Pool("c", 0.2), Pool("d", 0.2)))
    pools = stand(Budget(100, (Pool("a", 0.5, (inner, Pool("e", 0.1))), Pool("f", 0.5))), {"a/b/c": 45})

    assert [pools[path].idle for path in ("a/b/d", "a/e", "f")] == [0, 5, 50]


def test_a_lender_takes_its_room_back_when_it_wants_it() -> None:
    budget = Budget(WINDOW)
    lent = stand(budget, {"working/conversation": 150_000})
    wanted = stand(budget, {"working/conversation": 150_000, "working/context": 30_000})

    assert lent["working/context"].idle == 0
    assert (wanted["working/context"].borrowed, wanted["working/context"].over) == (0, 0)
    assert wanted["working/conversation"].borrowed == 50_000
    assert wanted["working/conversation"].over == 0
    assert wanted["system"].idle + wanted["dynamic"].idle == 10_000


def test_borrowers_share_scarce_room_in_proportion_to_their_wants() -> None:
    budget = Budget(100, (Pool("a", 0.2), Pool("b", 0.2), Pool("c", 0.6)))
    pools = stand(budget, {"a": 100, "b": 60, "c": 30})

    assert (pools["a"].borrowed, pools["b"].borrowed) == (20, 10)
    assert (pools["a"].over, pools["b"].over) == (60, 30)


def test_a_full_window_is_over_by_the_reserve_unless_the_operation_is_critical() -> None:
    used = {"working/conversation": 200_000}

    assert stand(Budget(WINDOW), used)["working"].over == 10_000
    assert stand(Budget(WINDOW), used, critical=True)["working"].over == 0


def test_a_critical_operation_takes_from_the_reserve_last() -> None:
    pools = stand(Budget(WINDOW), {"working/conversation": 195_000}, critical=True)

    assert pools["reserved"].idle == 5_000
    assert pools["system"].idle == pools["dynamic"].idle == 0


def test_a_reserve_in_parts_lends_none_of_them() -> None:
    reserve = Pool(RESERVED, 0.5, (Pool("a", 0.25), Pool("b", 0.25)))
    budget = Budget(100, (reserve, Pool("mine", 0.5)))

    assert stand(budget, {"mine": 100})["reserved"].idle == 50
    assert stand(budget, {"mine": 100})["mine"].over == 50
    assert stand(budget, {"mine": 100}, critical=True)["mine"].over == 0


# -------------------------------------------------------------------------- tokens without a pool of theirs
@pytest.mark.parametrize(
    ("pools", "path", "home"),
    [
        (STANDARD, "dynamic/mcp", "dynamic/mcp"),
        ((Pool("reserved", 0.1), Pool("mine", 0.9)), "dynamic/mcp", "mine"),
        ((Pool("reserved", 1.0),), "dynamic/mcp", "reserved"),
        ((Pool("dynamic", 0.2), Pool("working", 0.8)), "dynamic/mcp", "dynamic"),
        ((Pool("dynamic", 0.2), Pool("mcp", 0.1), Pool("rest", 0.7)), "dynamic/mcp", "mcp"),
        (
            (Pool("dynamic", 0.3, (Pool("x", 0.1), Pool("y", 0.2))), Pool("z", 0.7)),
            "dynamic/mcp",
            "dynamic/y",
        ),
        (
            (Pool("dynamic", 0.3, (Pool("mcp", 0.3, (Pool("x", 0.1), Pool("y", 0.2))),)), Pool("mcp", 0.7)),
            "dynamic/mcp",
            "dynamic/mcp/y",
        ),
        ((Pool("a", 0.5), Pool("b", 0.5)), "working/context", "a"),
    ],
    ids=["own", "largest", "only-reserve", "ancestor", "namesake", "largest-sibling", "inside", "first"],
)
def test_tokens_without_a_pool_go_to_the_nearest_relative(
    pools: tuple[Pool, ...], path: str, home: str
) -> None:
    assert Budget(WINDOW, pools).place({path: 7}) == {home: 7}


@given(
    trees(), st.dictionaries(st.sampled_from([place.pool for place in PLACES.values()]), st.integers(0, 9))
)
def test_no_token_is_lost_when_it_is_placed(pools: tuple[Pool, ...], used: dict[str, int]) -> None:
    budget = Budget(WINDOW, pools)
    placed = budget.place(used)

    assert sum(placed.values()) == sum(used.values())
    assert set(placed) <= set(budget.leaves)


# --------------------------------------------------------------------------------------------------- refused
@pytest.mark.parametrize("tokens", [0, -1])
def test_a_window_without_tokens_is_refused(tokens: int) -> None:
    with pytest.raises(BudgetError, match=f"a window of {tokens} tokens cannot be divided"):
        Budget(tokens)


def test_shares_that_do_not_add_up_are_refused_with_their_sum() -> None:
    with pytest.raises(BudgetError, match=r"the budget \(a, b\) add up to 0\.9, not 1; mend one of them"):
        Budget(WINDOW, (Pool("a", 0.4), Pool("b", 0.5)))


def test_a_budget_without_pools_is_refused() -> None:
    with pytest.raises(BudgetError, match="the budget holds no pool"):
        Budget(WINDOW, ())


def test_use_of_an_unknown_pool_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(
        BudgetError, match=r"no pool 'working' in this budget; it has reserved, system/prompt"
    ):
        Budget(WINDOW).allocate({"working": 1})


def test_use_below_zero_is_refused() -> None:
    with pytest.raises(BudgetError, match="pool 'reserved' cannot use -1 tokens"):
        Budget(WINDOW).allocate({"reserved": -1})


# ------------------------------------------------------------------------------------------------- apportion
@given(st.integers(0, 1_000_000), st.lists(st.integers(0, 1_000_000), min_size=1, max_size=20))
def test_parts_add_up_to_the_whole_and_lie_within_one_of_their_proportion(
    whole: int, weights: list[int]
) -> None:
    parts = apportion(whole, weights)
    total = sum(weights)

    assert sum(parts) == (whole if total else 0)
    assert all(
        abs(part - whole * weight / (total or 1)) < 1.001 for part, weight in zip(parts, weights, strict=True)
    )


@given(st.lists(st.integers(0, 1_000_000), min_size=1, max_size=20), st.data())
def test_no_part_exceeds_its_weight_while_there_is_enough(weights: list[int], data: st.DataObject) -> None:
    whole = data.draw(st.integers(0, sum(weights)))

    assert all(part <= weight for part, weight in zip(apportion(whole, weights), weights, strict=True))
