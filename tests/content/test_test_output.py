import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.content import log, test_output
from brimline.content.marks import is_mark

GO = """=== RUN   TestA
    a_test.go:10: set up a server with quite a long name for a log line
--- PASS: TestA (0.01s)
=== RUN   TestB
=== RUN   TestB/one
    b_test.go:20: what this one printed before it broke
    b_test.go:21: got 3, want 4
--- FAIL: TestB (0.00s)
    --- FAIL: TestB/one (0.00s)
        b_test.go:22: the detail
=== RUN   TestC
--- PASS: TestC (0.00s)
=== RUN   TestD
--- PASS: TestD (0.00s)
FAIL
FAIL\texample.com/pkg\t0.5s
FAIL
"""

PYTEST = """============================= test session starts ==============================
platform linux -- Python 3.12.1, pytest-8.4.0
collected 40 items

tests/test_a.py ....................                                     [ 50%]
tests/test_b.py ..........                                               [ 75%]
tests/test_c.py .........F                                               [100%]

=================================== FAILURES ===================================
____________________________________ test_x ____________________________________

    def test_x():
>       assert 1 == 2
E       assert 1 == 2

tests/test_c.py:9: AssertionError
=========================== short test summary info ============================
FAILED tests/test_c.py::test_x - assert 1 == 2
========================= 1 failed, 39 passed in 0.12s =========================
"""

PASSES = {
    "go": ["--- PASS: TestWithALongName (0.00s)", "    --- PASS: TestWithALongName/and_more (0.00s)"],
    "go events": [
        "=== RUN   TestWithALongName",
        "=== PAUSE TestWithALongName",
        "=== CONT  TestWithALongName",
    ],
    "go packages": ["ok  \tgithub.com/x/y/one\t0.5s", "?   \tgithub.com/x/y/two\t[no test files]"],
    "pytest -v": ["tests/test_a.py::test_it_works[1-2] PASSED [ 10%]"],
    "pytest": ["tests/test_a.py ......s...x.   [ 10%]"],
    "unittest": ["test_adds (tests.test_sums.Sums.test_adds) ... ok"],
    "cargo": ["test sums::tests::adds_two_numbers ... ok"],
    "jest": ["PASS src/sums.test.ts", "  ✓ adds two numbers (3 ms)"],
    "vitest": [" ✓ adds two numbers 33ms"],
    "pytest -q": ["...................s....x.... [ 32%]"],
    "mocha": ["    ✔ adds two numbers"],
    "bun": ["(pass) sums > adds two numbers [0.04ms]"],
    "tap": ["ok 17 - adds two numbers"],
    "gradle": ["SumsTest > addsTwoNumbers() PASSED"],
}
KEPT = [
    "--- FAIL: TestX (0.01s)",
    "    x_test.go:17: got 1, want 2",
    "FAILED tests/test_a.py::test_b - assert 1 == 2",
    "E       assert 1 == 2",
    "test sums::tests::breaks ... FAILED",
    "FAIL src/sums.test.ts",
    "  ✕ breaks (3 ms)",
    "not ok 18 - breaks",
    "(fail) sums > breaks [0.04ms]",
    "Tests:       1 failed, 12 passed, 13 total",
    "test result: FAILED. 12 passed; 1 failed; 0 ignored",
    "========= 1 failed, 39 passed in 0.12s =========",
    "--- SKIP: TestY (0.00s)",
    "ok  \tx.com/y\t0.5s\tcoverage: 81.2% of statements",
    "BenchmarkWrite-12    200    3483 ns/op",
    "panic: runtime error: index out of range",
]
ANY = st.text(st.characters(exclude_categories=()))
LINES = st.lists(
    st.sampled_from([*KEPT, *(line for lines in PASSES.values() for line in lines), "some output", "PASS"])
    | ANY,
    max_size=60,
)


def test_failures_stay_and_passing_tests_are_counted_with_what_they_printed() -> None:
    folded = test_output.fold(GO)
    assert folded.text == "\n".join(
        [
            "[… 5 lines of passing tests]",
            *GO.split("\n")[5:10],
            "[… 4 lines of passing tests]",
            *GO.split("\n")[14:],
        ]
    )
    assert folded.omitted_lines == 9


def test_the_whole_report_of_a_failure_stays() -> None:
    folded = test_output.fold(PYTEST).text.split("\n")
    report = PYTEST.split("\n")
    assert folded == [*report[:4], "[… 2 lines of passing tests]", *report[6:]]


