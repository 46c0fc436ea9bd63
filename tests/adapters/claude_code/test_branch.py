"""Which lines stand in a request's window: branches, parallel results, cuts, damage."""

import time
from pathlib import Path

import pytest
from tests.adapters.claude_code.building import Transcript, call, resources_of, result, text, tokens_of

from brimline.adapters.claude_code.branch import live_nodes
from brimline.adapters.claude_code.session import Cut, Session
from brimline.core.resource import Category


@pytest.fixture
def transcript(tmp_path: Path) -> Transcript:
    return Transcript(tmp_path / "session.jsonl")


def live(session: Session, turn: int) -> set[str]:
    """Return the uuids of the lines in the window of request *turn* (1-based)."""
    names = {number: uuid for uuid, number in session.numbers.items()}
    return {names[number] for number in live_nodes(session, turn - 1)}


# ------------------------------------------------------------------------------------------- rewinds
def test_an_abandoned_branch_is_out_of_the_window_but_its_requests_can_be_counted(
    transcript: Transcript,
) -> None:
    first = transcript.user("first")
    answer = transcript.answer(held=20_000)
    wrong = transcript.user("the wrong way")
    wronger = transcript.answer(call("t"), held=20_500)
    wrongest = transcript.user([result("t", "nothing")])
    right = transcript.user("the right way", parent=answer)
    transcript.answer(held=20_400)
    session = transcript.read()

    assert len(session.requests) == 3
    assert live(session, 2) == {first, answer, wrong}
    assert live(session, 3) == {first, answer, right}
    assert not {wrong, wronger, wrongest} & live(session, 3)


def test_the_residual_is_that_of_the_first_request_though_its_branch_was_left(transcript: Transcript) -> None:
    root = transcript.add("system", {"subtype": "local_command"}, parent=None)
    transcript.user("a first prompt that is taken back " * 20)
    transcript.answer(held=20_000)
    first = transcript.window(1)
    transcript.user("short", parent=root)
    transcript.answer(held=20_000 - first.accounted_tokens + 3)

    second = transcript.window(2)

    assert (second.base_turn, second.residual_tokens) == (1, first.residual_tokens)
    assert (first.error_tokens, second.error_tokens) == (0, 0)


def test_an_answer_streamed_over_several_lines_is_left_as_a_whole(transcript: Transcript) -> None:
    prompt = transcript.user("first")
    transcript.answer(text("I"), text("begin"), call("t"), held=20_000)
    transcript.user("again", parent=prompt)
    transcript.answer(held=20_050)

    assert tokens_of(transcript.window(), Category.MESSAGES, "Assistant text") == 0
    assert tokens_of(transcript.window(), Category.MESSAGES, "Bash calls") == 0


# ----------------------------------------------------------------------------------- beside the chain
def test_parallel_results_each_hang_on_their_own_call(transcript: Transcript) -> None:
    """The chain of parents leads through the last result only."""
    transcript.user("go")
    one = transcript.answer(call("a"), held=20_000)
    transcript.answers -= 1
    two = transcript.answer(call("b"), held=20_000)
    first = transcript.user([result("a", "one")], parent=one)
    second = transcript.user([result("b", "two")], parent=two)
    transcript.answer(held=20_300)
    session = transcript.read()

    assert len(session.requests) == 2
    assert {one, two, first, second} <= live(session, 2)


def test_attachments_beside_the_chain_stand_in_the_window(transcript: Transcript) -> None:
    prompt = transcript.user("go")
    beside = transcript.attach("nested_memory", path="/CLAUDE.md", content={"content": "Be kind."})
    transcript.answer(held=20_000, parent=prompt)

    assert beside in live(transcript.read(), 1)
    assert tokens_of(transcript.window(), Category.SYSTEM, "/CLAUDE.md") > 0


def test_attachments_of_an_abandoned_prompt_are_left_with_it(transcript: Transcript) -> None:
    first = transcript.answer(held=20_000)
    transcript.user("the wrong way")
    beside = transcript.attach("nested_memory", path="/CLAUDE.md", content={"content": "Be kind."})
    transcript.user("the right way", parent=first)
    transcript.answer(held=20_100)

    assert beside not in live(transcript.read(), 2)


