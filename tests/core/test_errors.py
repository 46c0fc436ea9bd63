"""The error tree: what is drawn is what there is, and each branch has its exit code."""

import re

import pytest

from brimline.core import errors
from brimline.core.errors import (
    BrimlineError,
    BudgetError,
    ConfigError,
    InputError,
    NoSessionError,
    SnapshotError,
    StoreError,
    StoreFullError,
)

TREE = errors.__doc__ or ""
EVERY_ERROR = [error for error in vars(errors).values() if isinstance(error, type)]


@pytest.mark.parametrize("error", EVERY_ERROR)
def test_every_error_is_drawn_in_the_tree_under_its_parent(error: type[BrimlineError]) -> None:
    above = TREE.index(error.__mro__[1].__name__) if error is not BrimlineError else 0

    assert above <= TREE.index(error.__name__)


@pytest.mark.parametrize("error", EVERY_ERROR)
def test_the_drawn_exit_code_is_the_one_it_has(error: type[BrimlineError]) -> None:
    (line,) = [line for line in TREE.splitlines() if re.search(rf"\b{error.__name__}\b", line)]
    drawn = re.search(r"exit (\d+)", line)

    assert error.exit_code == (int(drawn[1]) if drawn else 1)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError, 1),
        (SnapshotError, 1),
        (StoreError, 1),
        (StoreFullError, 1),
        (ConfigError, 2),
        (BudgetError, 2),
        (NoSessionError, 20),
    ],
)
def test_exit_codes_are_those_of_the_design(error: type[BrimlineError], code: int) -> None:
    assert error("a sentence").exit_code == code


def test_whoever_reads_input_catches_a_bad_snapshot_too() -> None:
    with pytest.raises(InputError, match="no snapshot"):
        raise SnapshotError("a.json is no snapshot")
