"""Words that figures stand with."""

import pytest

from brimline.core.wording import counted


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 skills"), (1, "1 skill"), (2, "2 skills"), (12_345, "12,345 skills")]
)
def test_only_one_is_told_in_the_singular(number: int, told: str) -> None:
    assert counted(number, "skill") == told
