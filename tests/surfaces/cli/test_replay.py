"""`brimline replay`, as it is called."""

import json
from pathlib import Path

from click.testing import CliRunner

from brimline.app import demo
from brimline.surfaces.cli.program import brimline

SESSION = Path(demo.__file__).with_name(demo.SESSION)


def run(*args: str) -> str:
    result = CliRunner().invoke(brimline, ["replay", str(SESSION), *args])
    assert result.exception is None
    return result.stdout


def test_each_policy_is_a_row_and_no_task_is_claimed_to_end_well() -> None:
    text = run("--policy", "identity", "--policy", "delete_all")
    rows = {line.split()[0]: line.split() for line in text.splitlines() if line.strip()}
    assert rows["identity"][1:4] == ["+0.0%", "+0.0%", "+0.0%"]
    assert float(rows["delete_all"][1].rstrip("%")) < 0
    assert "no claim is made" in text


def test_json_holds_the_same() -> None:
    view = json.loads(run("--policy", "light", "--json"))
    assert view["schema"] == "brimline/replay@1"
    (policy,) = view["policies"]
    assert (policy["policy"], policy["sessions"], policy["atoms"]["hidden"]) == ("light", 1, 0)
    assert [each["repository"] for each in view["by_repository"]] == [SESSION.parent.name]


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    args = ["replay", str(SESSION), str(tmp_path), "--policy", "identity"]
    text = CliRunner().invoke(brimline, args).stdout
    assert "Left out:" in text
    assert "empty.jsonl: it holds no request" in text
