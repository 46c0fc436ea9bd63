"""Tables that fit the terminal."""

import pytest

from brimline.surfaces.cli.tables import print_table

ROWS = [["a name that is far too long for any narrow terminal to hold", "1,234,567"], ["b", "1"]]


def test_a_pipe_gets_everything(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["Name", "Tokens"], ROWS, ["Total", "1,234,568"])

    text = capsys.readouterr().out
    assert ROWS[0][0] in text
    assert text.split()[-2:] == ["Total", "1,234,568"]


def test_a_cell_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["Name", "Tokens"], [["\x1b[2Jx", "1"]])

    assert "\x1b" not in capsys.readouterr().out


def test_markup_in_a_name_stays_text(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["Name", "Tokens"], [["[bold]x[/bold]", "1"]])

    assert "[bold]x[/bold]" in capsys.readouterr().out
