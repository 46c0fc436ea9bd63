"""`brimline completion`."""

import pytest
from click.testing import CliRunner

from brimline.surfaces.cli.program import brimline


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell: str) -> None:
    shown = CliRunner().invoke(brimline, ["completion", shell])

    assert "_BRIMLINE_COMPLETE" in shown.output
