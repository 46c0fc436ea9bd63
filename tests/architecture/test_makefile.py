"""The Makefile keeps to what GNU make 3.81 and a plain POSIX sh know."""

import re
from pathlib import Path

import pytest

MAKEFILE = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
NEWER = {
    ".ONESHELL": r"^\.ONESHELL",
    "$(file ...)": r"\$\(file\b",
    "grouped targets": r"&:",
    "shell assignment": r"^\w+\s*!=",
    ".SHELLFLAGS": r"^\.SHELLFLAGS",
    "double brackets": r"\[\[",
    "pipefail": r"pipefail",
    "here strings": r"<<<",
}


@pytest.mark.parametrize("feature", NEWER)
def test_the_makefile_needs_no(feature: str) -> None:
    assert not re.search(NEWER[feature], MAKEFILE, re.MULTILINE)


def test_every_target_with_help_is_phony() -> None:
    documented = set(re.findall(r"^([a-z0-9-]+):.*## ", MAKEFILE, re.MULTILINE))
    phony = re.search(r"^\.PHONY:((?:.*\\\n)*.*)", MAKEFILE, re.MULTILINE)

    assert phony is not None
    assert documented <= set(phony[1].replace("\\", "").split())
