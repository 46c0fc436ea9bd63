"""Tools that ToolSearch loads: taken for a figure, until clients from 2.1.330 on record their definitions."""

import json
from pathlib import Path

import pytest
from tests.adapters.claude_code.building import OPUS, Transcript, call, resources_of, result

from brimline.adapters.claude_code.transcript import LOADED_SCHEMA_TOKENS
from brimline.core.resource import Category
from brimline.core.tokens import Provenance
from brimline.tokenizers.meter import meter_for

NOW = {"name": "mcp__clock__now", "description": "Tells the time.", "defer_loading": True}


@pytest.fixture
def transcript(tmp_path: Path) -> Transcript:
    told = Transcript(tmp_path / "told.jsonl", version="2.1.330")
    told.user("What time is it?")
    told.answer(call("t", "ToolSearch", query="select:mcp__clock__now"))
    told.user([result("t", [{"type": "tool_reference", "tool_name": "mcp__clock__now"}])])
    return told


def test_a_recorded_definition_takes_the_place_of_its_estimate(transcript: Transcript) -> None:
    transcript.attach("deferred_tools_record", entries=[NOW])
    transcript.answer()

    (clock,) = resources_of(transcript.window(), Category.MCPS, "clock")

    assert clock.tokens == meter_for(OPUS).tokenizer.count(json.dumps(NOW))
    assert clock.provenance is Provenance.EXACT


def test_a_record_of_another_tool_leaves_the_estimate(transcript: Transcript) -> None:
    transcript.attach("deferred_tools_record", entries=[{"name": "WebFetch"}])
    transcript.answer()

    (clock,) = resources_of(transcript.window(), Category.MCPS, "clock")

    assert (clock.tokens, clock.provenance) == (LOADED_SCHEMA_TOKENS, Provenance.ESTIMATED)


def test_a_record_does_not_reach_back_over_an_answer(transcript: Transcript) -> None:
    transcript.answer()
    transcript.attach("deferred_tools_record", entries=[NOW])
    transcript.user("And now?")
    transcript.answer()

    clocks = resources_of(transcript.window(), Category.MCPS, "clock")

    assert [clock.provenance for clock in clocks] == [Provenance.ESTIMATED, Provenance.EXACT]


def test_copies_of_requests_are_not_in_the_window_again(transcript: Transcript) -> None:
    transcript.answer()
    before = transcript.window()
    copy = {
        "type": "api-request-blob",
        "hash": "a",
        "message": {"role": "user", "content": "What time is it?"},
    }
    transcript.raw(json.dumps(copy).encode() + b"\n")
    transcript.user([])
    transcript.answer()

    after = transcript.window(before.turn)

    assert (after.resources, after.residual_tokens) == (before.resources, before.residual_tokens)
    assert transcript.read().boundaries == []
