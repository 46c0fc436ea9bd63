"""Nothing committed names the machine it was written on, and no lock names where packages come from."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOME_FOLDER = re.compile(
    r"(?<![\w.~:$}])/(?:home(?!/(?:me|you|dev|user)\b)|root|work|farm|opt|private|var/folders)/[\w.-]"
)
ADDRESS = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|--trusted-host|\bfile:")
SESSIONS = re.compile(r"\.(?:jsonl|json|gz|xz|svg|txt)$")


def committed() -> list[Path]:
    """Return the files that git tracks; none when this is no clone (an unpacked sdist)."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    return [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]


def lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
        return []


def found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(lines(path), 1)
        if pattern.search(line)
    ]


def test_no_committed_file_names_a_folder_of_a_machine() -> None:
    own = [path for path in committed() if not SESSIONS.search(path.name) and path != Path(__file__)]
    named = found(HOME_FOLDER, own)

    assert not named, "\n".join(named)


def test_no_lock_says_where_packages_come_from() -> None:
    locks = sorted(ROOT.glob("requirements*.txt"))

    assert len(locks) == 2
    assert found(ADDRESS, locks) == []


def test_every_locked_requirement_has_a_hash() -> None:
    for lock in ROOT.glob("requirements*.txt"):
        text = lock.read_text(encoding="utf-8")
        pins = re.split(r"\n(?=[A-Za-z0-9])", text)
        bare = [pin.splitlines()[0] for pin in pins if "==" in pin and "--hash=sha256:" not in pin]
        assert bare == []
