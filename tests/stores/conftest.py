"""An archive of the test's own, and what stands on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from brimline.stores.archive import Archive, open_archive
from brimline.stores.journal import Journal
from brimline.stores.originals import Originals


@pytest.fixture
def archive(brimline_home: Path) -> Iterator[Archive]:
    archive = open_archive(brimline_home / "originals")
    yield archive
    archive.close()


@pytest.fixture
def originals(archive: Archive) -> Originals:
    return Originals(archive)


@pytest.fixture
def journal(archive: Archive, originals: Originals) -> Journal:
    return Journal(archive, originals)