# ---------------------------------------------------------------------------------------------- cuts
def test_a_fresh_start_leaves_everything_before_it(transcript: Transcript) -> None:
    transcript.user("before")
    transcript.answer(held=90_000)
    fresh = transcript.user("after /clear", parent=None)
    transcript.answer(held=20_000)
    session = transcript.read()

    assert [cut.cut for cut in session.boundaries] == [Cut.FRESH]
    assert live(session, 2) == {fresh}
    assert transcript.window(2).base_turn == 2
    assert transcript.window(1).reported_tokens == 90_000


def test_going_back_to_before_a_fresh_start_leaves_the_fresh_start(transcript: Transcript) -> None:
    first = transcript.user("before")
    answer = transcript.answer(held=21_000)
    transcript.user("after /clear", parent=None)
    transcript.answer(held=20_000)
    back = transcript.user("back again", parent=answer)
    transcript.answer(held=21_100)
    session = transcript.read()

    assert live(session, 3) == {first, answer, back}
    assert transcript.window(3).base_turn == 1


def test_a_stray_root_that_nobody_answers_to_cuts_nothing(transcript: Transcript) -> None:
    first = transcript.user("before")
    answer = transcript.answer(held=20_000)
    transcript.add("system", {"subtype": "informational"}, parent=None)
    second = transcript.user("on we go", parent=answer)
    transcript.answer(held=20_100)
    session = transcript.read()

    assert session.boundaries == []
    assert {first, answer, second} <= live(session, 2)


@pytest.mark.parametrize("names_its_parent", [True, False], ids=["logicalParentUuid", "none"])
def test_a_compaction_leaves_its_summary_and_what_comes_after(
    transcript: Transcript, *, names_its_parent: bool
) -> None:
    transcript.user("before")
    answer = transcript.answer(held=160_000)
    summary = transcript.compact(logical=answer if names_its_parent else None, preTokens=155_598)
    after = transcript.user("after")
    transcript.answer(held=30_000)
    session = transcript.read()

    assert [cut.cut for cut in session.boundaries] == [Cut.COMPACT]
    assert live(session, 2) == {summary, after}
    assert tokens_of(transcript.window(2), Category.MESSAGES, "Compaction summary") > 0


def test_a_compaction_keeps_the_messages_it_names_though_the_chain_jumps_over_it(
    transcript: Transcript,
) -> None:
    transcript.user("long ago")
    transcript.answer(held=100_000)
    kept = transcript.user("lately")
    kept_answer = transcript.answer(text("kept word for word"), held=160_000)
    preserved = {"anchorUuid": kept, "uuids": [kept], "allUuids": [kept, kept_answer, "unknown"]}
    summary = transcript.compact(logical=kept_answer, preTokens=155_598, preservedMessages=preserved)
    after = transcript.user("after", parent=kept_answer)
    transcript.answer(held=30_000)
    session, window = transcript.read(), transcript.window(3)

    assert live(session, 3) == {kept, kept_answer, summary, after}
    assert len(resources_of(window, Category.MESSAGES, "User messages")) == 2
    assert window.error_tokens == 0


# -------------------------------------------------------------------------------------------- damage
def test_a_parent_that_is_missing_is_the_line_before(transcript: Transcript) -> None:
    first = transcript.user("first")
    answer = transcript.answer(held=20_000)
    orphan = transcript.user("second", parent="never-written")
    transcript.answer(held=20_100)
    session = transcript.read()

    assert session.boundaries == []
    assert live(session, 2) == {first, answer, orphan}


@pytest.mark.parametrize("parent", ["line-2", "line-3", "line-4"])
def test_parents_that_go_in_circles_do_not_hang(transcript: Transcript, parent: str) -> None:
    transcript.user("first")
    transcript.user("hangs on itself or a later line", parent=parent)
    transcript.user("third", parent="line-2")
    transcript.answer(held=20_000, parent=parent)
    started = time.process_time()

    assert live(transcript.read(), 1)
    assert time.process_time() - started < 1


@pytest.mark.timing
def test_ten_thousand_lines_are_walked_in_a_moment(transcript: Transcript) -> None:
    for _ in range(5_000):
        transcript.add("system", {"subtype": "informational"})
        transcript.attach("date", date="2026-01-01")
    transcript.answer(held=20_000)
    session = transcript.read()
    started = time.process_time()

    assert len(live_nodes(session, 0)) == 10_000
    assert time.process_time() - started < 0.15
