"""A sum of figures claims no more than its least sure part."""

from itertools import product

import pytest

from brimline.core.tokens import Provenance, weakest

EXACT, REPORTED, ESTIMATED = Provenance


def test_nothing_at_all_is_exact() -> None:
    assert weakest() is EXACT


@pytest.mark.parametrize("parts", [*product(Provenance, repeat=3)])
def test_one_estimate_makes_an_estimate_and_else_one_report_a_report(parts: tuple[Provenance, ...]) -> None:
    expected = ESTIMATED if ESTIMATED in parts else REPORTED if REPORTED in parts else EXACT

    assert weakest(*parts) is expected


def test_they_are_written_in_these_words() -> None:
    assert [*Provenance] == ["exact", "reported", "estimated"]
