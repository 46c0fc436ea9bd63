"""What real clients write where a session forks, changes its model, or is refused an answer."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.e2e.stand_in import Break, Call, Kind, Refusal, Reply, StandIn, Text
from tests.e2e.visit import Status, Visit, furnish, read_status, read_usage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ERROR_SHARE = 0.003
VERSIONS = ["2.1.330", "2.1.197"]


Visiting = Callable[[str, list[Reply], str | None], Visit]


@pytest.fixture
def visiting(claude_code: Callable[[str], Path], tmp_path: Path) -> Iterator[Visiting]:
    """Yield what lets a client of a version, answered by a script, into a project."""
    with ExitStack() as open_until_the_end:

        def visit(version: str, replies: list[Reply], model: str | None) -> Visit:
            program = claude_code(version)
            furnish(tmp_path)
            stand_in = open_until_the_end.enter_context(StandIn({Kind.MAIN: replies}))
            return Visit(program, tmp_path, stand_in, model)

        yield visit


def every_request(visit: Visit) -> list[Status]:
    """Return the status at each request of the newest session."""
    last = read_status(visit.home, visit.claude)
    numbers = range(1, last.requests + 1)
    return [read_status(visit.home, visit.claude, "--at-request", str(number)) for number in numbers]


def read_twice(visit: Visit) -> list[Reply]:
    """Return a script that reads two files."""
    ledger, note = str(visit.project / "src/ledger.py"), str(visit.project / "notes/first.md")
    return [
        [Call("Read", {"file_path": ledger})],
        [Text("It adds up.")],
        [Call("Read", {"file_path": note})],
    ]


# A failure here: another model's tokenizer is applied to what the first one reported, some 25 % off.
@pytest.mark.parametrize("version", VERSIONS)
def test_a_switch_of_models_keeps_every_request_accounted_for(version: str, visiting: Visiting) -> None:
    visit = visiting(version, [], "claude-opus-4-8")
    visit.stand_in.script = {Kind.MAIN: read_twice(visit)}
    visit.say("Look at the ledger.")
    visit.model = "claude-sonnet-4-5"
    visit.say("Read the first note.", "--continue")
    visit.model = "claude-opus-4-8"
    visit.say("And back.", "--continue")

    at_each = every_request(visit)

    sent = visit.stand_in.of(Kind.MAIN)
    assert [status.model for status in at_each] == [served.asked.model for served in sent]
    assert [status.reported_tokens for status in at_each] == [served.window_tokens for served in sent]
    assert max(status.error_share for status in at_each) < ERROR_SHARE


# A failure here: money. What a fork copies from its session is counted a second time.
@pytest.mark.parametrize("version", VERSIONS)
def test_a_fork_counts_what_it_copied_once(version: str, visiting: Visiting) -> None:
    visit = visiting(version, [], None)
    visit.stand_in.script = {Kind.MAIN: read_twice(visit)}
    visit.say("Look at the ledger.")
    visit.say("Read the first note.", "--continue", "--fork-session")

    totals, status = read_usage(visit.home, visit.claude).totals, read_status(visit.home, visit.claude)

    sent = visit.stand_in.of(Kind.MAIN)
    assert len(list(visit.claude.glob("projects/*/*.jsonl"))) == 2
    assert (totals.requests, status.requests) == (len(sent), len(sent))
    assert totals.output_tokens == sum(served.output_tokens for served in sent)
    assert status.reported_tokens == sent[-1].window_tokens


# A failure here: a refused or broken answer becomes a request, or its window is lost.
@pytest.mark.parametrize("version", VERSIONS)
def test_a_refused_answer_leaves_no_trace(version: str, visiting: Visiting) -> None:
    visit = visiting(version, [Refusal(529), [Text("Now there is time.")]], None)
    visit.say("Hello.")

    (sent,) = visit.stand_in.of(Kind.MAIN)
    status, totals = read_status(visit.home, visit.claude), read_usage(visit.home, visit.claude).totals

    assert visit.stand_in.failed == [Refusal(529)]
    assert (status.requests, status.reported_tokens) == (1, sent.window_tokens)
    assert (totals.requests, totals.output_tokens) == (1, sent.output_tokens)


# A failure here: what stands in the transcript of an answer that broke off spoils the next request's window.
def test_a_broken_answer_is_asked_for_again(visiting: Visiting) -> None:
    broken = Break([Text("Words that break off. " * 40), Call("Bash", {"command": "echo never"})])
    visit = visiting("2.1.330", [broken, [Text("Once more."), Call("Bash", {"command": "seq 9"})]], None)
    visit.say("Hello.")

    at_each = every_request(visit)

    # Depending on how far it came, the client forgets the broken answer or goes on from it.
    sent = [served.window_tokens for served in visit.stand_in.of(Kind.MAIN)]
    assert visit.stand_in.failed == [broken]
    assert [status.reported_tokens for status in at_each][-len(sent) :] == sent
    assert len(at_each) - len(sent) in {0, 1}
    assert max(status.error_share for status in at_each) < ERROR_SHARE


# A failure here: after a client was killed in the midst of a turn, its session cannot be read or continued.
@pytest.mark.parametrize("version", VERSIONS)
def test_a_killed_client_leaves_a_session_that_reads_on(version: str, visiting: Visiting) -> None:
    idle = Call("Bash", {"command": "timeout 30 tail -f /dev/null"})
    visit = visiting(version, [[idle], [Text("Where were we?")]], None)
    visit.kill_after("Sleep.", requests=1)
    before = read_status(visit.home, visit.claude)
    visit.say("Go on.", "--continue")

    at_each = every_request(visit)

    sent = visit.stand_in.of(Kind.MAIN)
    assert (before.requests, before.reported_tokens) == (1, sent[0].window_tokens)
    assert [status.reported_tokens for status in at_each] == [served.window_tokens for served in sent]
    assert read_usage(visit.home, visit.claude).totals.requests == len(sent)
