"""Transcripts as they are found: damaged, odd, huge."""

import base64
import json
import os
import struct
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.adapters.claude_code.building import (
    OLD_OPUS,
    OPUS,
    Transcript,
    call,
    image,
    resources_of,
    result,
    text,
    thinking,
    tokens_of,
)

from brimline.adapters.claude_code.session import Cut, Session
from brimline.adapters.claude_code.transcript import (
    LOADED_SCHEMA_TOKENS,
    LOOKBACK_BYTES,
    UNKNOWN_IMAGE_TOKENS,
    last_model,
    read_session,
)
from brimline.core.errors import InputError
from brimline.core.resource import Category, Kind
from brimline.tokenizers.meter import meter_for


@pytest.fixture
def transcript(tmp_path: Path) -> Transcript:
    return Transcript(tmp_path / "session.jsonl")


def held(session: Session) -> list[int]:
    return [request.usage.window_tokens for request in session.requests]


# ------------------------------------------------------------------------------------------ bad input
def test_a_truncated_last_line_is_left_for_later_and_not_called_unreadable(transcript: Transcript) -> None:
    transcript.answer()
    whole = transcript.path.stat().st_size
    transcript.raw(b'{"type":"assistant","uuid":"half","mess')

    session = transcript.read()

    assert (len(session.requests), session.offset, session.unreadable_lines) == (1, whole, 0)


def test_a_whole_last_line_without_its_newline_is_read(transcript: Transcript) -> None:
    transcript.answer()
    transcript.path.write_bytes(transcript.path.read_bytes().rstrip())

    assert len(transcript.read().requests) == 1


def test_malformed_lines_in_the_middle_are_counted_and_the_chain_goes_on_past_them(
    transcript: Transcript,
) -> None:
    transcript.user("first")
    transcript.answer(held=20_000)
    transcript.user("second")
    whole = transcript.path.read_bytes().splitlines(keepends=True)
    transcript.answer(held=21_000)
    transcript.user("third")
    transcript.answer(held=22_000)
    undamaged = transcript.window()
    after = transcript.path.read_bytes()[sum(map(len, whole)) :]
    # A redacted or half-written line, and the line that it swallowed.
    transcript.path.write_bytes(b"".join([*whole[:2], b'{"type":"user","uui\n', b"\0\0\0\n", after]))

    session, window = transcript.read(), transcript.window()

    assert session.unreadable_lines == 2
    assert held(session) == [20_000, 21_000, 22_000]
    lost = tokens_of(undamaged, Category.MESSAGES, "User messages") - tokens_of(
        window, Category.MESSAGES, "User messages"
    )
    assert 0 < lost < 10
    assert tokens_of(window, Category.MESSAGES, "Assistant text") == tokens_of(
        undamaged, Category.MESSAGES, "Assistant text"
    )


@pytest.mark.timing
def test_lines_of_tens_of_megabytes_are_read_at_once(transcript: Transcript) -> None:
    transcript.add("file-history-snapshot", {"snapshot": "x" * 30_000_000, "uuid": None})
    transcript.answer(call("t", "Read", file_path="/big"))
    transcript.user([result("t", "a line of a large file\n" * 500_000)])
    transcript.answer(text("a" * 10_000_000))
    started = time.process_time()

    session = transcript.read()

    assert time.process_time() - started < 10
    assert len(session.requests) == 2
    assert max(entry.tokens for node in session.nodes for entry in node.entries) > 500_000


@pytest.mark.timing
@pytest.mark.parametrize(
    "shape", ["results without an answer", "results on a line", "calls on a line", "roots", "compactions"]
)
def test_no_shape_of_a_transcript_takes_quadratic_time(transcript: Transcript, shape: str) -> None:
    many = 10_000
    lines: dict[str, list[dict[str, object]]] = {
        "results without an answer": [_line(n, "user", [result(f"t{n}")]) for n in range(many)],
        "results on a line": [_line(0, "user", [result(f"t{n}") for n in range(many)])],
        "calls on a line": [_line(0, "assistant", [call(f"t{n}") for n in range(many)])],
        "roots": [_line(n, "assistant", [], parentUuid=None) for n in range(many)],
        "compactions": [_boundary(n) if n % 2 else _line(n, "assistant", []) for n in range(many)],
    }
    transcript.raw(b"\n".join(json.dumps(line).encode() for line in lines[shape]))
    started = time.process_time()

    session = transcript.read()

    assert len(session.nodes) == len(lines[shape])
    assert time.process_time() - started < 2


def _line(number: int, kind: str, content: object, **fields: object) -> dict[str, object]:
    message = {"id": f"m{number}", "model": OPUS, "content": content, "usage": {"input_tokens": 9}}
    return {"type": kind, "uuid": f"u{number}", "parentUuid": f"u{number - 1}", "message": message, **fields}


