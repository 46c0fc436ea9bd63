import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.tokenizers import tokenizer_for
from brimline.tokenizers.estimate import Content, EstimatingTokenizer, content_of

SAMPLES = {
    Content.PROSE: "The window of an agent is finite, and whatever it reads stays there until something "
    "removes it. So a plan that reads less, or later, leaves room for the work itself.",
    Content.MARKDOWN: "# Title\n\nSome words about it.\n\n- one point\n- another point\n\n```\ncode\n```\n",
    Content.CODE: "def add(a: int, b: int) -> int:\n    return (a + b) * self.factor[0] if a != b else {}\n",
    Content.JSON: '{"name": "brimline", "tokens": [1, 2, 3], "exact": true}',
    Content.WIDE: "上下文窗口是有限的,读过的一切都会留在里面。",
}


@pytest.mark.parametrize("content", Content)
def test_the_kind_of_a_text_is_recognised(content: Content) -> None:
    assert content_of(SAMPLES[content]) is content


@pytest.mark.parametrize("content", Content)
def test_an_estimate_is_within_a_factor_of_two_of_the_count(content: Content) -> None:
    text = SAMPLES[content] * 3
    exact = tokenizer_for("claude-opus-5").count(text)
    assert exact / 2 < EstimatingTokenizer("claude").count(text) < exact * 2


@given(st.text())
def test_any_text_has_an_estimate_and_only_no_text_costs_nothing(text: str) -> None:
    assert (EstimatingTokenizer("unknown").count(text) == 0) == (not text)


def test_an_unknown_family_is_estimated_as_claude() -> None:
    assert EstimatingTokenizer("unknown").count("x" * 99) == EstimatingTokenizer("claude").count("x" * 99)
