"""The lines below are written in the ways that clients, other programs and accidents write them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from brimline.adapters.claude_code import scan
from brimline.adapters.claude_code.bulk import decode_usual
from brimline.adapters.claude_code.scan import (
    Decode,
    Task,
    Unread,
    decode_line,
    read_new,
    read_one,
    unix_time,
)
from brimline.core.requests import START, FileStamp, Mark, Reading

Record = dict[str, Any]


def record(message_id: str = "m1", output: int = 10, **changes: object) -> Record:
    usage = {
        "input_tokens": 3,
        "cache_creation_input_tokens": 30,
        "cache_read_input_tokens": 300,
        "output_tokens": output,
        "cache_creation": {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20},
    }
    message = {
        "id": message_id,
        "model": "claude-opus-4-6",
        "role": "assistant",
        "content": [],
        "usage": usage,
    }
    whole = {
        "isSidechain": False,
        "cwd": "/srv/app",
        "sessionId": "s1",
        "version": "2.1.209",
        "message": message,
        "requestId": "r-" + message_id,
        "type": "assistant",
        "uuid": "u-" + message_id,
        "timestamp": "2026-07-01T10:00:00.500Z",
    }
    return whole | changes


def message(**changes: object) -> Record:
    whole: Record = record()["message"]
    return whole | changes


def usage(**changes: object) -> Record:
    return message(usage=message()["usage"] | changes)


def line(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def stamp(path: Path) -> FileStamp:
    state = path.stat()
    return FileStamp(str(path), state.st_ino, state.st_size, state.st_mtime_ns)


@pytest.fixture(params=[decode_line, decode_usual], ids=["tolerant", "usual"])
def decode(request: pytest.FixtureRequest) -> Decode:
    chosen: Decode = request.param
    return chosen


@pytest.fixture
def transcript(tmp_path: Path) -> Path:
    return tmp_path / "s1.jsonl"


def read(transcript: Path, *lines: bytes, decode: Decode, ended: bool = True) -> Reading:
    transcript.write_bytes(b"\n".join(lines) + b"\n" * ended)
    return read_new(stamp(transcript), decode=decode)


def outputs(reading: Reading) -> dict[str, int]:
    return {request.message_id: request.output_tokens for request in reading.requests}


def test_a_line_yields_its_request(transcript: Path, decode: Decode) -> None:
    reading = read(transcript, line(record()), decode=decode)

    (request,) = reading.requests
    assert request == ("m1", "r-m1", "claude-opus-4-6", 1782900000.5, 3, 10, 20, 300, 10, False)
    assert reading.facts == ("s1", "/srv/app", "2.1.209", "claude-opus-4-6", 333, 1782900000.5, 1782900000.5)
    assert reading.mark.offset == transcript.stat().st_size


def test_a_streamed_answer_counts_once_with_its_largest_output(transcript: Path, decode: Decode) -> None:
    lines = [line(record(output=output)) for output in (1, 1, 448, 30)]

    assert outputs(read(transcript, *lines, decode=decode)) == {"m1": 448}


def test_of_equal_outputs_the_last_record_is_kept(transcript: Path, decode: Decode) -> None:
    lines = [line(record()), line(record(message=usage(input_tokens=9)))]

    (request,) = read(transcript, *lines, decode=decode).requests
    assert request.input_tokens == 9


def test_a_sub_agents_request_inside_a_progress_record_is_read(transcript: Path, decode: Decode) -> None:
    inner = record("sub") | {"timestamp": "2026-07-01T09:00:00Z"}
    outer = {"type": "progress", "data": {"type": "agent_progress", "message": inner}, "sessionId": "s1"}

    reading = read(transcript, line(outer | {"timestamp": "2026-07-01T11:00:00Z"}), decode=decode)

    (request,) = reading.requests
    assert (request.message_id, request.request_id, request.at) == ("sub", "r-sub", 1782896400.0)
    assert reading.facts.window_tokens == 0, "the main chain made no request"


WITHOUT_REQUESTS: dict[str, Record] = {
    "a text the client wrote itself": record(message=message(model="<synthetic>")),
    "no usage": record(message={"id": "m", "model": "x", "content": '"output_tokens"'}),
    "usage is null": record(message=message(usage=None, other={"output_tokens": 5})),
    "usage is a list": record(message=message(usage=[{"output_tokens": 5}])),
    "no input": record(message=message(usage={"output_tokens": 5})),
    "output is negative": record(message=usage(output_tokens=-5)),
    "output is absurd": record(message=usage(output_tokens=1 << 63)),
    "the message is a text": record(message='{"usage":{"input_tokens":1,"output_tokens":2}}'),
    "usage only in a tool's input": record(
        message=message(usage=None, content=[{"type": "tool_use", "input": {"usage": usage()["usage"]}}])
    ),
    "usage of a finished sub-agent in its tool result": {
        "type": "user",
        "message": {"role": "user", "content": []},
        "toolUseResult": {"usage": usage()["usage"], "message": usage(), "totalTokens": 5},
        "timestamp": "2026-07-01T10:00:00Z",
    },
    "an unknown type of the future": {
        "type": "ledger",
        "entries": [usage()["usage"]],
        "message": {"usage": 3},
    },
    "progress of another kind": {"type": "progress", "data": {"output_tokens": 4, "message": "text"}},
    "progress without data": {"type": "progress", "data": ["output_tokens", {"output_tokens": 1}]},
}


@pytest.mark.parametrize("value", WITHOUT_REQUESTS.values(), ids=WITHOUT_REQUESTS)
def test_what_is_no_request_is_left_out_in_silence(transcript: Path, decode: Decode, value: Record) -> None:
    reading = read(transcript, line(value), line(record("m2")), decode=decode)

    assert outputs(reading) == {"m2": 10}
    assert reading.skipped_lines == 0


@pytest.mark.parametrize(
    "figures",
    [
        {"output_tokens": "many"},
        {"output_tokens": 5.5},
        {"output_tokens": True},
        {"input_tokens": "-5"},
        {"input_tokens": "5" * 5_000},
        {"cache_read_input_tokens": {}},
        {"cache_creation": {"ephemeral_1h_input_tokens": "x"}},
    ],
)
def test_a_line_with_a_figure_that_is_no_number_is_left_out_and_counted(
    transcript: Path, decode: Decode, figures: Record
) -> None:
    reading = read(transcript, line(record(message=usage(**figures))), line(record("m2")), decode=decode)

    assert outputs(reading) == {"m2": 10}
    assert reading.skipped_lines == 1


@pytest.mark.parametrize("figure", ["7", 7.0, 7])
def test_digits_and_whole_fractions_are_figures(transcript: Path, decode: Decode, figure: object) -> None:
    written = usage(input_tokens=figure, output_tokens=figure, cache_read_input_tokens=figure)

    (request,) = read(transcript, line(record(message=written)), decode=decode).requests

    assert (request.input_tokens, request.output_tokens, request.cache_read_tokens) == (7, 7, 7)


def test_a_transcript_quoted_in_a_tool_result_is_not_counted(transcript: Path, decode: Decode) -> None:
    quoted = line(record("quoted")).decode()
    twice = json.dumps(quoted)
    content = [{"type": "tool_result", "content": quoted + "\n" + twice}]
    user = {
        "type": "user",
        "message": {"role": "user", "content": content},
        "toolUseResult": {"stdout": quoted},
    }
    answer = record(message=message(content=[{"type": "text", "text": quoted}]))

    assert outputs(read(transcript, line(user), line(answer), decode=decode)) == {"m1": 10}


def test_a_text_that_ends_like_the_key_does_no_harm(transcript: Path, decode: Decode) -> None:
    tricky = record(
        note='ends with "output_tokens', other='"usage":{"output_tokens":99', third='\\"output_tokens\\"'
    )

    assert outputs(read(transcript, line(tricky), decode=decode)) == {"m1": 10}


def test_keys_in_any_order_and_with_any_spaces_are_read(transcript: Path, decode: Decode) -> None:
    whole = record()
    turned = {key: whole[key] for key in reversed(whole)}
    turned["message"] = {key: whole["message"][key] for key in reversed(whole["message"])}
    spaced = json.dumps(record("m2"), separators=(" ,\t", " : ")).encode() + b"  \r"

    assert outputs(read(transcript, line(turned), b"  " + spaced, decode=decode)) == {"m1": 10, "m2": 10}


def test_the_last_of_repeated_keys_holds_as_in_any_json_reader(transcript: Path, decode: Decode) -> None:
    doubled = line(record()).replace(b'"requestId":', b'"requestId":"first","requestId":')

    (request,) = read(transcript, doubled, decode=decode).requests
    assert request.request_id == "r-m1"


def test_writes_of_unsaid_lifetime_count_as_five_minutes(transcript: Path, decode: Decode) -> None:
    values = [
        record("unsaid", message=usage(cache_creation=None) | {"id": "unsaid"}),
        record("split", message=usage(cache_creation={"ephemeral_1h_input_tokens": 9}) | {"id": "split"}),
        record("none", message={**message(), "id": "none", "usage": {"input_tokens": 1, "output_tokens": 1}}),
    ]
    requests = read(transcript, *map(line, values), decode=decode).requests

    written = {one.message_id: (one.cache_write_5m_tokens, one.cache_write_1h_tokens) for one in requests}
    assert written == {"unsaid": (30, 0), "split": (0, 9), "none": (0, 0)}


def test_iterations_do_not_change_what_the_message_says(transcript: Path, decode: Decode) -> None:
    loops = [{"input_tokens": 2, "output_tokens": 3, "type": "message"}] * 2

    (request,) = read(transcript, line(record(message=usage(iterations=loops))), decode=decode).requests
    assert (request.input_tokens, request.output_tokens) == (3, 10)


def test_without_a_request_id_the_message_id_alone_stands_for_the_call(
    transcript: Path, decode: Decode
) -> None:
    values = [record(output=output) for output in (5, 9)]
    for value in values:
        del value["requestId"]

    (request,) = read(transcript, *map(line, values), decode=decode).requests
    assert (request.request_id, request.output_tokens) == ("", 9)


def test_without_a_message_id_every_record_counts(transcript: Path, decode: Decode) -> None:
    values = [record(uuid=name, requestId=None, message=message(id=None)) for name in ("u1", "u2")]

    assert len(read(transcript, *map(line, values), decode=decode).requests) == 2


def test_without_a_message_id_the_request_id_joins_records(transcript: Path, decode: Decode) -> None:
    values = [
        record(uuid=name, requestId=request, message=message(id=None))
        for name, request in (("u1", "r1"), ("u2", "r1"), ("u3", "r2"))
    ]

    requests = read(transcript, *map(line, values), decode=decode).requests

    assert [request.request_id for request in requests] == ["r1", "r2"]


@pytest.mark.parametrize("timestamp", [None, "yesterday", "", 1782900000])
def test_a_request_without_a_time_is_skipped_and_counted_as_such(
    transcript: Path, decode: Decode, timestamp: object
) -> None:
    reading = read(transcript, line(record(timestamp=timestamp)), line(record("m2")), decode=decode)

    assert outputs(reading) == {"m2": 10}
    assert reading.skipped_lines == 1


def test_a_clock_that_jumps_does_no_harm(transcript: Path, decode: Decode) -> None:
    days = ("2026-07-02", "1970-01-01", "2099-12-31")
    values = [record(str(number), timestamp=f"{day}T00:00:00Z") for number, day in enumerate(days)]

    assert len(read(transcript, *map(line, values), decode=decode).requests) == 3


def test_malformed_lines_are_skipped_and_counted(transcript: Path, decode: Decode) -> None:
    whole = line(record("cut"))
    bad = [whole[:-40], whole + b"}", whole + whole, b"\0" * 50 + whole, b'{"output_tokens":', b"not json"]

    reading = read(transcript, line(record()), *bad, b"", line(record("m2")), decode=decode)

    assert outputs(reading) == {"m1": 10, "m2": 10}
    assert reading.skipped_lines == 5, "the line without token figures was not looked at"


def test_bytes_that_are_no_utf8_do_not_hide_a_request(transcript: Path, decode: Decode) -> None:
    text = line(record(message=message(content=[{"type": "text", "text": "TEXT"}])))
    cwd = line(record("m2", cwd="TEXT"))

    reading = read(
        transcript, text.replace(b"TEXT", b"\xff\xfe"), cwd.replace(b"TEXT", b"\xc3"), decode=decode
    )

    assert outputs(reading) == {"m1": 10, "m2": 10}
    assert reading.facts.cwd == "\N{REPLACEMENT CHARACTER}"


def test_half_a_surrogate_pair_becomes_a_question_mark(transcript: Path, decode: Decode) -> None:
    reading = read(transcript, line(record(cwd="TEXT")).replace(b"TEXT", b"\\ud83d"), decode=decode)

    assert reading.facts.cwd == "?"


def test_an_incomplete_last_line_is_left_for_the_next_read(transcript: Path, decode: Decode) -> None:
    first, second = line(record()), line(record("m2"))
    reading = read(transcript, first, second[:-30], decode=decode, ended=False)
    assert outputs(reading) == {"m1": 10}
    assert reading.mark.offset == len(first) + 1
    assert reading.skipped_lines == 0

    with transcript.open("ab") as file:
        file.write(second[-30:] + b"\n")
    again = read_new(stamp(transcript), reading.mark, decode)

    assert outputs(again) == {"m2": 10}
    assert (again.begun, again.mark.offset) == (len(first) + 1, transcript.stat().st_size)


def test_a_complete_last_line_needs_no_newline(transcript: Path, decode: Decode) -> None:
    reading = read(transcript, line(record()), line(record("m2")), decode=decode, ended=False)
    assert outputs(reading) == {"m1": 10, "m2": 10}

    with transcript.open("ab") as file:
        file.write(b"\n" + line(record("m3")) + b"\n")
    assert outputs(read_new(stamp(transcript), reading.mark, decode)) == {"m3": 10}


def test_a_line_of_tens_of_megabytes_is_read(transcript: Path, decode: Decode) -> None:
    huge = record(message=message(content=[{"type": "text", "text": "x" * (30 << 20)}]))

    reading = read(transcript, line(record("m0")), line(huge), line(record("m2")), decode=decode)

    assert outputs(reading) == {"m0": 10, "m1": 10, "m2": 10}


def test_where_blocks_are_cut_makes_no_difference(
    transcript: Path, decode: Decode, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [line(record(f"m{number}", output=number)) for number in range(20)]
    whole = read(transcript, *lines, decode=decode)

    for size in (1, 7, len(lines[0]), len(lines[0]) + 1, 1000):
        monkeypatch.setattr(scan, "_CHUNK_BYTES", size)
        assert read_new(stamp(transcript), decode=decode) == whole


def test_only_the_new_bytes_are_read(
    transcript: Path, decode: Decode, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = read(transcript, *[line(record(str(number))) for number in range(100)], decode=decode).mark
    added = line(record("new")) + b"\n"
    with transcript.open("ab") as file:
        file.write(added)
    taken: list[int] = []
    real = os.read

    def counting(descriptor: int, size: int) -> bytes:
        block = real(descriptor, size)
        taken.append(len(block))
        return block

    monkeypatch.setattr(os, "read", counting)
    reading = read_new(stamp(transcript), mark, decode)

    assert outputs(reading) == {"new": 10}
    assert sum(taken) == len(added)


@pytest.mark.parametrize("change", ["head", "tail", "shorter"])
def test_a_file_that_is_another_one_is_read_from_its_start(
    transcript: Path, decode: Decode, change: str
) -> None:
    first = [line(record(str(number))) for number in range(10)]
    mark = read(transcript, *first, decode=decode).mark
    other = {
        "head": [line(record("x")), *first[1:], *first],
        "tail": [*first[:-1], line(record("x")), *first],
        "shorter": [line(record("x"))],
    }[change]

    reading = read(transcript, *other, decode=decode)
    again = read_new(stamp(transcript), mark, decode)

    assert again == reading
    assert again.begun == 0


def test_a_file_that_grows_after_it_was_listed_is_read_on_the_next_time(
    transcript: Path, decode: Decode
) -> None:
    transcript.write_bytes(line(record()) + b"\n")
    listed = stamp(transcript)
    with transcript.open("ab") as file:
        file.write(line(record("m2")) + b"\n")

    reading = read_new(listed, decode=decode)

    assert reading.stamp == listed != stamp(transcript), "so the next listing shows a change"
    assert read_new(stamp(transcript), reading.mark, decode).requests == []


def test_a_file_that_went_away_is_said_to_be_gone(tmp_path: Path) -> None:
    result = read_one(Task(FileStamp(str(tmp_path / "none.jsonl"), 1, 1, 1), START))

    assert isinstance(result, Unread)
    assert result.gone


def test_a_folder_in_a_transcripts_place_is_told(tmp_path: Path) -> None:
    result = read_one(Task(FileStamp(str(tmp_path), 1, 1, 1), START))

    assert isinstance(result, Unread)
    assert not result.gone


def test_a_mark_of_an_empty_read_fits_any_file(transcript: Path, decode: Decode) -> None:
    transcript.touch()
    mark = read_new(stamp(transcript), decode=decode).mark
    assert mark == Mark(0, b"", b"")

    assert outputs(read(transcript, line(record()), decode=decode)) == {"m1": 10}


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1970-01-01T00:00:10.500Z", 10.5),
        ("1970-01-01T01:00:00+01:00", 0.0),
        ("1970-01-02", 86_400.0),
        ("", None),
        (None, None),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("1969-12-31T23:59:59Z", None),
        ("9998-12-31T23:59:59Z", 253_370_764_799.0),
        ("9999-12-31T23:59:59-14:00", None),
    ],
)
def test_a_time_is_read_in_utc_or_not_at_all(written: str | None, seconds: float | None) -> None:
    assert unix_time(written) == seconds
