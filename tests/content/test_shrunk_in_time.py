"""A megabyte of anything takes less than a second: what comes from a tool may be anything."""

import time
from collections.abc import Callable

import pytest

from brimline.content import diff, log, paths, search, test_output
from brimline.content.detect import detect

CHARS = 1_000_000
SECONDS = 1.0

UNITS = {
    "one line of one letter": "a",
    "one line of digits": "1",
    "one line of hex": "0a1b2c3d",
    "one line of spaces": " ",
    "one line of dots": "...",
    "one line of colons": "a::",
    "one line of brackets": "[",
    "one line of hits": "a/b.go:1:",
    "one line of context": "a/b.go-1-",
    "one line of arrows": "a > b PASSED ",
    "one line of errors": "error fail ",
    "one line of escapes": "\x1b[",
    "one line of unfinished titles": "\x1b]0;x",
    "one line of quotes": "'\"\\",
    "one line of returns": "x\r",
    "empty lines": "\n",
    "lines of a letter": "a\n",
    "lines of errors": "error\n",
    "lines of verdicts": "--- PASS: T (0.0s)\n",
    "lines of runs": "=== RUN   T\nx\n",
    "lines of hunks": "@@ -1,9 +1,9 @@\n-a\n b\n",
    "lines of context": "@@ -1,999999999 +1,999999999 @@\n c\n c\n c\n",
    "lines of a letter and a colon": "a:\n",
    "lines of marks": "[… 3 lines]\n",
    "lines of counted runs": "a\n[… 1 more of the line above]\n",
    "lines of hits": "src/app/x.go:12:text\n",
    "lines of paths": "src/app/x.go\n",
    "one line of folders": "a/",
    "lines of folders": "/a/b/c/d/e/f/g/h/i/j/k/l/m/\n",
    "lines of here-documents": "cat <<X\n",
    "lone surrogates": "\ud800",
}


def seconds_of(act: Callable[[str], object], text: str) -> float:
    """Return the CPU seconds that *act* takes for *text*, the better of two runs: we are not alone here."""
    times: list[float] = []
    for _ in range(2):
        start = time.process_time()
        act(text)
        times.append(time.process_time() - start)
        if times[-1] < SECONDS / 2:
            break
    return min(times)


@pytest.mark.timing
@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
@pytest.mark.parametrize(
    "shrink",
    [
        log.fold,
        test_output.fold,
        diff.fold,
        paths.tighten,
        search.tighten,
        search.fold,
    ],
    ids=lambda shrink: f"{shrink.__module__.rpartition('.')[2]}.{shrink.__name__}",
)
def test_a_megabyte_of_anything_is_shrunk_in_a_second(shrink: Callable[[str], object], unit: str) -> None:
    text = unit * (CHARS // len(unit))
    assert seconds_of(shrink, text) < SECONDS


@pytest.mark.timing
@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_the_type_of_a_megabyte_of_anything_is_told_in_a_second(unit: str) -> None:
    text = unit * (CHARS // len(unit))
    assert seconds_of(detect, text) < SECONDS
    assert seconds_of(lambda command: detect("x", tool="Bash", command=command), text) < SECONDS


@pytest.mark.timing
def test_many_files_of_many_hits_are_dealt_out_in_a_second() -> None:
    text = "\n".join(f"src/f{at}.go:{at}:x\nsrc/f{at}.go-{at}-y" for at in range(25_000))
    assert seconds_of(search.fold, text) < SECONDS