def _boundary(number: int) -> dict[str, object]:
    return {"type": "system", "subtype": "compact_boundary", "uuid": f"u{number}", "parentUuid": None}


def test_unknown_types_and_future_fields_leave_the_window_alone(transcript: Transcript) -> None:
    transcript.user("first")
    transcript.answer(held=20_000)
    before = transcript.window()
    transcript.add("telepathy", {"message": {"content": "unheard"}, "futureField": [1]})
    transcript.add("future-root", {"something": 1}, parent=None)
    transcript.raw(b'{"type":"queue-operation","operation":"enqueue"}\n')
    transcript.add("attachment", {"attachment": {"type": "of_the_future", "content": "x" * 1_000}})
    transcript.answer(held=20_010)

    window = transcript.window()

    assert (window.base_turn, window.residual_tokens) == (1, before.residual_tokens)
    assert {resource.name for resource in before.resources} <= {
        resource.name for resource in window.resources
    }
    assert transcript.read().unreadable_lines == 0


def test_a_known_field_of_the_wrong_type_costs_neither_the_request_nor_the_chain(
    transcript: Transcript,
) -> None:
    transcript.user("first")
    transcript.answer(text("kept"), held=20_000, cwd=5, timestamp=[], version={})
    transcript.user("second", attributionSkill=17)
    transcript.answer(held=20_100)

    session = transcript.read()

    assert held(session) == [20_000, 20_100]
    assert session.unreadable_lines == 0
    assert tokens_of(transcript.window(), Category.MESSAGES, "Assistant text") > 0


def test_an_answer_without_usage_is_in_the_window_but_fixes_nothing(transcript: Transcript) -> None:
    transcript.user("first")
    transcript.add("assistant", _message("m-0", {"content": [text("no figures")]}))
    transcript.user("second")
    transcript.answer(held=20_000)

    first, second = transcript.window(1), transcript.window(2)

    assert (first.reported_tokens, first.error_share, first.residual_tokens) == (0, 0.0, 0)
    assert second.error_tokens == 0
    assert second.residual_tokens > 19_900


@pytest.mark.parametrize("figure", ["many", 1.5])
def test_an_answer_whose_figures_are_no_numbers_has_none_and_is_counted(
    transcript: Transcript, figure: object
) -> None:
    usage = {"input_tokens": figure, "output_tokens": 5}
    transcript.add("assistant", _message("m-0", {"content": [text("x")], "usage": usage}))
    session = transcript.read()

    assert (session.unreadable_lines, session.requests[0].window_tokens) == (1, 0)


def test_an_answer_whose_figures_are_digits_has_them(transcript: Transcript) -> None:
    usage = {"input_tokens": "20", "cache_read_input_tokens": 20_000.0, "output_tokens": "5"}
    transcript.add("assistant", _message("m-0", {"content": [text("x")], "usage": usage}))
    session = transcript.read()

    assert (session.unreadable_lines, session.requests[0].window_tokens) == (0, 20_020)
    assert session.requests[0].usage.output_tokens == 5


def test_without_a_message_id_the_request_id_joins_lines(transcript: Transcript) -> None:
    for request in ("r-1", "r-1", "r-2"):
        fields = _message("", {"content": [text("x")], "usage": {"input_tokens": 9, "output_tokens": 5}})
        transcript.add("assistant", {**fields, "requestId": request})

    assert [request.request_id for request in transcript.read().requests] == ["r-1", "r-2"]


def _message(message_id: str, fields: Mapping[str, object]) -> dict[str, object]:
    return {"message": {"id": message_id, "model": OPUS, "role": "assistant", **fields}}


def test_a_missing_request_id_leaves_the_message_id_to_tell_requests(transcript: Transcript) -> None:
    usage = {"input_tokens": 100, "output_tokens": 5}
    for message_id in ("m-1", "m-1", "m-2"):
        transcript.add("assistant", _message(message_id, {"content": [text("x")], "usage": usage}))

    assert [request.message_id for request in transcript.read().requests] == ["m-1", "m-2"]


def test_answers_without_any_id_are_a_request_each(transcript: Transcript) -> None:
    for tokens in (100, 200):
        transcript.add("assistant", _message("", {"content": [], "usage": {"input_tokens": tokens}}))

    assert held(transcript.read()) == [100, 200]


def test_what_the_client_said_in_the_models_name_is_no_request(transcript: Transcript) -> None:
    transcript.answer(held=20_000)
    transcript.answer(text("API Error: 529"), held=2, model="<synthetic>")

    assert held(transcript.read()) == [20_000]
    assert last_model(transcript.path) == OPUS


