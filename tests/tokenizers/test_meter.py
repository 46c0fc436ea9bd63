"""How blocks add up in a window: the frames of docs/design/calibration.md."""

import pytest

from brimline.core.ports import Wording
from brimline.core.tokens import Provenance
from brimline.tokenizers.meter import V3, V5, ConversationMeter, meter_for

OLD, NEW, TAGGING = meter_for("claude-opus-4-6"), meter_for("claude-opus-5"), meter_for("claude-sonnet-5")


def count(meter: ConversationMeter, text: str) -> int:
    return meter.tokenizer.count(text)


# --------------------------------------------------------------------------------------- which meter
@pytest.mark.parametrize(
    ("model", "frames", "tags"),
    [
        ("claude-opus-4-5-20251101", V3, True),
        ("claude-sonnet-4-6", V3, True),
        ("claude-3-5-haiku-20241022", V3, True),
        ("claude-opus-4-7", V5, False),
        ("claude-opus-5", V5, False),
        ("claude-fable-5", V5, False),
        ("claude-sonnet-5", V5, True),
        ("claude-sonnet-5-20260301", V5, True),
        ("claude-sonnet-5[1m]", V5, True),
        ("us.anthropic.claude-sonnet-5-v1:0", V5, True),
        ("claude-sonnet-5@20260301", V5, True),
        ("", V5, False),
        ("gemini-9", V5, False),
    ],
)
def test_a_model_has_the_frames_of_its_generation(model: str, frames: object, *, tags: bool) -> None:
    meter = meter_for(model)

    assert (meter.frames, meter.tags, meter.output_stays) == (frames, tags, frames is V5)


def test_meters_of_one_name_count_alike_and_others_do_not_mix() -> None:
    models = ("claude-opus-4-6", "claude-opus-5", "claude-sonnet-5", "claude-opus-99", "gemini-9")
    names = [meter_for(model).name for model in models]

    assert len(set(names)) == len(names)
    assert meter_for("claude-opus-4-5-20251101").name == meter_for("claude-sonnet-4-6").name


def test_a_model_that_was_not_measured_is_only_estimated() -> None:
    assert meter_for("claude-opus-99").tokenizer.provenance is Provenance.ESTIMATED
    assert meter_for("claude-opus-99").name.endswith("-estimated")
    assert not NEW.name.endswith("-estimated")


# -------------------------------------------------------------------------------------------- answers
def test_an_answers_first_text_costs_one_more() -> None:
    assert NEW.answer_text("hello", first=True) == NEW.answer_text("hello", first=False) + 1


def test_thinking_counts_by_its_text_and_on_older_models_a_frame() -> None:
    assert NEW.thinking("hm", 0) == (count(NEW, "hm"), Provenance.EXACT)
    assert OLD.thinking("hm", 0) == (count(OLD, "hm") + 15, Provenance.EXACT)


def test_thinking_that_older_models_only_summarise_is_estimated_by_its_signature() -> None:
    """A recorded block: 15,542 characters shown, a signature of 41,012, and 8,148 tokens in the window."""
    shown = "so the phase " * 1_195

    tokens, provenance = OLD.thinking(shown, 41_012)

    assert provenance is Provenance.ESTIMATED
    assert tokens == pytest.approx(8_148, rel=0.1)
    assert NEW.thinking(shown, 41_012).provenance is Provenance.EXACT


@pytest.mark.parametrize(("meter", "parameter", "calls"), [(OLD, 15, 0), (NEW, 19, 23)])
def test_a_call_is_its_name_and_each_parameter_in_its_frame(
    meter: ConversationMeter, parameter: int, calls: int
) -> None:
    one = count(meter, "Read") + count(meter, "path") + count(meter, "x") + parameter

    assert meter.tool_call("Read", {"path": "x"}, first=False) == one
    assert meter.tool_call("Read", {"path": "x"}, first=True) == one + calls
    assert meter.tool_call("Read", {}, first=False) == count(meter, "Read")


def test_a_value_that_is_no_string_stands_as_json_with_blanks() -> None:
    as_text = NEW.tool_call("T", {"v": '{"a": [1, true], "é": null}'}, first=False)

    assert NEW.tool_call("T", {"v": {"a": [1, True], "é": None}}, first=False) == as_text


