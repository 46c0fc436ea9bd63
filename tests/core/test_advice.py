"""Advice: each suspect is found where it lies idle, and nothing is named that is needed."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.core.advice import IDLE_SKILL_TURNS, LONG_MEMORY_TOKENS, STALE_TURNS, YOUNG_TURNS, advise
from brimline.core.resource import Kind, Resource
from brimline.core.snapshot import Snapshot
from brimline.core.window import Window

NOW = 50


def at(*resources: Resource, turn: int = NOW) -> Snapshot:
    return Snapshot(window=Window("claude-opus-4-5"), resources=resources, turn=turn)


def advised(*resources: Resource, turn: int = NOW) -> list[tuple[str, str, int]]:
    return [(found.action, found.target, found.frees_tokens) for found in advise(at(*resources, turn=turn))]


def test_an_empty_window_needs_no_advice() -> None:
    assert advise(at()) == ()


# ------------------------------------------------------------------------------------------------- servers
def test_a_server_nobody_called_is_named_with_all_its_definitions() -> None:
    tools = [Resource(Kind.MCP_SERVER, "github", 900), Resource(Kind.MCP_SERVER, "github", 600)]

    (advice,) = advise(at(*tools))

    assert advice == (
        "unload MCP server",
        "github",
        1_500,
        "none of its tools was called in 50 requests",
    )


def test_a_server_with_one_called_tool_stays() -> None:
    tools = [Resource(Kind.MCP_SERVER, "github", 900), Resource(Kind.MCP_SERVER, "github", 600, uses=1)]

    assert advised(*tools) == []


def test_a_call_counts_even_where_it_is_noted_on_a_pinned_part() -> None:
    tools = [
        Resource(Kind.MCP_SERVER, "github", 900, uses=1, pinned=True),
        Resource(Kind.MCP_SERVER, "github", 600),
    ]

    assert advised(*tools) == []


@pytest.mark.parametrize("kind", [Kind.MCP_SERVER, Kind.SKILL_LISTING, Kind.AGENT])
def test_nothing_counts_as_unused_before_the_session_had_time_to_use_it(kind: Kind) -> None:
    resource = Resource(kind, "x", 5_000)

    assert advised(resource, turn=YOUNG_TURNS - 1) == []
    assert len(advised(resource, turn=YOUNG_TURNS)) == 1


# ------------------------------------------------------------------------------------------------- listings
def test_unused_listings_are_one_advice_that_names_the_longest() -> None:
    listed = [
        Resource(Kind.SKILL_LISTING, name, tokens)
        for name, tokens in (("pdf", 300), ("deploy", 700), ("lint", 200))
    ]

    (advice,) = advise(at(*listed))

    assert advice[:3] == ("hide unused skills", "3 skills", 1_200)
    assert advice.why == "listed in every request, never called in 50; the longest is deploy"


def test_one_unused_agent_is_told_in_the_singular() -> None:
    assert advised(Resource(Kind.AGENT, "reviewer", 600)) == [("hide unused agents", "1 agent", 600)]


@pytest.mark.parametrize(
    "sign",
    [Resource(Kind.SKILL_LISTING, "pdf", 600, uses=2), Resource(Kind.SKILL_BODY, "pdf", 600, turn=NOW)],
    ids=["called", "loaded"],
)
def test_a_skill_that_was_called_or_loaded_keeps_its_listing(sign: Resource) -> None:
    assert advised(Resource(Kind.SKILL_LISTING, "pdf", 600), sign) == []


def test_an_agent_is_not_used_because_a_skill_of_its_name_was_loaded() -> None:
    named_alike = Resource(Kind.SKILL_BODY, "review", 600, turn=NOW)

    assert advised(Resource(Kind.AGENT, "review", 600), named_alike) == [
        ("hide unused agents", "1 agent", 600)
    ]


# -------------------------------------------------------------------------------------------------- skills
@pytest.mark.parametrize(("idle", "found"), [(IDLE_SKILL_TURNS - 1, 0), (IDLE_SKILL_TURNS, 1)])
def test_a_loaded_skill_is_idle_after_twenty_requests(idle: int, found: int) -> None:
    assert len(advised(Resource(Kind.SKILL_BODY, "pdf", 4_000, turn=NOW - idle))) == found


def test_a_skill_loaded_again_is_as_young_as_its_newest_copy() -> None:
    copies = [Resource(Kind.SKILL_BODY, "pdf", 4_000, turn=turn) for turn in (1, NOW - 1)]

    assert advised(*copies) == []


# --------------------------------------------------------------------------------------------------- files
def read(tokens: int, turn: int = NOW, file: str = "a.py") -> Resource:
    return Resource(Kind.FILE, file, tokens, turn=turn)


def test_a_copy_that_a_later_read_stands_in_for_can_go() -> None:
    (advice,) = advise(at(read(3_000, 1), read(3_000, 2), read(3_100, 3)))

    assert advice == (
        "drop old copies",
        "a.py",
        6_000,
        "read 3 times; a later one is at least as long",
    )


def test_a_longer_earlier_read_stays_because_the_later_one_shows_less_of_the_file() -> None:
    assert advised(read(3_000, 1), read(600, 2)) == []


def test_of_many_reads_all_but_the_longest_later_ones_can_go() -> None:
    assert advised(read(100), read(900), read(500), read(600)) == [("drop old copies", "a.py", 600)]


@given(st.lists(st.integers(0, 9_000), max_size=12))
def test_old_copies_are_those_with_a_later_read_at_least_as_long(sizes: list[int]) -> None:
    old = sum(size for i, size in enumerate(sizes) if any(later >= size for later in sizes[i + 1 :]))

    assert sum(tokens for *_, tokens in advised(*map(read, sizes))) == (old if old >= 500 else 0)


def test_two_files_are_two_matters() -> None:
    assert advised(read(3_000), read(3_000, file="b.py")) == []


# ------------------------------------------------------------------------------------------------- results
@pytest.mark.parametrize(
    ("ages", "why"),
    [
        ([STALE_TURNS - 1], None),
        ([STALE_TURNS], "1 result at least 5 requests old"),
        ([STALE_TURNS, 20, 0], "2 results at least 5 requests old"),
    ],
)
def test_results_are_stale_after_five_requests(ages: list[int], why: str | None) -> None:
    results = [Resource(Kind.TOOL_RESULT, "Bash", 1_000, turn=NOW - age) for age in ages]

    found = advise(at(*results))

    assert [advice.why for advice in found] == ([why] if why else [])
    assert all(advice[:2] == ("clear temporary context", "Bash") for advice in found)


# -------------------------------------------------------------------------------------------------- memory
def test_a_long_memory_file_frees_what_exceeds_a_sensible_length() -> None:
    (advice,) = advise(at(Resource(Kind.MEMORY_FILE, "CLAUDE.md", LONG_MEMORY_TOKENS + 2_000)))

    assert advice[:3] == ("shorten memory file", "CLAUDE.md", 2_000)
    assert advice.why == "5,000 tokens in every request; 3,000 would do for most"


def test_a_memory_file_of_sensible_length_is_left_alone() -> None:
    assert advised(Resource(Kind.MEMORY_FILE, "CLAUDE.md", LONG_MEMORY_TOKENS)) == []


# -------------------------------------------------------------------------------------------------- of all
SUSPECTS = (
    Resource(Kind.MCP_SERVER, "github", 6_000),
    Resource(Kind.SKILL_LISTING, "deploy", 5_000),
    Resource(Kind.AGENT, "reviewer", 4_000),
    Resource(Kind.SKILL_BODY, "pdf", 3_000, turn=1),
    Resource(Kind.FILE, "a.py", 2_000, turn=1),
    Resource(Kind.FILE, "a.py", 2_000, turn=2),
    Resource(Kind.TOOL_RESULT, "Bash", 1_000, turn=1),
    Resource(Kind.MEMORY_FILE, "CLAUDE.md", LONG_MEMORY_TOKENS + 500),
)


def test_the_largest_gain_comes_first() -> None:
    assert [tokens for *_, tokens in advised(*SUSPECTS)] == [6_000, 5_000, 4_000, 3_000, 2_000, 1_000, 500]


def test_equal_gains_come_in_the_order_of_their_words_whatever_the_window_holds_first() -> None:
    servers = [Resource(Kind.MCP_SERVER, name, 1_000) for name in "cab"]

    for order in permutations(servers):
        assert [target for _, target, _ in advised(*order)] == ["a", "b", "c"]


def test_what_is_pinned_or_essential_is_never_named() -> None:
    assert advised(*[resource._replace(pinned=True) for resource in SUSPECTS]) == []
    assert advised(*[resource._replace(essential=True) for resource in SUSPECTS]) == []


def test_what_frees_next_to_nothing_is_not_worth_saying() -> None:
    assert advised(Resource(Kind.MCP_SERVER, "tiny", 499)) == []
    assert len(advised(Resource(Kind.MCP_SERVER, "small", 500))) == 1


resources = st.builds(
    Resource,
    kind=st.sampled_from(Kind),
    name=st.sampled_from("abc"),
    tokens=st.integers(0, 20_000),
    turn=st.integers(0, NOW),
    uses=st.integers(0, 1),
    pinned=st.booleans(),
)


@given(st.lists(resources, max_size=30))
def test_all_advice_together_never_frees_more_than_the_unpinned_resources_hold(held: list[Resource]) -> None:
    freed = sum(tokens for *_, tokens in advised(*held))

    assert freed <= sum(resource.tokens for resource in held if not resource.pinned)


@given(st.lists(resources, max_size=30))
def test_what_fills_the_conversation_and_the_system_prompt_is_never_named(held: list[Resource]) -> None:
    spoken = {Kind.USER_TEXT, Kind.ASSISTANT_TEXT, Kind.THINKING, Kind.SUMMARY, Kind.SYSTEM_PROMPT}

    assert advised(*[resource for resource in held if resource.kind in spoken]) == []
