import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from brimline.app.usage import GROUPS
from brimline.surfaces.cli.program import main as program
from brimline.surfaces.cli.quick import Question, Sum, answer, main, plain_count, plain_question

LINE = (
    '{"message":{"id":"m","model":"claude-opus-4-6","usage":{"input_tokens":1,"output_tokens":2}},'
    '"requestId":"r","timestamp":"2026-07-01T10:00:00Z","cwd":"/srv"}\n'
)


@pytest.fixture
def claude(tmp_path: Path) -> str:
    project = tmp_path / "claude" / "projects" / "-srv"
    project.mkdir(parents=True)
    (project / "a.jsonl").write_text(LINE, encoding="utf-8")
    return str(tmp_path / "claude")


@pytest.mark.parametrize(
    ("args", "question"),
    [
        (["usage", "--json"], Question()),
        (["usage", "--by", "model", "--json"], Question(group="model")),
        (
            ["usage", "--json", "--claude-dir", "/x", "--since", "2026-01-01"],
            Question("day", "/x", "", "2026-01-01"),
        ),
    ],
)
def test_plain_questions_are_understood(args: list[str], question: Question) -> None:
    assert plain_question(args) == question


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["status", "--json"],
        ["usage"],
        ["usage", "--csv"],
        ["usage", "--json", "--json"],
        ["usage", "--json", "--help"],
        ["usage", "--json", "--csv"],
        ["usage", "--json", "--by"],
        ["usage", "--json", "--by", "--csv"],
        ["usage", "--json", "--by", "moon"],
        ["usage", "--json", "--by", "day", "--by", "week"],
        ["usage", "--json", "--by=day"],
        ["usage", "--json", "--claude-dir", ""],
    ],
)
def test_everything_else_is_left_to_the_command(args: list[str]) -> None:
    assert plain_question(args) is None
    assert not answer(args)


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_is_plain(group: str) -> None:
    assert plain_question(["usage", "--json", "--by", group]) == Question(group=group)


def test_a_file_s_name_cannot_move_the_cursor(
    claude: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "\x1b[2J").touch()  # where no index can be kept
    monkeypatch.setenv("BRIMLINE_HOME", str(tmp_path / "\x1b[2J"))

    main(["usage", "--json", "--claude-dir", claude])

    said = capsys.readouterr().err
    assert "cannot be kept" in said
    assert "\x1b" not in said


def test_an_interrupt_ends_it_as_the_command_line_does(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("brimline.app.usage.usage_view", interrupt)

    with pytest.raises(SystemExit, match="Aborted!"):
        main(["usage", "--json"])


@pytest.mark.parametrize("more", [[], ["--by", "session"], ["--timezone", "UTC"], ["--until", "2026-06-01"]])
def test_the_quick_answer_is_the_commands_own(
    claude: str, capsys: pytest.CaptureFixture[str], more: Sequence[str]
) -> None:
    args = ["usage", "--claude-dir", claude, "--json", *more]
    main(args)
    quick = capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        program(args)

    assert ended.value.code in {0, None}
    assert json.loads(quick.out) == json.loads(capsys.readouterr().out)
    assert quick.err == ""


@pytest.mark.parametrize(("option", "code"), [("--since", 2), ("--claude-dir", 20)])
def test_errors_are_the_commands_own(
    claude: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, code: int
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["usage", "--json", option, str(tmp_path / "none")])

    assert ended.value.code == code
    assert json.loads(capsys.readouterr().err)["error"]["message"]


def test_a_refresh_starts_without_the_command_line_or_a_price_table(claude: str) -> None:
    program_text = (
        "import sys; from brimline.surfaces.cli import main; main(sys.argv[1:]);"
        "print(*sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", program_text, "usage", "--json", "--claude-dir", claude]
    subprocess.run(command, capture_output=True, check=True)

    again = subprocess.run(command, capture_output=True, check=True, text=True)

    loaded = {name.partition(".")[0] for name in again.stderr.split()} | set(again.stderr.split())
    assert loaded & {"click", "rich", "msgspec", "dataclasses", "pathlib", "brimline.pricing"} == set()


# ---------------------------------------------------------------------------------------------- count
@pytest.mark.parametrize(
    ("args", "asked"),
    [
        (["count", "a.md"], Sum("a.md")),
        (["count", "-"], Sum("-")),
        (["count", "--json", "a.md", "--model", "m"], Sum("a.md", "m", as_json=True)),
        (["count", "--model", "m", "-", "--as-message"], Sum("-", "m", as_message=True)),
    ],
)
def test_a_plain_count_is_understood(args: list[str], asked: Sum) -> None:
    assert plain_count(args) == asked


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["status"],
        ["count"],
        ["count", ""],
        ["count", "a", "b"],
        ["count", "--help"],
        ["count", "a", "--model"],
        ["count", "a", "--model", ""],
        ["count", "a", "--model", "--json"],
        ["count", "a", "--model", "m", "--model", "n"],
        ["count", "a", "--model=m"],
    ],
)
def test_any_other_count_is_left_to_the_command(args: list[str]) -> None:
    assert plain_count(args) is None


@pytest.mark.parametrize("options", [[], ["--json"], ["--as-message", "--model", "claude-opus-5"]])
def test_a_quick_count_says_what_the_command_says(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "text.md"
    file.write_text("hello, world", encoding="utf-8")
    args = ["count", str(file), *options]
    main(args)
    quick = capsys.readouterr().out

    with pytest.raises(SystemExit):
        program(args)

    assert capsys.readouterr().out == quick


def test_what_was_read_and_is_no_text_is_refused_at_once() -> None:
    command = [sys.executable, "-c", "from brimline.surfaces.cli import main; main()", "count", "-", "--json"]

    run = subprocess.run(command, input=b"\xff", capture_output=True, check=False)

    assert (run.returncode, run.stdout) == (1, b"")
    assert json.loads(run.stderr)["error"]["type"] == "InputError"


def test_a_quick_count_loads_no_more_than_it_needs() -> None:
    code = (
        "import sys; from brimline.surfaces.cli import main; main(['count', '-', '--json']);"
        "print(*sys.modules, file=sys.stderr)"
    )

    run = subprocess.run([sys.executable, "-c", code], input=b"hi", capture_output=True, check=True)

    heavy = {"brimline.app.sessions", "brimline.app.wiring", "click", "dataclasses", "msgspec", "sqlite3"}
    assert heavy & set(run.stderr.decode().split()) == set()


@pytest.mark.timing
def test_a_count_takes_no_longer_than_60_ms_from_process_start() -> None:
    command = [sys.executable, "-c", "from brimline.surfaces.cli import main; main()", "count", "-", "--json"]
    seconds: list[float] = []
    for _ in range(11):
        started = perf_counter()
        subprocess.run(command, input=b"hello", capture_output=True, check=True)
        seconds.append(perf_counter() - started)

    assert median(seconds) <= 0.06
