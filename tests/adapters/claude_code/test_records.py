"""Lines as they are written, damaged, or not yet known."""

import json

import msgspec
import pytest

from brimline.adapters.claude_code.records import WireUsage, read_record
from brimline.adapters.claude_code.scan import MOST_TOKENS, UnclearFigureError
from brimline.core.usage import Usage

USAGE = {"input_tokens": 2, "cache_read_input_tokens": 5, "output_tokens": 7}


def line(**fields: object) -> bytes:
    return json.dumps({"type": "assistant", "uuid": "u", "parentUuid": "p", **fields}).encode()


def test_unknown_fields_and_types_are_read_past() -> None:
    record = read_record(line(type="telepathy", futureField={"deep": [1, 2]}, effort="high"))

    assert record
    assert (record.type, record.uuid, record.parent_uuid) == ("telepathy", "u", "p")


@pytest.mark.parametrize(
    "junk", [b"", b"{", b"null", b"5", b'"text"', b"[]", b"\xff\xfe", b"{} {}", b"nonsense"]
)
def test_what_is_no_object_is_no_record(junk: bytes) -> None:
    assert read_record(junk) is None


def test_every_beginning_of_a_line_is_no_record() -> None:
    whole = line(cwd="/häuser", message={"id": "m", "content": [{"type": "text", "text": 5}], "usage": USAGE})

    assert [cut for cut in range(len(whole)) if read_record(whole[:cut]) is not None] == []
    assert read_record(whole)


@pytest.mark.parametrize(
    ("field", "value"),
    [("cwd", 5), ("timestamp", {}), ("isSidechain", "no"), ("sessionId", []), ("compactMetadata", "x")],
)
def test_a_known_field_of_the_wrong_type_costs_only_itself(field: str, value: object) -> None:
    record = read_record(line(**{"message": {"id": "m", "usage": USAGE}, field: value}))

    assert record
    assert record.message
    assert (record.uuid, record.message.id) == ("u", "m")


@pytest.mark.parametrize("message", ["hello", 5, [], None])
def test_a_message_that_is_no_object_leaves_its_line_in_the_chain(message: object) -> None:
    record = read_record(line(message=message))

    assert record
    assert record.message is None
    assert (record.uuid, record.parent_uuid) == ("u", "p")


def test_a_block_of_an_unknown_shape_does_not_cost_the_usage() -> None:
    fetched = {"type": "web_fetch_tool_result", "tool_use_id": "t", "content": {"type": "web_fetch_result"}}
    content = [fetched, 5, {"type": "text", "text": None}, {"type": "text", "text": "kept"}]

    record = read_record(line(message={"id": "m", "content": content, "usage": USAGE}))

    assert record
    assert record.message
    assert record.message.usage
    assert record.message.usage.to_usage() == Usage(input_tokens=2, cache_read_tokens=5, output_tokens=7)
    assert isinstance(record.message.content, list)
    assert [(block.type, block.text) for block in record.message.content] == [
        ("web_fetch_tool_result", ""),
        ("text", ""),
        ("text", "kept"),
    ]


@pytest.mark.parametrize("figure", ["many", "-7", "", "7" * 16, 1.5, True, [7], "\uff17"])
def test_a_figure_that_is_no_number_is_said_to_be_none_and_spares_the_rest(figure: object) -> None:
    record = read_record(line(message={"id": "m", "content": "text", "usage": {"input_tokens": figure}}))

    assert record
    assert record.message
    assert record.message.usage
    assert record.message.content == "text"
    with pytest.raises(UnclearFigureError):
        record.message.usage.to_usage()


@pytest.mark.parametrize(("figure", "tokens"), [("7", 7), (7.0, 7), (None, 0), (-7, 0), (1e300, 0), (7, 7)])
def test_a_figure_is_read_where_it_is_unambiguous(figure: object, tokens: int) -> None:
    record = read_record(line(message={"usage": {"cache_read_input_tokens": figure}}))

    assert record
    assert record.message
    assert record.message.usage
    assert record.message.usage.window_tokens == tokens


def test_bytes_that_are_not_utf_8_are_replaced() -> None:
    record = read_record(line(cwd="/here").replace(b"here", b"h\xe9re"))

    assert record
    assert record.cwd == "/h\ufffdre"


def test_half_a_surrogate_pair_is_replaced_and_whole_ones_stay() -> None:
    record = read_record(
        rb'{"uuid":"u","cwd":"cut \ud83d here, \ud83d\ude00 whole, \\ud83d no escape, \ude00"}'
    )

    assert record
    assert record.cwd == "cut \ufffd here, \U0001f600 whole, \\ud83d no escape, \ufffd"


def test_a_line_nested_beyond_reason_is_unreadable_and_does_no_harm() -> None:
    deep = b'{"uuid":"u","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    assert read_record(deep) is None
    assert read_record(deep[:-1]) is None


@pytest.mark.parametrize("absurd", [-1, MOST_TOKENS, 10**40])
def test_an_absurd_figure_counts_as_absent(absurd: int) -> None:
    assert WireUsage(input_tokens=absurd, output_tokens=3).to_usage() == Usage(output_tokens=3)


def test_cache_writes_are_split_by_lifetime_and_unknown_ones_are_short() -> None:
    split = WireUsage.CacheCreation(ephemeral_5m_input_tokens=1, ephemeral_1h_input_tokens=9)

    known = WireUsage(cache_creation_input_tokens=10, cache_creation=split).to_usage()
    unknown = WireUsage(cache_creation_input_tokens=10).to_usage()
    torn = WireUsage(cache_creation_input_tokens=4, cache_creation=split).to_usage()

    assert (known.cache_write_5m_tokens, known.cache_write_1h_tokens) == (1, 9)
    assert (unknown.cache_write_5m_tokens, unknown.cache_write_1h_tokens) == (10, 0)
    assert torn.cache_write_tokens == 4


def test_a_compaction_names_what_it_kept() -> None:
    kept = read_record(
        line(
            type="system",
            compactMetadata={
                "trigger": "auto",
                "preTokens": 155_598,
                "preservedMessages": {"anchorUuid": "x", "uuids": ["b"], "allUuids": ["a", "b"]},
                "durationMs": 174_000,
            },
        )
    )
    older = read_record(line(compactMetadata={"preservedMessages": {"uuids": ["b"]}, "preTokens": -4}))

    assert kept
    assert kept.compact_metadata
    assert (kept.compact_metadata.before_tokens, kept.compact_metadata.preserved) == (155_598, ["a", "b"])
    assert older
    assert older.compact_metadata
    assert (older.compact_metadata.before_tokens, older.compact_metadata.preserved) == (None, ["b"])


def test_after_a_server_s_tool_loop_the_window_is_that_of_its_last_round() -> None:
    """The sum of the rounds is what is billed; as a window it would show tokens that never stood together."""
    rounds = [
        {"input_tokens": 10, "cache_read_input_tokens": 90},
        {"input_tokens": 30, "cache_read_input_tokens": 100},
    ]
    usage = {"input_tokens": 40, "cache_read_input_tokens": 190, "iterations": rounds}

    read = msgspec.convert(usage, WireUsage)

    assert (read.window_tokens, read.to_usage().window_tokens) == (130, 230)


def test_without_rounds_the_window_is_what_was_billed() -> None:
    assert msgspec.convert({"input_tokens": 40, "iterations": []}, WireUsage).window_tokens == 40
