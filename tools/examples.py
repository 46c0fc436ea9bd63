"""The code blocks of our pages: found, run, compared, and written anew.

A `console` block holds commands (`$ brimline …`) and what they print; a line `...` stands for any lines, and
a command that must fail says so in a comment (`$ brimline status --fail-on warning  # exit 10`). Commands run
in a folder that holds a copy of `docs/examples/`, with an empty BRIMLINE_HOME and a Claude folder that holds
the bundled session. `python` blocks run in order, a page's in one namespace (as doctests where they hold
`>>>`); `json` and `toml` blocks must parse. A block that cannot run here says why in a comment just above it:
`<!-- not run: needs the network -->`.

    python tools/examples.py        writes the output of every console block anew
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "docs" / "examples"
FENCE = re.compile(
    r"(?:^<!-- not run: (?P<reason>[^\n]+) -->\n+)?^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
EXIT = re.compile(r"\s+# exit (\d+)$")


class Block(NamedTuple):
    """A fenced block: where its text starts (offset and 1-based line), and why it is not run, if so."""

    page: Path
    start: int
    line: int
    language: str
    text: str
    not_run: str | None

    @property
    def name(self) -> str:
        """Where it stands, for a test's id."""
        return f"{os.path.relpath(self.page, ROOT)}:{self.line}"


class Command(NamedTuple):
    """One command of a console block: its line as it stands, its exit code and its expected output."""

    line: str
    exit_code: int
    expected: str


class Ran(NamedTuple):
    """What a command did."""

    exit_code: int
    output: str


def pages() -> list[Path]:
    """Return the README and every page under docs/, sorted."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of *page* in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            page=page,
            start=match.start("text"),
            line=text.count("\n", 0, match.start("text")) + 1,
            language=match["language"],
            text=match["text"],
            not_run=match["reason"],
        )
        for match in FENCE.finditer(text)
    ]


def commands(block: Block) -> list[Command]:
    """Return the commands of a console block with the output that the block shows for each."""
    parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
    return [_command(*part.partition("\n")[::2]) for part in parts]


def _command(line: str, expected: str) -> Command:
    failing = EXIT.search(line)
    return Command(line, int(failing[1]) if failing else 0, expected)


def prepare(folder: Path) -> dict[str, str]:
    """Fill *folder* with the example files; return the environment in which commands run there."""
    if EXAMPLES.is_dir():
        shutil.copytree(EXAMPLES, folder, dirs_exist_ok=True)
    home = folder.parent / f"{folder.name}-home"
    _lend_bundled_sessions(home / ".claude" / "projects" / "-demo")
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
        "HOME": str(home),
        "BRIMLINE_HOME": str(home / "brimline"),
        "COLUMNS": "100",
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
        "TZ": "UTC",
    }


def _lend_bundled_sessions(project: Path) -> None:
    """Put the sessions that the package brings for its demo where Claude Code would have written them."""
    project.mkdir(parents=True, exist_ok=True)
    for session in (ROOT / "src" / "brimline").rglob("*.jsonl"):
        shutil.copy(session, project)


def run(command: Command, folder: Path, environment: dict[str, str]) -> Ran:
    """Run *command* in *folder* as a shell would; return its exit code and what it printed.

    What goes to standard error is part of that only where the command fails: notes beside an answer (an index
    was built) are not the answer. The home folder is shown as `~`.
    """
    done = subprocess.run(
        ["/bin/sh", "-c", EXIT.sub("", command.line)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    printed = done.stdout + (done.stderr if done.returncode else b"")
    shown = printed.decode("utf-8", "replace").replace(environment["HOME"], "~")
    return Ran(done.returncode, shown)


def agrees(expected: str, output: str) -> bool:
    """Tell whether *output* is what the page shows, trailing blanks aside and `...` for any lines."""
    shown, printed = _trimmed(expected), _trimmed(output)
    parts = re.split(r"(?m)(^\.\.\.\n)", shown)
    pattern = "".join(".*" if part == "...\n" else re.escape(part) for part in parts)
    return re.fullmatch(pattern, printed, re.DOTALL) is not None


def _trimmed(output: str) -> str:
    """Return *output* without blanks at the ends of lines and without blank lines around it."""
    lines = "\n".join(line.rstrip() for line in output.split("\n")).strip("\n")
    return f"{lines}\n" if lines else ""


class Unfit(Exception):  # noqa: N818  (what a person has to mend, not a failure of ours)
    """Raised where a page's output must not simply be written anew; its text is what to look at."""


def rewritten(block: Block, folder: Path) -> str:
    """Return the text of a console block with what its commands print now; one that agrees stays as it is.

    Raises:
        Unfit: A command ended with another exit code than the page says, or its output is shown in part.
    """
    environment = prepare(folder)
    return "".join(_shown(block, command, run(command, folder, environment)) for command in commands(block))


def _shown(block: Block, command: Command, ran: Ran) -> str:
    line = f"$ {command.line}\n"
    if ran.exit_code != command.exit_code:
        raise Unfit(f"{block.name}: {line}exit {ran.exit_code}\n{ran.output}")
    if agrees(command.expected, ran.output):
        return line + command.expected
    if "...\n" in command.expected:
        raise Unfit(f"{block.name}: {line}its parts are not all in:\n{ran.output}")
    return line + _trimmed(ran.output)


def rewrite(page: Path) -> bool:
    """Write the outputs of *page* anew; tell whether it changed.

    Raises:
        Unfit: Somebody has to look at it; the page stays as it was.
    """
    before = text = page.read_text(encoding="utf-8")
    for block in reversed(blocks(page)):
        if block.language == "console" and not block.not_run:
            with tempfile.TemporaryDirectory() as scratch:
                (folder := Path(scratch) / "here").mkdir()
                new = rewritten(block, folder)
            text = text[: block.start] + new + text[block.start + len(block.text) :]
    page.write_text(text, encoding="utf-8")
    return text != before


def main() -> int:
    """Rewrite every page; return the number of those that somebody has to look at."""
    unfit = 0
    for page in pages():
        try:
            if rewrite(page):
                print(f"wrote {page.relative_to(ROOT)}")
        except Unfit as what:
            unfit += 1
            print(what, file=sys.stderr)
    return unfit


if __name__ == "__main__":
    sys.exit(main())
