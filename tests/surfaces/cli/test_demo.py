"""Each view as text, on the bundled session."""

from click.testing import CliRunner

from brimline.surfaces.cli.program import brimline


def shown(*arguments: str) -> str:
    result = CliRunner().invoke(brimline, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_demo_shows_status_timeline_and_cost() -> None:
    text = shown("demo")

    assert "Current Usage:      126,560 tokens (12.7%)" in text
    assert "├─ Task 2: go ahead" in text
    assert "Total: 126,560 (12.7%) 🟢" in text
    assert "$1.52" in text
    assert "Line:   967,000 tokens" in text


def test_plain_text_has_no_emoji() -> None:
    text = shown("demo", "--plain")

    assert not {"🟢", "📊", "📈"} & set(text)


def test_detail_opens_pools_and_items() -> None:
    text = shown("demo")

    assert "code-changes · used 1×" in text
    assert "conversation" in text
    assert "residual" in text
