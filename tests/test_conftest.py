import os
from pathlib import Path

import pytest


def test_a_test_sees_no_home_but_its_own(brimline_home: Path) -> None:
    assert os.environ["BRIMLINE_HOME"] == str(brimline_home)
    assert not brimline_home.exists()


@pytest.mark.data
def test_the_session_data_is_unpacked(claude_folders: list[Path]) -> None:
    assert sum(len(list(folder.glob("projects/*/*.jsonl"))) for folder in claude_folders) >= 1


@pytest.mark.data
def test_the_token_truth_is_unpacked(token_truth: Path) -> None:
    assert (token_truth / "rosetta_counts.json").is_file()