def test_packages_that_passed_are_counted_apart() -> None:
    text = "\n".join([*(f"ok  \tgithub.com/x/y/package{at}\t0.{at}s" for at in range(9)), "Done."])
    assert test_output.fold(text).text == "[… 9 packages that passed or have no tests]\nDone."


def test_the_only_package_is_the_summary() -> None:
    text = (
        "=== RUN   TestWithAName\n--- PASS: TestWithAName (0.00s)\n=== RUN   TestB\nPASS\nok  \tx.com/y\t0.5s"
    )
    assert test_output.fold(text).text == "[… 3 lines of passing tests]\nPASS\nok  \tx.com/y\t0.5s"


def test_where_nothing_failed_the_middle_goes_too() -> None:
    printed = [f"{'abcdefgh'[at % 8] * 30} {at}" for at in range(60)]
    text = "\n".join(["--- PASS: TestA (0.00s)", *printed, "ok  \tx.com/y\t0.5s"])
    folded = test_output.fold(text)
    assert folded.text.split("\n")[6] == "[… 43 lines between]"
    assert folded.omitted_lines == 43


def test_figures_stay_wherever_they_stand() -> None:
    figures = [
        "BenchmarkWrite-12    200    3483 ns/op",
        "Tests: 12 passed, 12 total",
        "coverage: 81.2% of statements",
    ]
    printed = [f"{'abcdefgh'[at % 8] * 30} {at}" for at in range(40)]
    folded = test_output.fold("\n".join(["PASS src/a.test.ts", *printed, *figures, *printed])).text
    assert "\n".join(figures) in folded
    assert folded.count("lines between") == 2


def test_where_something_failed_the_middle_stays() -> None:
    printed = [f"{'abcdefgh'[at % 8] * 30} {at}" for at in range(60)]
    text = "\n".join(["--- PASS: TestA (0.00s)", *printed, "--- FAIL: TestB (0.00s)", "FAIL"])
    assert test_output.fold(text).omitted_lines == 0


def test_none_failed_is_no_failure() -> None:
    printed = [f"{'abcdefgh'[at % 8] * 30} {at}" for at in range(60)]
    text = "\n".join(["✓ adds", *printed, "Tests: 0 failed, 3 passed", "errors: 0"])
    assert test_output.fold(text).omitted_lines > 0


def test_output_of_no_known_runner_falls_under_the_rules_of_logs() -> None:
    text = "\n".join(f"step {at}: compiling module number {at * 3}" for at in range(50))
    assert test_output.fold(text) == log.fold(text)


@pytest.mark.parametrize("line", [line for lines in PASSES.values() for line in lines])
def test_lines_that_say_that_a_test_passed_are_known(line: str) -> None:
    assert test_output.is_pass(line)


@pytest.mark.parametrize("line", [*KEPT, "PASS", "ok", "12 passing (3s)", "ok 3 - later # TODO not yet"])
def test_anything_else_is_not_taken_for_a_pass(line: str) -> None:
    assert not test_output.is_pass(line)


@given(LINES)
def test_every_line_that_tells_of_trouble_survives(lines: list[str]) -> None:
    text = "\n".join(lines)
    shown = log.tighten(text).text.split("\n")
    kept = set(test_output.fold(text).text.split("\n"))
    for line in shown:
        assert line in kept or test_output.is_pass(line) or not log.is_error_like(line) or kept == {*lines}


@given(LINES)
def test_folding_twice_changes_nothing_and_nothing_gets_longer(lines: list[str]) -> None:
    text = "\n".join(lines)
    once = test_output.fold(text)
    assert test_output.fold(once.text).text == once.text
    assert len(once.text) <= len(text)
    assert len(test_output.tighten(text).text) <= len(text)


@given(LINES.filter(lambda lines: not any("[…" in line for line in lines)))
def test_lines_left_out_are_all_counted(lines: list[str]) -> None:
    text = "\n".join(lines)
    folded = test_output.fold(text)
    if any(map(test_output.is_pass, log.tighten(text).text.split("\n"))) and folded.text != text:
        marks = [
            int(line.split()[1]) for line in folded.text.split("\n") if is_mark(line) and "above" not in line
        ]
        assert sum(marks) == folded.omitted_lines
