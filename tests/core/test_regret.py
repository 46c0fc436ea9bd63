"""A planted atom that is cut must be missed, and nothing else: else every claim of a replay is void."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.recordings import shown

from brimline.core.atoms import identifiers, quotes
from brimline.core.recording import Emitted, Shown
from brimline.core.regret import Regret, Used, Visibility

PLANTED = "planted_42"
QUOTE = "return the_planted_line(value)"


def emitted(text: str) -> Emitted:
    return Emitted(frozenset(quotes(text)), frozenset(identifiers(text)))


def judged(blocks: list[Shown], cuts: dict[str, str], writes: str) -> tuple[list[Shown], Regret]:
    seen, regret = Visibility(blocks), Regret()
    for key, says in cuts.items():
        seen.cut(key, says)
    return seen.judge(9, emitted(writes), regret), regret


def test_a_planted_atom_that_was_cut_is_missed() -> None:
    block = shown(1, f"see {PLANTED} here")
    missed, regret = judged([block], {block.key: "[cleared]"}, f"use {PLANTED}")
    assert missed == [block]
    assert (regret.used, regret.exclusive, regret.hidden) == (1, 1, 1)
    assert regret.by_tool == {"Bash": Used(1, 1)}


def test_an_atom_that_still_stands_in_what_is_left_is_not_missed() -> None:
    block = shown(1, f"see {PLANTED} here and more")
    missed, regret = judged([block], {block.key: f"see {PLANTED}"}, PLANTED)
    assert missed == []
    assert (regret.exclusive, regret.hidden) == (1, 0)


def test_an_atom_that_another_result_shows_is_not_missed() -> None:
    one, other = shown(1, PLANTED), shown(2, f"again {PLANTED}")
    assert judged([one, other], {one.key: ""}, PLANTED)[0] == []


def test_an_atom_that_the_user_wrote_is_used_but_not_exclusive() -> None:
    result, prompt = shown(1, PLANTED), shown(2, f"fix {PLANTED}", result=False)
    missed, regret = judged([result, prompt], {result.key: ""}, PLANTED)
    assert missed == []
    assert (regret.used, regret.exclusive, regret.by_tool) == (1, 0, {})


def test_what_a_later_turn_shows_does_not_help_an_earlier_one() -> None:
    early, late = shown(1, PLANTED), shown(10, f"late {PLANTED}")
    assert judged([early, late], {early.key: ""}, PLANTED)[0] == [early]


def test_what_no_result_showed_is_not_used() -> None:
    assert judged([shown(1, "nothing")], {}, f"{PLANTED} {QUOTE}")[1] == Regret()


def test_a_quoted_line_that_was_cut_is_missed_as_a_quote() -> None:
    block = shown(1, f"def f():\n    {QUOTE}\n", tool="Read")
    _, regret = judged([block], {block.key: "def f():"}, QUOTE)
    assert (regret.quotes_used, regret.quotes_hidden) == (1, 1)


def test_what_was_read_again_is_seen_from_then_on() -> None:
    block = shown(1, PLANTED)
    seen, regret = Visibility([block]), Regret()
    seen.cut(block.key, "")
    assert seen.judge(2, emitted(PLANTED), regret) == [block]
    seen.reveal(block.key)
    assert seen.judge(3, emitted(PLANTED), regret) == []


def test_a_second_cut_takes_the_place_of_the_first() -> None:
    block = shown(1, PLANTED)
    seen, regret = Visibility([block]), Regret()
    seen.cut(block.key, PLANTED)
    assert seen.judge(2, emitted(PLANTED), regret) == []
    seen.cut(block.key, "")
    assert seen.judge(3, emitted(PLANTED), regret) == [block]


@pytest.mark.parametrize("says", ["", "one"])
@given(st.lists(st.sampled_from(["alpha_one", "beta_two", "gamma_three"]), max_size=6), st.data())
def test_hidden_is_never_more_than_exclusive_nor_that_more_than_used(
    says: str, atoms: list[str], data: st.DataObject
) -> None:
    blocks = [shown(turn, atom, result=data.draw(st.booleans())) for turn, atom in enumerate(atoms, 1)]
    cuts = {block.key: says for block in blocks if block.result and data.draw(st.booleans())}
    regret = judged(blocks, cuts, " ".join(atoms))[1]
    assert 0 <= regret.hidden <= regret.exclusive <= regret.used
