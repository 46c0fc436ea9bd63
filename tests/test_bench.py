"""The collector of `make bench`: what benchmarks hand over, and the page it makes of them."""

import importlib

import pytest

from bench.__main__ import names, sections, table
from bench.figures import Row


def test_rows_become_a_table_that_says_what_was_met() -> None:
    rows = [Row("a", "< 1 s", "2 s", met=False), Row("b", "", "3", met=None)]

    assert table(rows).splitlines()[2:] == ["| a | < 1 s | 2 s | **not met** |", "| b |  | 3 |  |"]


def test_a_page_is_cut_into_sections_that_join_to_the_same_page() -> None:
    page = "# Benchmarks\n\n<!-- one: today -->\n## One\n\n1\n\n<!-- two: today -->\n## Two\n\n2\n"

    cut = sections(page)

    assert list(cut) == ["one", "two"]
    assert "\n".join(["# Benchmarks\n", *cut.values()]) == page


@pytest.mark.parametrize("name", names())
def test_a_benchmark_has_a_title_and_measures(name: str) -> None:
    benchmark = importlib.import_module(f"bench.{name}")

    assert (benchmark.__doc__ or "").strip()
    assert callable(benchmark.measure)
