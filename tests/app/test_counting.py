"""The tokens of a text, and what is refused as one."""

from pathlib import Path

import pytest

from brimline.app.counting import count_text, read_text
from brimline.core.errors import InputError
from brimline.core.tokens import Provenance


def test_a_text_is_counted_alone_and_as_a_message() -> None:
    alone, framed = (
        count_text("hello, world", "claude-opus-4-7", as_message=as_it) for as_it in (False, True)
    )

    assert (alone.tokens, framed.tokens) == (3, 15)
    assert alone.provenance is Provenance.EXACT


def test_a_view_is_json_with_its_schema() -> None:
    view = count_text("hello").to_json()

    assert (view["schema"], view["model"], view["provenance"]) == (
        "brimline/count@1",
        "claude-sonnet-5",
        "exact",
    )


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_what_is_no_text_is_refused(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "text"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(InputError, match=str(file)):
        read_text(str(file))
