"""A web page is its words: what frames them goes, and a line says so."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.content.html_page import fold, tighten

PAGE = """<!DOCTYPE html>
<html><head><title>Caches &amp; costs</title>
<STYLE media="all">
.x { color: red }
</STYLE></head>
<body><nav><a href="/">Home</a><a href="/docs">Docs</a></nav>
<!-- masthead -->
<main>
  <h1>Prompt
     caching</h1>
  <p>A read costs <b>a tenth</b> of an input token, see <a href="https://e.org/p?a=1&amp;b=2">prices</a>
  and <a href="#top">above</a>.</p>
  <ul><li>five minutes</li><li>one <code>hour</code></li></ul>
  <pre><code>def f():
    return 1 &lt; 2
</code></pre>
  <table><tr><th>model</th><th>usd</th></tr><tr><td>opus</td><td>5</td></tr></table>
  <img src="plan.png" alt="A plan"><img src="x.png">
</main>
<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>
<script>window.state = {"a": 1};</script>
<footer>Imprint</footer></body></html>
"""


def test_the_words_of_the_main_part_stay_as_text() -> None:
    assert fold(PAGE).text == (
        """Caches & costs
# Prompt caching

A read costs a tenth of an input token, see prices (https://e.org/p?a=1&b=2) and above.

- five minutes
- one `hour`

```
def f():
    return 1 < 2

```

 | model | usd
 | opus | 5
[image: A plan]
[… 63 tags of the page, and what only frames its words]"""
    )


def test_a_page_without_a_main_part_keeps_all_its_words() -> None:
    page = "<html><body><div>\n" * 9 + "<p>One</p><footer>Two</footer></body></html>"

    assert fold(page).text == "One\n\nTwo\n[… 33 tags of the page, and what only frames its words]"


def test_comments_style_sheets_and_drawings_go_without_folding_and_nothing_else() -> None:
    tight = tighten(PAGE).text

    assert "masthead" not in tight
    assert "color" not in tight
    assert "M0 0" not in tight
    assert '<script>window.state = {"a": 1};</script>' in tight
    assert '<nav><a href="/">Home</a>' in tight


@pytest.mark.parametrize("page", ["<!-- never closed", "<style>a{}", "<p>a < b</p>", "", "<svg", "\ud800<b>"])
def test_broken_pages_stay(page: str) -> None:
    assert tighten(page).text == page


PIECE = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<pre>",
        "</pre>",
        "<a href='x'>",
        "</a>",
        "<!--",
        "-->",
        "<style>",
        "</style>",
        "<main>",
        "</main>",
        "&lt;p&gt;",
        "\n",
        " ",
        "The words of it. ",
        "<li>",
    ]
)


@given(st.lists(PIECE | st.text(max_size=3), max_size=60).map("".join))
def test_tightening_and_folding_are_idempotent_and_never_longer(text: str) -> None:
    tight, folded = tighten(text), fold(text)

    assert tighten(tight.text).text == tight.text
    assert fold(folded.text).text == folded.text
    assert len(folded.text) <= len(text)
    assert len(tight.text) <= len(text)


@pytest.mark.timing
@pytest.mark.parametrize(
    "text",
    [
        "<" * 1_000_000,
        "<!--" * 250_000,
        "<style>" * 140_000,
        "<style " * 140_000,
        "<p>a" * 250_000,
        "&" * 1_000_000,
        "<a href=" * 120_000,
        "<main>x</main>" * 70_000,
        "<pre>\n" * 160_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_megabyte_of_anything_takes_seconds_at_most(text: str) -> None:
    start = process_time()
    fold(text)

    assert process_time() - start < 3