@pytest.mark.parametrize("meter", [OLD, NEW])
def test_a_values_ends_may_merge_with_its_tags(meter: ConversationMeter) -> None:
    plain = meter.tool_call("T", {"v": "x"}, first=False)

    # A last line break before the closing tag is a token of its own at most.
    assert 0 <= meter.tool_call("T", {"v": "x\n"}, first=False) - plain <= 1


# -------------------------------------------------------------------------------------------- results
@pytest.mark.parametrize(
    ("meter", "errors", "frame"),
    [(OLD, 0, 45), (OLD, 1, 53), (NEW, 0, 5), (NEW, 1, 11)],
)
def test_a_single_result_has_a_frame_and_an_error_more(
    meter: ConversationMeter, errors: int, frame: int
) -> None:
    assert meter.result_frame(["Bash"], errors=errors) == frame
    assert meter.result_frame([], errors=0) == 0


@pytest.mark.parametrize(("meter", "once", "each"), [(OLD, 30, 38), (NEW, 6, 22)])
def test_several_results_are_named_by_their_tools_and_errors_cost_nothing_more(
    meter: ConversationMeter, once: int, each: int
) -> None:
    tools = ["Bash", "Read", "mcp__github__list_issues"]
    names = sum(count(meter, tool) for tool in tools)

    assert meter.result_frame(tools, errors=0) == once + 3 * each + names
    assert meter.result_frame(tools, errors=2) == once + 3 * each + names


@pytest.mark.parametrize("meter", [OLD, NEW])
def test_from_the_second_result_on_each_adds_the_same_so_that_two_are_enough_to_go_on_from(
    meter: ConversationMeter,
) -> None:
    tools = ["Bash", "Read", "Grep", "Edit"]

    whole = meter.result_frame(tools, errors=0) - meter.result_frame(tools[:-1], errors=0)
    last_two = meter.result_frame(tools[1:], errors=0) - meter.result_frame(tools[1:-1], errors=0)

    assert whole == last_two


def test_a_result_without_text_is_framed_on_older_models() -> None:
    assert OLD.tool_result("", is_error=False) == 15
    assert NEW.tool_result("", is_error=False) == 0


def test_a_result_counts_as_it_stands() -> None:
    assert NEW.tool_result("all done", is_error=False) == count(NEW, "all done")
    assert OLD.tool_result("all done", is_error=False) == count(OLD, "all done")
    assert NEW.tool_result("all done", is_error=True) == count(NEW, "all done")


# ---------------------------------------------------------------------------------------------- turns
@pytest.mark.parametrize(
    ("meter", "texts", "after_results", "frame"),
    [
        (NEW, 0, False, 0),
        (NEW, 1, False, 2),
        (NEW, 3, False, 6),
        (NEW, 1, True, 2),
        (NEW, 3, True, 4),
        (OLD, 1, False, 6),
        (OLD, 3, False, 6),
        (OLD, 2, True, 6),
    ],
)
def test_a_turns_texts_have_a_frame(
    meter: ConversationMeter, texts: int, frame: int, *, after_results: bool
) -> None:
    assert meter.text_frame(texts, after_results=after_results) == frame


def test_what_the_client_adds_has_its_wording_and_tags_where_the_model_takes_them() -> None:
    wording = Wording(v3=40, v5=60)

    assert NEW.note("x", wording, tagged=False) == count(NEW, "x") + 60
    assert NEW.note("x", wording, tagged=True) == count(NEW, "x") + 60 + 16
    assert TAGGING.note("x", wording, tagged=False) == count(TAGGING, "x") + 60 + 16
    assert TAGGING.note("x", wording, tagged=True) == count(TAGGING, "x") + 60 + 16
    assert OLD.note("x", wording, tagged=False) == count(OLD, "x") + 40 + 12


def test_a_tasks_notice_is_worded_at_length() -> None:
    assert NEW.notice("done") == count(NEW, "done") + 153
    assert OLD.notice("done") == count(OLD, "done") + 100


def test_an_image_counts_by_its_pixels_and_the_models_limit() -> None:
    assert NEW.image(280, 140) == OLD.image(280, 140) == 50
    assert NEW.image(4_000, 3_000) > OLD.image(4_000, 3_000) == 1_600