def test_an_unknown_model_is_read_and_its_figures_are_called_estimates(transcript: Transcript) -> None:
    transcript.model = "gemini-9"
    transcript.user("hello there")
    transcript.answer()

    provenances = {resource.provenance for resource in transcript.window().resources}

    assert provenances == {"reported", "estimated"}


def test_the_clock_may_jump(transcript: Transcript) -> None:
    for stamp in ("2026-01-02T00:00:00Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "soon"):
        transcript.user("again", timestamp=stamp)
        transcript.answer(timestamp=stamp)

    ats = [request.at for request in transcript.read().requests]

    assert ats == [1_767_312_000.0, 0.0, None, None]
    assert transcript.window().turn == 4


def test_bytes_that_are_not_utf_8_are_read_past(transcript: Transcript) -> None:
    transcript.user("caf@")
    transcript.answer(held=20_000)
    transcript.path.write_bytes(transcript.path.read_bytes().replace(b"@", b"\xe9\xff"))

    session = transcript.read()

    assert (held(session), session.unreadable_lines) == ([20_000], 0)
    assert tokens_of(transcript.window(), Category.MESSAGES, "User messages") > 0


def test_a_text_cut_inside_an_emoji_does_not_cost_its_line(transcript: Transcript) -> None:
    transcript.answer(call("t"))
    transcript.user([result("t", "cut here \ud83d")])
    transcript.answer()

    assert transcript.read().unreadable_lines == 0
    assert tokens_of(transcript.window(), Category.CONTEXT, "Bash") > 0


@pytest.mark.parametrize("content", [b"", b"\n\n", b'{"type":"summary","summary":"x"}\n', b"no json at all"])
def test_a_file_without_requests_says_so_clearly(transcript: Transcript, content: bytes) -> None:
    transcript.raw(content)

    with pytest.raises(InputError, match="holds no request yet"):
        transcript.read().turn(None)
    assert last_model(transcript.path) == ""


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    missing = tmp_path / "gone.jsonl"

    with pytest.raises(InputError, match=r"gone\.jsonl: No such file or directory; check"):
        read_session(missing, meter_for(OPUS))
    with pytest.raises(InputError, match=r"gone\.jsonl"):
        last_model(missing)
    with pytest.raises(InputError, match="Is a directory"):
        read_session(tmp_path, meter_for(OPUS))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_rights_is_named_with_the_reason(transcript: Transcript) -> None:
    transcript.path.chmod(0)

    with pytest.raises(InputError, match="Permission denied"):
        transcript.read()


# ---------------------------------------------------------------------------------------- sidechains
def test_a_sub_agents_lines_in_the_main_file_stay_out_of_its_window(transcript: Transcript) -> None:
    def main(*, with_agent: bool) -> None:
        transcript.user("first")
        asked = transcript.answer(call("t", "Task", subagent_type="Explore"), held=20_000, output=50)
        if with_agent:
            sidechain(transcript)
        transcript.user([result("t", "found it")], parent=asked)
        transcript.answer(held=20_400, output=9)

    main(with_agent=False)
    alone = transcript.window()
    transcript.path.write_bytes(b"")
    transcript.answers = transcript.lines = 0
    transcript.last = None
    main(with_agent=True)
    session, window = transcript.read(), transcript.window()

    assert held(session) == [20_000, 20_400]
    assert session.boundaries == []
    assert [(r.kind, r.name, r.tokens) for r in window.resources] == [
        (r.kind, r.name, r.tokens) for r in alone.resources
    ]


def sidechain(transcript: Transcript) -> None:
    """Write the conversation of a sub-agent, with a root, an attachment and a compaction of its own."""
    transcript.user("look around", parent=None, isSidechain=True)
    transcript.add(
        "attachment", {"attachment": {"type": "queued_command", "prompt": "x"}, "isSidechain": True}
    )
    fields = {"isSidechain": True, "message": {"id": "side", "model": OPUS, "content": [text("hm")]}}
    transcript.add("assistant", {**fields, "requestId": "req-side"})
    transcript.add("system", {"subtype": "compact_boundary", "isSidechain": True}, parent=None)


def test_a_sub_agents_own_file_is_a_conversation_in_itself(transcript: Transcript) -> None:
    transcript.sidechain = True
    transcript.user("look around", parent=None)
    transcript.attach("queued_command", prompt="and there")
    transcript.answer(held=9_000)

    session, window = transcript.read(), transcript.window()

    assert (session.sidechain, held(session)) == (True, [9_000])
    assert len(resources_of(window, Category.MESSAGES, "User messages")) == 2


# ------------------------------------------------------------------------------------------- figures
def test_streamed_lines_of_one_message_are_one_request_with_the_last_and_largest_usage(
    transcript: Transcript,
) -> None:
    for words, output in (("one", 1), ("two", 250), ("three", 250)):
        usage = {"input_tokens": 7, "cache_read_input_tokens": 993, "output_tokens": output}
        about = {"content": [text(words)], "usage": usage, "stop_reason": "end_turn" if output > 1 else None}
        transcript.add("assistant", {**_message("m", about), "requestId": "r"})

    (request,) = transcript.read().requests

    assert (request.usage.window_tokens, request.usage.output_tokens, request.final) == (1_000, 250, True)
    assert [node.request for node in transcript.read().nodes] == [0, 0, 0]


def test_a_line_written_twice_counts_once(transcript: Transcript) -> None:
    transcript.user("only once")
    transcript.answer(text("said once"))
    once = transcript.read()
    transcript.raw(transcript.path.read_bytes())

    twice = transcript.read()

    assert (twice.nodes, held(twice)) == (once.nodes, held(once))


def test_images_count_by_their_size_and_unknown_ones_are_estimated(transcript: Transcript) -> None:
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 280, 140)
    transcript.user([image(base64.b64encode(png).decode()), image("????", "image/webp")])
    transcript.answer()

    known, unknown = resources_of(transcript.window(), Category.MESSAGES, "Images")

    assert (known.tokens, known.provenance) == (50, "exact")
    assert (unknown.tokens, unknown.provenance) == (UNKNOWN_IMAGE_TOKENS, "estimated")


