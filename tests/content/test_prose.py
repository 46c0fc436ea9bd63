"""Prose keeps what can be looked up: headings, first sentences, numbers, names, links, code, negations."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.content.prose import fold, tighten

PARAGRAPH = (
    "This is the first sentence of the paragraph. It is followed by one that says little for the reader. "
    "And by another that is as empty as the one before it. But the value is 7. {}"
)
LEFT_OUT = "[… 2 sentences without names, numbers or negations]"


# -------------------------------------------------------------------------------------------------- tighten
def test_white_space_that_says_nothing_goes() -> None:
    text = "# Title  \r\n\n\n\nA line.   \n\n \n\t\nAnother.\n"

    assert tighten(text) == ("# Title\n\nA line.\n\nAnother.\n", False, 0)


@pytest.mark.parametrize("fence", ["```", "~~~~"])
def test_code_between_fences_stays_to_the_space(fence: str) -> None:
    code = f"{fence}python\ndef f():   \n\n\n    return 1  \n{fence}"

    assert tighten(f"A\n\n\n{code}\n\n\nB").text == f"A\n\n{code}\n\nB"
    assert tighten(f"{fence}\na  \n\n\n") == (f"{fence}\na  \n\n\n", True, 0)


def test_a_shorter_fence_does_not_close_a_longer_one() -> None:
    code = "````\n```\na  \n```\n\n\n````"

    assert tighten(code + "\n\n\nb").text == code + "\n\nb"


def test_comments_in_markdown_stay() -> None:
    assert tighten("<!-- a note to the agent -->\ntext").text == "<!-- a note to the agent -->\ntext"


# ----------------------------------------------------------------------------------------------------- fold
def test_empty_sentences_go_and_a_line_says_how_many() -> None:
    assert fold(PARAGRAPH.format("")) == (
        f"This is the first sentence of the paragraph. But the value is 7.\n{LEFT_OUT}",
        False,
        2,
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "See https://example.org for the rest.",
        "The function is in src/app and not far.",
        "Call parseConfig for it.",
        "It is `quiet` there.",
        "Never do this.",
        "It doesn't matter to the reader.",
        "The build failed for him.",
        "All of it took 12 seconds.",
        "The name is snake_case then.",
    ],
)
def test_a_sentence_that_can_be_looked_up_stays(sentence: str) -> None:
    assert sentence in fold(PARAGRAPH.format(sentence)).text


@pytest.mark.parametrize(
    "block",
    [
        "## Heading of the thing. It is long. And the rest of it is here. And that is that.",
        "- A list of the things. It is long. And the rest of it is here. And that is that.",
        "3. A list of the things. It is long. And the rest of it is here. And that is that.",
        "| A table. | It is long. And the rest of it is here. And that is that. |",
        "> A quotation. It is long. And the rest of it is here. And that is that.",
        "```\nCode. It is long. And the rest of it is here. And that is that.\n```",
        "Dies ist ein Absatz. Er ist nicht englisch. Man lässt ihn ganz. Alles bleibt so.",
        "Dit is de eerste zin. Daar is nog een zin. Het is niet veel. En dat was het dan.",
        "C'est la première phrase. Elle est suivie par une autre. Et puis la fin. Voilà tout.",
        "这是第一句。这是第二句。这是第三句。这是第四句。",
        "The first of the two. And that is the second of the two.",
    ],
)
def test_structure_code_and_other_languages_stay(block: str) -> None:
    assert fold(block) == (block, True, 0)


WORDS = st.sampled_from(
    [
        "The ",
        "of the ",
        "end. ",
        "It ",
        "is ",
        "7",
        "`x`",
        "\n",
        "\n\n",
        "```\n",
        "- ",
        "# ",
        "[… 2 x]\n",
        "Q? ",
    ]
)


@given(st.lists(WORDS | st.text(max_size=4), max_size=60).map("".join))
def test_tightening_and_folding_are_idempotent_and_never_longer(text: str) -> None:
    tight, folded = tighten(text), fold(text)

    assert tighten(tight.text).text == tight.text
    assert fold(folded.text).text == folded.text
    assert len(folded.text) <= len(tight.text) <= len(text)


@given(st.lists(WORDS, max_size=60).map("".join))
def test_numbers_and_code_survive_folding(text: str) -> None:
    folded = fold(text).text.replace("[… ", "")

    assert folded.count("7") >= text.count("7")
    assert folded.count("`") >= text.count("`")


# ------------------------------------------------------------------------------------------------ hostility
@pytest.mark.timing
@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        ". " * 500_000,
        "." + " " * 1_000_000 + ".",
        "A. B the of. " * 75_000,
        "```\n" * 250_000,
        "\n" * 1_000_000,
        "The of and to is. Nothing here\n" * 32_000,
        "ninininin" * 110_000,
        "error" * 200_000,
        '"(' * 500_000,
        "1." * 500_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_megabyte_of_anything_takes_about_a_second(text: str) -> None:
    start = process_time()
    fold(text)

    assert process_time() - start < 1.5
