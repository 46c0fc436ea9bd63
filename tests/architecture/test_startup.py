"""What people wait for a hundred times a day starts without what it does not need."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"aiohttp", "ctok", "genai_prices", "httpx", "numpy", "pydantic", "rich", "textual"}
SNAPSHOT = {
    "schema": "brimline/status@1",
    "window": {"size": 200_000},
    "categories": [{"name": "System", "tokens": 2_500}, {"name": "Messages", "tokens": 8_000}],
}
RUN = """
import sys
sys.argv = ["brimline", *sys.argv[1:]]
from brimline.surfaces.cli import main
try:
    main()
finally:
    print("\\n".join(sys.modules), file=sys.stderr)
"""


def modules_loaded_by(*arguments: str) -> set[str]:
    """Run the command line in a process of its own; return the first names of all modules it loaded."""
    run = subprocess.run([sys.executable, "-c", RUN, *arguments], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return {name.partition(".")[0] for name in run.stderr.split()}


def test_help_loads_nothing_heavy() -> None:
    assert modules_loaded_by("--help") & HEAVY == set()


def test_status_of_a_snapshot_as_json_loads_nothing_heavy(tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot.json"
    snapshot.write_text(json.dumps(SNAPSHOT), encoding="utf-8")

    assert modules_loaded_by("status", "--snapshot", str(snapshot), "--json") & HEAVY == set()


@pytest.mark.data
def test_status_of_a_session_as_json_loads_nothing_heavy(claude_folders: list[Path]) -> None:
    folder = str(claude_folders[0])

    assert modules_loaded_by("status", "--claude-dir", folder, "--json") & HEAVY == set()
