"""Real Claude Code clients write; brimline reads. What the client was answered is the truth."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from tests.e2e.stand_in import Kind, Tool
from tests.e2e.visit import Status, Visit, make_visit, read_status, read_usage

from brimline.tokenizers.meter import meter_for

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ERROR_SHARE = 0.002
"""How far the accounted window may lie off what was reported: the client rewords a little between runs."""


class Client(NamedTuple):
    """A client's version, and the model it is told to use (None: its own choice)."""

    version: str
    model: str | None = None
    records_prompt: bool = False
    """Whether it writes down its system prompt and tools."""


CLIENTS = [
    Client("2.1.330", records_prompt=True),
    Client("2.1.330", "claude-sonnet-4-5", records_prompt=True),
    Client("2.1.330", "claude-sonnet-5", records_prompt=True),
    Client("2.1.197"),
]


class Seen(NamedTuple):
    """A visit and the client that made it."""

    client: Client
    visit: Visit
    requests: list[Status]
    """The status at each request, read once all was over."""


@pytest.fixture(scope="module", params=CLIENTS, ids=lambda client: "-".join(filter(None, client[:2])))
def seen(
    request: pytest.FixtureRequest,
    claude_code: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Seen:
    """Let the client do a whole session once; the tests look at what it left."""
    client: Client = request.param
    root = tmp_path_factory.mktemp("visit")
    visit = make_visit(claude_code(client.version), root, client.model)
    numbers = range(1, visit.stages[-1].status.requests + 1)
    at_each = [read_status(visit.home, visit.claude, "--at-request", str(number)) for number in numbers]
    return Seen(client, visit, at_each)


# A failure here: the stand-in no longer is what the client expects, and nothing below means anything.
def test_the_client_asks_for_nothing_that_the_stand_in_does_not_know(seen: Seen) -> None:
    assert seen.visit.stand_in.strays == []
    assert len(seen.visit.stand_in.of(Kind.AGENT)) == 2
    assert seen.visit.stand_in.of(Kind.SUMMARY)


# A failure here: requests are lost, counted twice, or a sub-agent's are taken for the conversation's.
def test_status_counts_the_requests_of_the_main_conversation(seen: Seen) -> None:
    assert [stage.status.requests for stage in seen.visit.stages] == [
        stage.main_requests for stage in seen.visit.stages
    ]


# A failure here: the window shown is not the one that the API reported.
def test_status_reports_the_window_that_the_client_was_told(seen: Seen) -> None:
    sent = [served.window_tokens for served in seen.visit.stand_in.of(Kind.MAIN)]

    assert [status.reported_tokens for status in seen.requests] == sent


# A failure here: something the client adds to a turn is not read, or counted in the wrong words.
def test_every_request_is_accounted_for(seen: Seen) -> None:
    errors = [status.error_share for status in seen.requests]

    assert max(errors) < ERROR_SHARE, errors


# A failure here: the recorded prompt or tools are counted twice, or not as they are sent.
def test_a_recorded_prompt_leaves_nearly_nothing_unexplained(seen: Seen) -> None:
    for stage in seen.visit.stages:
        unexplained = abs(stage.status.residual_tokens) / stage.window_tokens
        assert unexplained < 0.005 if seen.client.records_prompt else unexplained > 0.5


# A failure here: a tool's line says something else than what its definition costs in the request.
def test_the_tools_have_the_tokens_that_their_definitions_have(seen: Seen) -> None:
    asked = seen.visit.stand_in.of(Kind.MAIN)[0].asked
    count = meter_for(asked.model).tokenizer.count
    tools = [(msgspec.json.decode(raw, type=Tool), bytes(raw).decode()) for raw in asked.tools]
    sent = {f"{tool.name} tool": count(text) for tool, text in tools if not tool.defer_loading}

    lines = seen.visit.stages[0].status.items("System")

    assert len(sent) > 5
    recorded = sent if seen.client.records_prompt else {}
    assert {name: tokens for name, tokens in lines.items() if name.endswith(" tool")} == recorded


# A failure here: users are not told which memory file, skill, agent, server or file fills the window.
def test_what_the_project_brings_has_lines_of_its_own(seen: Seen) -> None:
    status = seen.visit.stages[1].status
    project = seen.visit.project

    assert status.items("Context")[str(project / "src/ledger.py")] > 1_000
    assert str(project / "notes/first.md") in status.items("Context")
    assert str(project / "notes/CLAUDE.md") in status.items("System")
    assert (str(project / "CLAUDE.md") in status.items("System")) == seen.client.records_prompt
    assert status.items("Skills")["tally"] > 20
    assert status.items("Agents")["scout"] > 5
    assert status.items("MCPs")["clock"] > 20


# A failure here: what compaction dropped is still shown, or its summary is not.
def test_a_compaction_empties_the_window(seen: Seen) -> None:
    assert "Compaction summary" in last(seen).items("Messages")
    assert "Bash calls" not in last(seen).items("Messages")
    assert last(seen).reported_tokens < seen.visit.stages[1].status.reported_tokens


# A failure here: a status bar that asks while the client writes shows an error, or figures going backwards.
def test_status_follows_a_running_client(seen: Seen) -> None:
    views = [view for view in seen.visit.watched if isinstance(view, Status)]
    early = [said for said in seen.visit.watched if isinstance(said, str)]
    sent = [0, *(served.window_tokens for served in seen.visit.stand_in.of(Kind.MAIN))]

    assert views
    assert all("NoSessionError" in said or "no request yet" in said for said in early), early
    assert all(view.reported_tokens == sent[view.requests] for view in views)
    assert [view.requests for view in views] == sorted(view.requests for view in views)


# A failure here: money. Sub-agents' files are left out or counted twice, or cache lifetimes are mixed up.
def test_usage_adds_up_to_what_was_sent(seen: Seen) -> None:
    # No transcript holds the request that asks for a compaction's summary.
    sent = seen.visit.stand_in.of(Kind.MAIN, Kind.AGENT)

    totals = read_usage(seen.visit.home, seen.visit.claude).totals

    assert totals.requests == len(sent)
    assert totals.input_tokens == sum(served.input_tokens for served in sent)
    assert totals.cache_read_tokens == sum(served.cached_tokens for served in sent)
    assert totals.cache_write_1h_tokens == sum(served.written_tokens for served in sent if served.hour)
    assert totals.cache_write_5m_tokens == sum(served.written_tokens for served in sent if not served.hour)
    assert totals.output_tokens == sum(served.output_tokens for served in sent)


def last(seen: Seen) -> Status:
    """Return the status after everything."""
    return seen.visit.stages[-1].status
