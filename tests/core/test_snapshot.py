"""A tally: the same sums in any order and in any parts, and never surer than its least sure part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.core.resource import Category, Kind, Resource
from brimline.core.snapshot import Item, Snapshot, Tally
from brimline.core.tokens import Provenance, weakest
from brimline.core.window import Window

resources = st.lists(
    st.builds(
        Resource,
        kind=st.sampled_from(Kind),
        name=st.sampled_from("abc"),
        tokens=st.integers(0, 1_000),
        provenance=st.sampled_from(Provenance),
        uses=st.integers(0, 3),
        last_used=st.none() | st.floats(0, 2e9),
    ),
    max_size=30,
)
WINDOW = Window("claude-opus-4-5")


# -------------------------------------------------------------------------------------------------- adding
@given(resources)
def test_items_and_pools_hold_every_token_once(held: list[Resource]) -> None:
    tally = Tally().add(held)
    total = sum(resource.tokens for resource in held)

    assert tally.tokens == total
    assert sum(item.tokens for item in tally.items.values()) == total


@given(resources)
def test_each_pool_holds_what_its_kinds_hold(held: list[Resource]) -> None:
    tally = Tally().add(held)

    for pool in {kind.pool for kind in Kind}:
        under = sum(resource.tokens for resource in held if resource.kind.pool == pool)
        assert tally.pools.get(pool, 0) == under


@given(resources, st.integers(0, 30))
def test_a_partial_snapshot_says_the_same_as_the_whole_one(held: list[Resource], cut: int) -> None:
    whole = Snapshot(window=WINDOW, resources=tuple(held))
    partial = Snapshot(window=WINDOW, resources=tuple(held[cut:]), rest=Tally().add(held[:cut]))

    assert partial.tally() == whole.tally()


@given(resources)
def test_the_order_of_resources_does_not_matter(held: list[Resource]) -> None:
    assert Tally().add(held) == Tally().add(reversed(held))


@given(resources, resources)
def test_adding_makes_a_new_tally_and_leaves_the_old_one(kept: list[Resource], new: list[Resource]) -> None:
    before = Tally().add(kept)

    before.add(new)

    assert before == Tally().add(kept)


# --------------------------------------------------------------------------------------------------- items
def test_one_category_and_name_is_one_item_whatever_the_kind() -> None:
    listing = Resource(Kind.SKILL_LISTING, "pdf", 40, uses=2, last_used=100.0)
    body = Resource(Kind.SKILL_BODY, "pdf", 900, Provenance.ESTIMATED, uses=1, last_used=90.0)

    assert Tally().add([listing, body]).items == {
        (Category.SKILLS, "pdf"): Item(940, Provenance.ESTIMATED, 3, 100.0)
    }


def test_one_name_in_two_categories_is_two_items() -> None:
    tally = Tally().add([Resource(Kind.FILE, "a", 1), Resource(Kind.MEMORY_FILE, "a", 2)])

    assert {key: item.tokens for key, item in tally.items.items()} == {
        (Category.CONTEXT, "a"): 1,
        (Category.SYSTEM, "a"): 2,
    }


@pytest.mark.parametrize(
    ("times", "last"),
    [((None, None), None), ((None, 5.0), 5.0), ((5.0, None), 5.0), ((5.0, 9.0), 9.0), ((9.0, 5.0), 9.0)],
)
def test_an_item_was_last_used_when_any_of_it_was(
    times: tuple[float | None, ...], last: float | None
) -> None:
    tally = Tally().add(Resource(Kind.FILE, "a", 1, last_used=time) for time in times)

    assert tally.items[Category.CONTEXT, "a"].last_used == last


# --------------------------------------------------------------------------------------------- provenance
@given(resources)
def test_a_tally_claims_no_more_than_its_least_sure_resource(held: list[Resource]) -> None:
    tally = Tally().add(held)

    assert tally.provenance == weakest(*(resource.provenance for resource in held))


def test_an_empty_tally_holds_nothing_and_is_exact() -> None:
    assert (Tally().tokens, Tally().provenance) == (0, Provenance.EXACT)
    assert Snapshot(window=WINDOW).tally() == Tally()