def test_a_tool_loaded_by_search_is_estimated_on_its_servers_line(transcript: Transcript) -> None:
    transcript.answer(call("t", "ToolSearch", query="issues"))
    transcript.user([result("t", [{"type": "tool_reference", "tool_name": "mcp__gh__list"}])])
    transcript.answer()

    (loaded,) = resources_of(transcript.window(), Category.MCPS)

    assert (loaded.name, loaded.tokens, loaded.provenance) == ("gh", LOADED_SCHEMA_TOKENS, "estimated")


def test_a_tool_loaded_by_search_counts_by_its_definition_where_the_client_records_it(
    transcript: Transcript,
) -> None:
    definition = {"name": "mcp__gh__list", "description": "Lists issues. " * 30}
    transcript.answer(call("t", "ToolSearch", query="issues"))
    transcript.user([result("t", [{"type": "tool_reference", "tool_name": "mcp__gh__list"}])])
    transcript.attach("deferred_tools_record", entries=[definition])
    transcript.answer()

    (loaded,) = resources_of(transcript.window(), Category.MCPS)

    written = meter_for(OPUS).tokenizer.count(json.dumps(definition))
    assert (loaded.name, loaded.provenance, loaded.tokens) == ("gh", "exact", written)


def test_thinking_of_an_older_model_counts_by_its_text(transcript: Transcript) -> None:
    transcript.model = OLD_OPUS
    transcript.answer(thinking("let me see"), text("so"), held=20_000)
    transcript.user("go on")
    transcript.answer(held=20_100)

    (thought,) = resources_of(transcript.window(), Category.MESSAGES, "Thinking")

    assert thought.kind is Kind.THINKING
    assert thought.tokens == meter_for(OLD_OPUS).thinking("let me see", 4).tokens


def test_a_listing_of_empty_parts_keeps_its_wording(transcript: Transcript) -> None:
    transcript.attach("mcp_instructions_delta", addedNames=["a", "b"], addedBlocks=["", ""])
    transcript.answer()

    assert tokens_of(transcript.window(), Category.MCPS) == 36 + 2


def test_cuts_are_noted_with_what_they_say_of_themselves(transcript: Transcript) -> None:
    transcript.answer(held=160_000)
    transcript.compact(preTokens=155_598)
    transcript.answer(held=30_000)
    about = {"trigger": "auto", "preTokens": 60_364, "compactedToolIds": ["t"]}
    transcript.add("system", {"subtype": "microcompact_boundary", "microcompactMetadata": about})
    transcript.answer(held=31_000)

    compaction, micro = transcript.read().boundaries

    assert (compaction.cut, compaction.trigger, compaction.before_tokens) == (Cut.COMPACT, "auto", 155_598)
    assert (micro.cut, micro.before_tokens, micro.cleared) == (Cut.MICRO, 60_364, ["t"])


# ---------------------------------------------------------------------------------------- last model
def test_the_last_model_is_found_at_the_end_of_a_long_file(transcript: Transcript) -> None:
    transcript.answer(model="claude-opus-4-6")
    transcript.answer(model="claude-sonnet-5")
    transcript.user("x" * (LOOKBACK_BYTES + 10))

    assert last_model(transcript.path) == "claude-sonnet-5"
