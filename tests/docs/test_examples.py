"""Every code block of the README and the docs does what it shows."""

import doctest
import json
import tomllib
from pathlib import Path

import pytest

from tools.examples import ROOT, Block, Command, Unfit, agrees, blocks, commands, pages, prepare, rewrite, run

BLOCKS = [block for page in pages() for block in blocks(page) if not block.not_run]
CHECKED = {"console", "python", "json", "toml", "text", "mermaid"}


def of(language: str) -> list[Block]:
    return [block for block in BLOCKS if block.language == language]


@pytest.mark.parametrize("block", of("console"), ids=lambda block: block.name)
def test_a_command_prints_what_the_page_shows(block: Block, tmp_path: Path) -> None:
    (folder := tmp_path / "here").mkdir()
    environment = prepare(folder)

    for command in commands(block):
        ran = run(command, folder, environment)
        assert ran.exit_code == command.exit_code, ran.output
        assert agrees(command.expected, ran.output), f"$ {command.line}\n{ran.output}"


@pytest.mark.parametrize("page", sorted({block.page for block in of("python")}), ids=lambda page: page.name)
def test_python_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder := tmp_path / "here").mkdir()
    for name, value in prepare(folder).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    names: dict[str, object] = {"__name__": "__main__"}

    for block in of("python"):
        if block.page == page:
            run_python(block, names)


def run_python(block: Block, names: dict[str, object]) -> None:
    """Run *block* in *names*: as a doctest where it shows a session, else as a program."""
    if ">>> " not in block.text:
        exec(compile("\n" * (block.line - 1) + block.text, block.page, "exec"), names)  # the page is our own
        return
    session = doctest.DocTestParser().get_doctest(
        block.text, names, block.name, str(block.page), block.line - 1
    )
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.FAIL_FAST)
    wrong: list[str] = []
    assert runner.run(session, out=wrong.append, clear_globs=False).failed == 0, "".join(wrong)
    names.update(session.globs)


@pytest.mark.parametrize("block", of("json"), ids=lambda block: block.name)
def test_json_parses(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("block", of("toml"), ids=lambda block: block.name)
def test_toml_parses(block: Block) -> None:
    tomllib.loads(block.text)


def test_every_block_is_of_a_kind_that_is_checked_or_says_why_not() -> None:
    assert [block.name for block in BLOCKS if block.language not in CHECKED] == []


@pytest.mark.parametrize(
    ("expected", "output", "agreed"),
    [
        pytest.param("a\nb\n", "a\nb\n", True, id="the same"),
        pytest.param("a\nb\n", "a\nc\n", False, id="another line"),
        pytest.param("a\n...\nd\n", "a\nb\nc\nd\n", True, id="any lines between"),
        pytest.param("a\n...\n", "a\nb\n", True, id="any lines after"),
        pytest.param("a\n", "a\nb\n", False, id="a line more"),
        pytest.param("1.5\n", "1x5\n", False, id="no pattern but the dots"),
        pytest.param("a  \n\n", "a\n", True, id="trailing blanks"),
    ],
)
def test_output_agrees_with_a_page(expected: str, output: str, *, agreed: bool) -> None:
    assert agrees(expected, output) is agreed


def test_a_page_is_cut_into_blocks_and_commands(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Title\n\n```console\n$ echo one\none\n$ false  # exit 1\n```\n\n"
        "<!-- not run: needs the network -->\n```sh\npipx install it\n```\n",
        encoding="utf-8",
    )

    shown, skipped = blocks(page)

    assert commands(shown) == [Command("echo one", 0, "one\n"), Command("false  # exit 1", 1, "")]
    assert (shown.line, skipped.language, skipped.not_run) == (4, "sh", "needs the network")


def test_a_command_runs_beside_the_example_files(tmp_path: Path) -> None:
    (folder := tmp_path / "here").mkdir()

    ran = run(Command("echo $BRIMLINE_HOME; exit 3  # exit 3", 3, ""), folder, prepare(folder))

    assert ran == (3, "~/brimline\n")


def test_a_page_that_is_rewritten_agrees(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```console\n$ echo two\none\n```\n\n```console\n$ true\n$ seq 3\n1\n...\n```\n", encoding="utf-8"
    )

    assert rewrite(page)
    assert page.read_text(encoding="utf-8") == (
        "```console\n$ echo two\ntwo\n```\n\n```console\n$ true\n$ seq 3\n1\n...\n```\n"
    )
    assert not rewrite(page)


@pytest.mark.parametrize(
    "block",
    [
        pytest.param("$ exit 2\n", id="another exit code"),
        pytest.param("$ echo two\none\n...\n", id="parts that are not there"),
    ],
)
def test_a_page_that_a_person_must_mend_stays_as_it_is(tmp_path: Path, block: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"```console\n{block}```\n", encoding="utf-8")

    with pytest.raises(Unfit):
        rewrite(page)

    assert page.read_text(encoding="utf-8") == f"```console\n{block}```\n"


def test_the_readme_is_among_the_pages() -> None:
    assert ROOT / "README.md" in pages()
