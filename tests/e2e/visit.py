"""A whole visit of a real Claude Code client to a small project, and what brimline says of it meanwhile."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypedDict

import msgspec
from tests.e2e.stand_in import ERRAND, Answer, Call, Kind, StandIn, Text

BRIMLINE = Path(sys.executable).with_name("brimline")
CLOCK = Path(__file__).with_name("clock.py")
TOOLS = "Bash,Read,Grep,Skill,Agent,Task,ToolSearch,mcp__clock"
KEY = "dummy-key-00000000000000000000"


class Item(msgspec.Struct):
    """A line of a status."""

    name: str
    tokens: int


class Category(msgspec.Struct):
    """A category of a status with its lines."""

    name: str
    tokens: int
    items: list[Item]


class Status(msgspec.Struct):
    """What `brimline status --json` says, as far as it is looked at."""

    session: str
    model: str
    request: int
    requests: int
    client_version: str
    categories: list[Category]
    reported_tokens: int
    accounted_tokens: int
    residual_tokens: int
    error_share: float

    def items(self, category: str) -> dict[str, int]:
        """Return the tokens of each line of *category*."""
        (found,) = (each for each in self.categories if each.name == category)
        return {item.name: item.tokens for item in found.items}


class Totals(msgspec.Struct):
    """The totals of `brimline usage --json`."""

    requests: int
    input_tokens: int
    cache_write_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    cache_read_tokens: int
    output_tokens: int
    cost_usd: float = 0.0


class Usage(msgspec.Struct):
    """What `brimline usage --json` says, as far as it is looked at."""

    totals: Totals
    warnings: list[str] = []


class Stage(NamedTuple):
    """How things stood after a run of the client."""

    status: Status
    main_requests: int
    window_tokens: int
    """What the stand-in reported for the last request of the main conversation."""


class Start(TypedDict):
    """What starts a program: for `subprocess.run` and `Popen`."""

    args: list[str | Path]
    env: dict[str, str]


def brimline(home: Path, *arguments: str | Path) -> Start:
    """Return what starts brimline with *home* as its BRIMLINE_HOME, and nothing of the caller's settings."""
    environment = {"PATH": os.defpath, "HOME": str(home.parent), "BRIMLINE_HOME": str(home), "TZ": "UTC"}
    return {"args": [BRIMLINE, *arguments], "env": environment}


def run_brimline(home: Path, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run brimline to its end."""
    start = brimline(home, *arguments)
    return subprocess.run(**start, capture_output=True, text=True, check=False, timeout=120)


def read_status(home: Path, claude: Path, *arguments: str) -> Status:
    """Return the status of the newest session below the folder *claude*."""
    done = run_brimline(home, "status", "--json", "--claude-dir", claude, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return msgspec.json.decode(done.stdout, type=Status)


def read_usage(home: Path, claude: Path) -> Usage:
    """Return the usage of everything below the folder *claude*."""
    done = run_brimline(home, "usage", "--json", "--claude-dir", claude)
    assert done.returncode == 0, done.stdout + done.stderr
    return msgspec.json.decode(done.stdout, type=Usage)


@dataclass
class Visit:
    """A client at work in *root*, answered by *stand_in*."""

    program: Path
    root: Path
    stand_in: StandIn
    model: str | None
    stages: list[Stage] = field(default_factory=list)
    watched: list[Status | str] = field(default_factory=list)
    """What status said while the client ran: a view, or the error in words."""

    @property
    def project(self) -> Path:
        """The folder that the client works in."""
        return self.root / "project"

    @property
    def claude(self) -> Path:
        """The client's own folder."""
        return self.root / "home" / ".claude"

    @property
    def home(self) -> Path:
        """Brimline's own folder."""
        return self.root / "brimline"

    def say(self, prompt: str, *more: str, watch: bool = False) -> None:
        """Run the client once with *prompt*; *watch* asks for the status all the while."""
        with self._start(prompt, *more) as client:
            while watch and client.poll() is None:
                self._watch()
            said, _ = client.communicate(timeout=120)
        assert client.returncode == 0, said

    def kill_after(self, prompt: str, *, requests: int) -> None:
        """Run the client with *prompt* and kill it once so many requests stand in its transcript."""
        with self._start(prompt) as client:
            until = time.monotonic() + 60
            while self._written() < requests and client.poll() is None and time.monotonic() < until:
                time.sleep(0.05)
            client.kill()

    def _written(self) -> int:
        """Return how many requests stand in transcripts."""
        return read_usage(self.home, self.claude).totals.requests if list(self.claude.rglob("*.jsonl")) else 0

    def _start(self, prompt: str, *more: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [self.program, "-p", prompt, *self._options(), *more],
            cwd=self.project,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _options(self) -> list[str]:
        chosen = ["--model", self.model] if self.model else []
        return [*chosen, "--mcp-config", str(self.root / "mcp.json"), "--allowedTools", TOOLS]

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root / "home"),
            "CLAUDE_CONFIG_DIR": str(self.claude),
            "ANTHROPIC_BASE_URL": self.stand_in.url,
            "ANTHROPIC_API_KEY": KEY,
            "DISABLE_AUTOUPDATER": "1",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        }

    def _watch(self) -> None:
        done = run_brimline(self.home, "status", "--json", "--claude-dir", self.claude)
        failed = f"exit {done.returncode}: {done.stdout}{done.stderr}"
        self.watched.append(failed if done.returncode else msgspec.json.decode(done.stdout, type=Status))
        time.sleep(0.05)

    def look(self) -> None:
        """Note how things stand."""
        main = self.stand_in.of(Kind.MAIN)
        status = read_status(self.home, self.claude)
        self.stages.append(Stage(status, len(main), main[-1].window_tokens))


