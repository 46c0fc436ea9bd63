"""The pages hang together: links lead somewhere, every page can be reached, named make targets exist."""

import re
from pathlib import Path

import pytest

from tools.examples import ROOT, pages

LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")
MAKE = re.compile(r"(?:^\$ |^|`)make ([a-z][a-z0-9-]*)", re.MULTILINE)
TARGETS = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def links(page: Path) -> list[Path]:
    return [(page.parent / target).resolve() for target in LINK.findall(page.read_text(encoding="utf-8"))]


def leads_to(page: Path) -> list[Path]:
    """Return the pages that *page* links to; a link to a folder leads to every page in it."""
    return [each for link in links(page) for each in (link.glob("*.md") if link.is_dir() else [link])]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", pages(), ids=name)
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    assert [str(target) for target in links(page) if not target.exists()] == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached and page.suffix == ".md" and page.exists():
            reached.add(page)
            waiting += leads_to(page)

    assert sorted(name(page) for page in set(pages()) - reached) == []


@pytest.mark.parametrize("page", pages(), ids=name)
def test_make_targets_that_a_page_names_exist(page: Path) -> None:
    assert set(MAKE.findall(page.read_text(encoding="utf-8"))) <= TARGETS
