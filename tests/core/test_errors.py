"""The error tree: what is drawn is what there is, and each branch has its exit code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

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
SOURCE = Path(errors.__file__).parents[1]
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


def test_every_sentence_of_an_error_begins_small_and_ends_without_a_full_stop() -> None:
    sentences = [text for file in sorted(SOURCE.rglob("*.py")) for text in sentences_raised(file)]

    assert len(sentences) > 20
    assert [text for text in sentences if text[0].isupper() or text.endswith(".")] == []


def sentences_raised(file: Path) -> Iterator[str]:
    """Yield what the errors of ours that *file* raises say, with `x` for each value in it."""
    names = {error.__name__ for error in EVERY_ERROR}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield from filter(None, map(spelled, node.args))


def spelled(said: ast.expr) -> str:
    """Return a literal or formatted text; "" for anything else."""
    pieces = said.values if isinstance(said, ast.JoinedStr) else [said]
    told = [str(piece.value) if isinstance(piece, ast.Constant) else "x" for piece in pieces]
    return "".join(told) if isinstance(said, ast.JoinedStr | ast.Constant) else ""
