"""What may reach a terminal."""

import pytest

from brimline.surfaces.cli.terminal import LONGEST_NAME, printable, warn


def test_no_name_can_move_the_cursor() -> None:
    assert printable("\x1b[31mred\r\n\x07") == "�[31mred���"


def test_a_long_name_is_cut() -> None:
    assert printable("x" * LONGEST_NAME) == "x" * LONGEST_NAME
    assert printable("x" * (LONGEST_NAME + 1)) == "x" * (LONGEST_NAME - 1) + "…"


def test_every_sentence_is_a_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    warn("one", "two\x1b[2J\n")

    assert capsys.readouterr().err == "brimline: one\nbrimline: two\ufffd[2J\ufffd\n"
