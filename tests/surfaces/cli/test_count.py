"""`brimline count`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from brimline.surfaces.cli import main
from brimline.surfaces.cli.program import brimline


def counted(*arguments: str, text: str | None = None) -> dict[str, object]:
    result = CliRunner().invoke(brimline, ["count", *arguments, "--json"], input=text, catch_exceptions=False)
    answer = json.loads(result.stdout)
    assert isinstance(answer, dict)
    return answer


@pytest.mark.parametrize(
    ("model", "text", "framed"),
    [("claude-opus-4-5", 3, 10), ("claude-opus-4-7", 3, 15), ("claude-opus-5", 4, 10)],
)
def test_a_text_is_counted_alone_and_as_a_message(model: str, text: int, framed: int) -> None:
    said = counted("-", "--model", model, text="hello, world")
    message = counted("-", "--model", model, "--as-message", text="hello, world")

    assert (said["tokens"], message["tokens"]) == (text, framed)
    assert said["provenance"] == "exact"


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "text.md"
    file.write_text("hello, world", encoding="utf-8")

    assert counted(str(file), "--model", "claude-opus-4-5")["tokens"] == 3


def test_an_unknown_model_is_estimated_and_says_so() -> None:
    assert counted("-", "--model", "mystery-1", text="hello")["provenance"] == "estimated"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_is_no_text_is_refused(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "blob"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SystemExit) as end:
        main(["count", str(file)])

    assert end.value.code == 1
    assert str(file) in capsys.readouterr().err
