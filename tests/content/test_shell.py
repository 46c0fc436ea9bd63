import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.content.shell import pipelines


@pytest.mark.parametrize(
    ("command", "programs"),
    [
        ("ls", ["ls"]),
        ("cd /x && git diff | head -3; make", ["cd", "git", "head", "make"]),
        ("go test ./... 2>&1 | tail -5", ["go", "tail"]),
        ("npm run build &> log & sleep 1", ["npm", "sleep"]),
        ("/usr/local/go/bin/go test", ["go"]),
        (r"C:\tools\rg.exe x", ["rg"]),
        ("FOO=1 BAR='a b' timeout 60 sudo -E pytest -q", ["pytest"]),
        ("uv run pytest && python -m unittest", ["pytest", "unittest"]),
        ("for f in a b; do cat $f; done", ["for", "cat", "done"]),
        ("if true; then sed -n 1p x; fi", ["true", "sed", "fi"]),
        ("(cd a; ls)", ["cd", "ls"]),
        ("wsl -e bash -lc 'grep -n x y | head && make test'", ["grep", "head", "make"]),
        ("", []),
        ("   ", []),
    ],
)
def test_the_programs_of_a_command_are_found_in_order(command: str, programs: list[str]) -> None:
    found = [stage[0] for pipeline in pipelines(command) for stage in pipeline]
    assert found == programs


def test_operators_within_quotes_are_words() -> None:
    assert [len(pipeline) for pipeline in pipelines("grep 'a|b' f; rg \"x && y\" g; rg '|' h")] == [1, 1, 1]


def test_a_here_document_is_no_command() -> None:
    programs = [stages[0][0] for stages in pipelines("python3 - <<'EOF'\ncat x | grep y\nEOF\nls")]
    assert programs == ["python3", "ls"]


def test_a_redirection_is_no_word() -> None:
    assert pipelines("cat a >b 2>/dev/null") == ((("cat", "a"),),)
    assert pipelines("cat > b >> c < d -n &> e") == ((("cat", "-n"),),)


def test_quotes_that_do_not_end_are_read_to_the_end() -> None:
    assert pipelines('rg "unclosed') == ((("rg", "unclosed"),),)


@given(st.text(alphabet=st.sampled_from(" ab'\"\\;|&<>()$\n=-") | st.characters(exclude_categories=())))
def test_any_command_can_be_read(command: str) -> None:
    assert all(stage for pipeline in pipelines(command) for stage in pipeline)
