"""The oracle misses nothing, and keeps no line that nobody uses."""

from hypothesis import given
from hypothesis import strategies as st
from tests.core.recordings import recording, shown, words

from brimline.app.replay import replay
from brimline.core.policy import Moment
from brimline.core.recording import Recording, Shown
from brimline.strategies.oracle import Oracle

LINES = [f"atom_{number} says something about itself" for number in range(6)]


def left(session: Recording, *fresh: Shown) -> dict[str, str]:
    cuts = Oracle(session).begin(words)(Moment(1, 0.0, False, fresh, [], {}))
    return {key: cut.text for key, cut in cuts.items()}


def test_only_the_lines_that_later_turns_use_are_kept() -> None:
    block = shown(1, "\n".join(LINES))
    assert left(recording([block], ["", "atom_3 and atom_1"]), block) == {
        block.key: f"{LINES[1]}\n{LINES[3]}"
    }


def test_one_line_serves_two_atoms_and_one_result_two_readers() -> None:
    first, second = shown(1, "both_one and both_two\nother_line"), shown(2, "both_two again")
    session = recording([first, second], ["both_one", "both_two"])
    assert left(session, first, second) == {first.key: "both_one and both_two", second.key: ""}


def test_what_somebody_else_shows_need_not_be_kept() -> None:
    prompt, block = shown(1, "use atom_1", result=False), shown(1, "\n".join(LINES))
    assert left(recording([prompt, block], ["atom_1"]), prompt, block) == {block.key: ""}


@given(st.lists(st.lists(st.sampled_from(LINES), max_size=6), max_size=5), st.data())
def test_nothing_is_ever_missed(shows: list[list[str]], data: st.DataObject) -> None:
    blocks = [shown(turn, "\n".join(lines)) for turn, lines in enumerate(shows, 1)]
    blocks = list({block.key: block for block in blocks}.values())
    writes = [data.draw(st.sampled_from(["", *LINES])) for _ in range(len(shows) + 1)]
    session = recording(blocks, writes)
    outcome = replay(session, Oracle(session), words)
    assert outcome.regret.hidden == 0
    assert outcome.tokens_after <= outcome.tokens_before
