"""What holds for any sequence of requests, and that the break-even and the simulator agree."""

from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from brimline.core.cache_costs import Cut, break_even_requests, cost_units, saved_warm, weights_of
from brimline.core.cache_rules import FIVE_MINUTES, ONE_HOUR, Lifetime, rules_for
from brimline.core.prompt_cache import Block, Mark, Sent, Served, shared_blocks, simulate

MODELS = ("claude-opus-5", "claude-opus-4-6", "gpt-5", "gpt-5.6")
RULES = rules_for("claude-opus-5")

blocks = st.lists(st.builds(Block, st.integers(0, 3), st.sampled_from((0, 100, 700, 3_000))), max_size=12)


@st.composite
def sequences(draw: st.DrawFn) -> list[Sent]:
    """Draw requests in the order of time, each the one before with an edit, an end cut off, and more."""
    sent: list[Sent] = []
    held: list[Block] = draw(blocks)
    at = 0.0
    for _ in range(draw(st.integers(1, 6))):
        kept = draw(st.integers(0, len(held)))
        held = held[:kept] + draw(blocks) + held[draw(st.integers(kept, len(held))) :]
        at += draw(st.sampled_from((1.0, 200.0, 301.0, 4_000.0)))
        places = draw(st.lists(st.integers(0, len(held)), max_size=3, unique=True))
        marks = tuple(Mark(place, FIVE_MINUTES) for place in sorted(places))
        sent.append(Sent(tuple(held), at, marks if draw(st.booleans()) else ()))
    return sent


def run(requests: list[Sent], model: str) -> list[Served]:
    """Return what becomes of *requests* at *model*, their marks set for its own default lifetime."""
    rules = rules_for(model)
    own = [
        request._replace(marks=tuple(Mark(mark.blocks, rules.lifetimes[0]) for mark in request.marks))
        for request in requests
    ]
    return list(simulate(own, rules))


def growing(sizes: list[int], gaps: list[float], lifetime: Lifetime = FIVE_MINUTES) -> list[Sent]:
    """Return requests that each append one block, with one mark at the end."""
    whole = [Block(number, size) for number, size in enumerate(sizes)]
    times = [sum(gaps[:number]) for number in range(len(sizes))]
    return [
        Sent(tuple(whole[: number + 1]), at, (Mark(number + 1, lifetime),)) for number, at in enumerate(times)
    ]


def units(results: list[Served]) -> float:
    return sum(cost_units(one.usage, RULES) for one in results)


growth = st.lists(st.integers(1, 5_000), min_size=2, max_size=15)
pauses = st.lists(st.sampled_from((1.0, 100.0, 300.0, 301.0, 900.0, 4_000.0)), min_size=15, max_size=15)


@given(sequences(), st.sampled_from(MODELS))
def test_read_written_and_uncached_are_all_tokens(requests: list[Sent], model: str) -> None:
    for request, result in zip(requests, run(requests, model), strict=True):
        assert min(result.usage) >= 0
        assert result.usage.window_tokens == sum(block.tokens for block in request.blocks)
        assert (
            0 <= result.rewritten_tokens <= result.usage.window_tokens - result.usage.cache_read_tokens + 127
        )


@given(sequences(), st.sampled_from(MODELS))
def test_the_same_requests_have_the_same_results(requests: list[Sent], model: str) -> None:
    assert run(requests, model) == run(requests, model)


@given(sequences(), st.sampled_from(MODELS))
def test_what_comes_later_changes_nothing_before(requests: list[Sent], model: str) -> None:
    assert run(requests, model)[:-1] == run(requests[:-1], model)


@given(growth, pauses, st.sampled_from(MODELS))
def test_appending_alone_never_busts(sizes: list[int], gaps: list[float], model: str) -> None:
    requests = [Sent(request.blocks, request.at) for request in growing(sizes, gaps)]
    assert not any(result.is_bust for result in simulate(requests, rules_for(model)))


@given(growth, st.integers(0, 20), st.integers(0, 20))
def test_a_longer_shared_prefix_never_costs_more(sizes: list[int], one: int, other: int) -> None:
    short, long = sorted((one % len(sizes), other % len(sizes)))
    whole = [Block(number, size) for number, size in enumerate(sizes)]

    def cost_of_keeping(kept: int) -> float:
        changed = [*whole[:kept], *(Block(("changed", block.key), block.tokens) for block in whole[kept:])]
        marks = tuple(Mark(place, FIVE_MINUTES) for place in sorted({short, long, len(whole)}))
        return units(list(simulate([Sent(whole, 0, marks), Sent(changed, 1, marks)], RULES)))

    assert cost_of_keeping(long) <= cost_of_keeping(short) + 1e-6


@given(growth, pauses)
def test_a_longer_lifetime_never_reads_less(sizes: list[int], gaps: list[float]) -> None:
    five = simulate(growing(sizes, gaps, FIVE_MINUTES), RULES)
    hour = simulate(growing(sizes, gaps, ONE_HOUR), RULES)
    for short, long in zip(five, hour, strict=True):
        assert long.usage.cache_read_tokens >= short.usage.cache_read_tokens


@given(growth, pauses, st.floats(1, 1_000))
def test_a_longer_pause_never_costs_less(sizes: list[int], gaps: list[float], more: float) -> None:
    slower = [gap + more for gap in gaps]
    quick, slow = list(simulate(growing(sizes, gaps), RULES)), list(simulate(growing(sizes, slower), RULES))
    assert units(quick) <= units(slow) + 1e-6


@given(sequences())
def test_the_shared_blocks_are_the_longest_common_beginning(requests: list[Sent]) -> None:
    for before, after in pairwise(requests):
        one, two = tuple(before.blocks), tuple(after.blocks)
        shared = shared_blocks(one, two)
        assert one[:shared] == two[:shared]
        assert shared == min(len(one), len(two)) or one[shared] != two[shared]


# -------------------------------------------------------------------------- break-even and simulator
def conversation(
    before: int, removed: int, behind: int, new: list[int], lifetime: Lifetime, *, cut: bool
) -> list[Sent]:
    """Return a warm request and one for each of *new*, these without the removed block if *cut*."""
    whole = [Block("before", before), Block("removed", removed), Block("behind", behind)]
    kept = [whole[0], whole[2]] if cut else whole
    sent = [Sent(whole, 0, (Mark(1, lifetime), Mark(3, lifetime)))]
    for number, size in enumerate(new, 1):
        kept = [*kept, Block(number, size)]
        sent.append(Sent(kept, 10.0 * number, (Mark(1, lifetime), Mark(len(kept), lifetime))))
    return sent


@given(
    st.integers(1_000, 50_000),
    st.integers(1, 50_000),
    st.integers(1, 50_000),
    st.lists(st.integers(1, 3_000), min_size=1, max_size=60),
    st.sampled_from((FIVE_MINUTES, ONE_HOUR)),
)
def test_a_cut_past_the_break_even_pays_and_before_it_loses(
    before: int, removed: int, behind: int, new: list[int], lifetime: Lifetime
) -> None:
    plain, cut = (
        units(list(simulate(conversation(before, removed, behind, new, lifetime, cut=done), RULES)))
        for done in (False, True)
    )
    made, weights = Cut(removed, behind), weights_of(RULES, lifetime)
    assert abs((plain - cut) - saved_warm(made, len(new), weights)) < 1e-4
    assume(abs(len(new) - break_even_requests(made, weights)) > 1e-3)
    assert (len(new) > break_even_requests(made, weights)) == (cut < plain)
