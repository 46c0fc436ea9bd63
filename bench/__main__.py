"""Run the benchmarks and write docs/benchmarks.md: `python -m bench [NAME ...]`, by default all of them."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Row

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
NOT_BENCHMARKS = {"figures"}
SECONDS = 1800

RUN = """
import importlib, json, sys
from bench.figures import Skipped
benchmark = importlib.import_module("bench." + sys.argv[1])
try:
    told = {"rows": list(benchmark.measure())}
except Skipped as reason:
    told = {"skipped": str(reason)}
print(json.dumps({"title": benchmark.__doc__.splitlines()[0].rstrip("."), **told}))
"""

HEAD = """\
# Benchmarks

What we wanted and what we got, written by `make bench`. Ratios come from one run on one machine, both sides
after each other; absolute times are that machine's. The programs are in `bench/`; data that is not in the
project is named by `BRIMLINE_DATA`, and what was absent is said.
"""


def names() -> list[str]:
    """Return the names of all benchmarks, sorted."""
    stems = {path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_")}
    return sorted(stems - NOT_BENCHMARKS)


def section(name: str) -> str:
    """Run benchmark *name* in a process of its own; return its section of the page."""
    print(f"==> {name}", file=sys.stderr)
    run = subprocess.run(
        [sys.executable, "-c", RUN, name],
        cwd=HERE.parent,
        stdout=subprocess.PIPE,
        timeout=SECONDS,
        check=True,
    )
    told = json.loads(run.stdout.splitlines()[-1])
    body = (
        f"Not measured here: {told['skipped']}\n"
        if "skipped" in told
        else table(map(Row._make, told["rows"]))
    )
    return f"<!-- {name}: {conditions()} -->\n## {told['title']}\n\n{body}"


def conditions() -> str:
    """Return when and on what was measured."""
    today = datetime.now(tz=UTC).date()
    return f"{today}, Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores"


def table(rows: Iterable[Row]) -> str:
    """Return *rows* as a Markdown table."""
    verdicts = {True: "met", False: "**not met**", None: ""}
    lines = [f"| {row.what} | {row.wanted} | {row.reached} | {verdicts[row.met]} |" for row in rows]
    return "\n".join(["| what | wanted | reached | |", "| --- | --- | --- | --- |", *lines]) + "\n"


def sections(page: str) -> dict[str, str]:
    """Return the sections that *page* holds, by benchmark."""
    parts = page.split("\n<!-- ")[1:]
    return {part.partition(":")[0]: f"<!-- {part.rstrip()}\n" for part in parts}


def main(chosen: list[str]) -> None:
    """Run the *chosen* benchmarks, or all, and write their sections; the others keep theirs."""
    kept = sections(PAGE.read_text(encoding="utf-8")) if PAGE.is_file() else {}
    fresh = {name: section(name) for name in chosen or names()}
    known = {name: text for name, text in sorted((kept | fresh).items()) if name in names()}
    PAGE.write_text("\n".join([HEAD, *known.values()]), encoding="utf-8")
    print("\n".join(fresh.values()))


if __name__ == "__main__":
    main(sys.argv[1:])