FILES = {
    "CLAUDE.md": "# Ledger\nAdd every figure twice, and say so where the two sums differ.\n",
    "src/ledger.py": 'def total(rows):\n    """Add the rows."""\n    return sum(rows)\n' * 60,
    "notes/CLAUDE.md": "Each note begins with its date.\n",
    "notes/first.md": "# Notes\n2026-01-02: began.\n",
    ".claude/skills/tally/SKILL.md": "---\nname: tally\ndescription: Tally a ledger.\n---\n"
    "Count each row twice, from the top and from the bottom.\n",
    ".claude/agents/scout.md": "---\nname: scout\ndescription: Looks around.\ntools: Bash, Read\n---\n"
    "You look around and report what you saw.\n",
}


def furnish(root: Path) -> None:
    """Make the project below *root*, with memory, a skill, an agent and an MCP server."""
    (root / "home" / ".claude").mkdir(parents=True)
    for name, text in FILES.items():
        path = root / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    servers = {"mcpServers": {"clock": {"command": sys.executable, "args": [str(CLOCK)]}}}
    (root / "mcp.json").write_text(json.dumps(servers))


def script(project: Path) -> dict[Kind, list[Answer]]:
    """Return what the stand-in answers: tools of every sort in the first turn, a file in the second."""
    ledger, note = str(project / "src/ledger.py"), str(project / "notes/first.md")
    errand = {"description": "Look", "prompt": f"{ERRAND} count the sources", "subagent_type": "scout"}
    first: list[Answer] = [
        [
            Text("I look around first."),
            Call("Bash", {"command": "sleep 0.3; seq 1 400", "description": "Count"}),
            Call("Read", {"file_path": ledger}),
        ],
        [Call("Skill", {"skill": "tally"})],
        [Call("Agent", errand)],
        [Call("ToolSearch", {"query": "select:mcp__clock__now"})],
        [Call("mcp__clock__now", {"zone": "UTC"})],
        [Call("Bash", {"command": "sleep 0.3; exit 3", "description": "Fail"})],
        [Text("The ledger adds up.")],
    ]
    then: list[Answer] = [[Call("Read", {"file_path": note})], [Text("The note is dated.")]]
    agent: list[Answer] = [
        [Call("Bash", {"command": "seq 1 30", "description": "Count"})],
        [Text("There is one source.")],
    ]
    return {Kind.MAIN: [*first, *then], Kind.AGENT: agent}


def make_visit(program: Path, root: Path, model: str | None) -> Visit:
    """Run a whole session: a turn of many tools, one more, a compaction, and one after it."""
    furnish(root)
    with StandIn(script(root / "project")) as stand_in:
        visit = Visit(program, root, stand_in, model)
        visit.say("Look at the ledger, please.", watch=True)
        visit.look()
        visit.say("Now read the first note.", "--continue")
        visit.look()
        visit.say("/compact", "--continue")
        visit.say("Is anything left?", "--continue")
        visit.look()
    return visit
