"""A tree of pools, written by hand, is read as written or refused with a sentence that names the pool."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.core.budget import PRESETS, Budget
from brimline.core.errors import BudgetError
from brimline.core.pool import DEEPEST_TREE, Pool, check_shares, parse_pools, walk


def plain(pools: tuple[Pool, ...]) -> dict[str, object]:
    """Write *pools* as they would stand in a configuration."""
    return {pool.name: plain(pool.children) if pool.children else pool.share for pool in pools}


def nested(depth: int) -> dict[str, object]:
    """Write a tree of *depth* pools in one another."""
    tree: dict[str, object] = {"leaf": 1.0}
    for _ in range(depth - 1):
        tree = {"branch": tree}
    return tree


# -------------------------------------------------------------------------------------------------- parsing
@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_a_preset_written_out_is_read_back_with_the_same_guarantees(preset: str) -> None:
    read = parse_pools(plain(PRESETS[preset]))

    assert plain(read) == plain(PRESETS[preset])
    assert Budget(200_000, read).guarantees == Budget(200_000, PRESETS[preset]).guarantees


@given(st.dictionaries(st.sampled_from(["a", "b", "c d", "é"]), st.floats(0, 0.25), min_size=1))
def test_what_was_written_is_read_back(tree: dict[str, object]) -> None:
    assert plain(parse_pools({"top": tree})) == {"top": tree}


def test_a_pool_holds_what_its_children_hold() -> None:
    (pool,) = parse_pools({"working": {"context": 0.25, "buffer": 0.5}})

    assert pool == Pool("working", 0.75, (Pool("context", 0.25), Pool("buffer", 0.5)))


def test_whole_numbers_are_shares_too() -> None:
    assert parse_pools({"mine": 1, "none": 0}) == (Pool("mine", 1.0), Pool("none", 0.0))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("0.5", "'0.5'"),
        (True, "True"),
        (None, "None"),
        ([0.5], r"\[0\.5\]"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (-0.1, "-0.1"),
        (1.1, "1.1"),
        (10**400, "1000"),
    ],
)
def test_what_is_no_share_is_refused_with_its_path(value: object, shown: str) -> None:
    with pytest.raises(
        BudgetError, match=rf"^pools\.working\.context is {shown}.*; give it a share"
    ) as raised:
        parse_pools({"working": {"context": value}})

    assert len(str(raised.value)) < 150


@pytest.mark.parametrize(("tree", "path"), [({}, "pools"), ({"a": {"b": {}}}, r"pools\.a\.b")])
def test_an_empty_tree_is_refused_with_its_path(tree: dict[str, object], path: str) -> None:
    with pytest.raises(BudgetError, match=rf"^{path} is empty"):
        parse_pools(tree)


def test_a_tree_as_deep_as_allowed_is_read() -> None:
    assert [path.count("/") for path, _ in walk(parse_pools(nested(DEEPEST_TREE)))][-1] == DEEPEST_TREE - 1


@pytest.mark.parametrize("depth", [DEEPEST_TREE + 1, 5_000])
def test_a_tree_nested_too_deep_is_refused_and_not_a_crash(depth: int) -> None:
    with pytest.raises(BudgetError, match=f"lies more than {DEEPEST_TREE} pools deep"):
        parse_pools(nested(depth))


def test_the_key_that_holds_the_tree_is_named() -> None:
    with pytest.raises(BudgetError, match=r"^tokenManagement\.pools\.a is 2"):
        parse_pools({"a": 2}, "tokenManagement.pools")


# ---------------------------------------------------------------------------------------------------- shares
@pytest.mark.parametrize("share", [-0.001, 1.002, float("nan"), float("inf"), float("-inf")])
def test_a_share_that_cannot_be_is_refused_with_the_pools_name(share: float) -> None:
    with pytest.raises(BudgetError, match=f"pool 'mine' has share {share}; a share lies between 0 and 1"):
        Pool("mine", share)


@pytest.mark.parametrize("name", ["", " ", "a/b", "/", "a\nb", "\x1b[31m"])
def test_a_name_that_would_not_survive_a_path_or_a_terminal_is_refused(name: str) -> None:
    with pytest.raises(BudgetError, match="must be a printable word without '/'"):
        Pool(name, 0.5)


@pytest.mark.parametrize("total", [0.999, 1.0, 1.001])
def test_shares_off_by_a_thousandth_still_add_up(total: float) -> None:
    check_shares("the budget", 1.0, (Pool("a", 0.5), Pool("b", total - 0.5)))


@pytest.mark.parametrize("total", [0.9985, 1.0015])
def test_shares_off_by_more_are_refused(total: float) -> None:
    with pytest.raises(BudgetError, match=r"the shares in the budget \(a, b\) add up to"):
        check_shares("the budget", 1.0, (Pool("a", 0.5), Pool("b", total - 0.5)))


def test_one_pool_around_all_others_may_be_off_by_a_thousandth_too() -> None:
    pools = parse_pools({"all": {"a": 0.5, "b": 0.501}})

    assert sum(Budget(1_000, pools).guarantees[path] for path in ("all/a", "all/b")) == 1_000


@pytest.mark.parametrize("count", range(1, 60))
def test_equal_shares_add_up_however_many_there_are(count: int) -> None:
    check_shares("the budget", 1.0, tuple(Pool(f"p{i}", 1 / count) for i in range(count)))


def test_children_that_do_not_make_up_their_parent_are_refused_with_its_name() -> None:
    with pytest.raises(BudgetError, match=r"the shares in working \(context\) add up to 0\.5, not 0\.75"):
        Pool("working", 0.75, (Pool("context", 0.5),))


def test_a_name_twice_on_one_level_is_refused() -> None:
    with pytest.raises(BudgetError, match="working holds pool 'context' twice"):
        Pool("working", 1.0, (Pool("context", 0.5), Pool("context", 0.5)))


def test_one_name_on_two_levels_is_two_pools() -> None:
    tree = parse_pools({"a": {"a": 0.5, "b": 0.25}, "b": 0.25})

    assert [path for path, _ in walk(tree)] == ["a", "a/a", "a/b", "b"]
