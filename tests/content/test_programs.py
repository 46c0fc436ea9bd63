import pytest

from brimline.content.content_type import ContentType
from brimline.content.programs import type_of_command


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("cat a.py", ContentType.SOURCE),
        ("cd x && sed -n '10,20p' a.go", ContentType.SOURCE),
        ("head -50 README.md", ContentType.SOURCE),
        ("cat a.py | head -20", ContentType.SOURCE),
        ("cat a.go | sed -n 5,9p", ContentType.SOURCE),
        ("awk 'NR>=3 && NR<=9' a.c", ContentType.SOURCE),
        ("git show HEAD:src/a.py", ContentType.SOURCE),
        ("Get-Content a.ps1", ContentType.SOURCE),
        ("rg foo src; cat src/a.py", ContentType.SOURCE),
        ("cat a.py | grep foo", None),
        ("sed -i s/a/b/ a.py", None),
        ("sed s/a/b/ a.py", None),
        ("tail -100 server.log", None),
        ("cat > a.py <<'E'\nx = 1\nE\npytest -q", ContentType.TEST_OUTPUT),
        ("rg foo", ContentType.SEARCH),
        ("grep -rn 'a|b' src | head", ContentType.SEARCH),
        ("git grep foo", ContentType.SEARCH),
        ("find . -name x", ContentType.SEARCH),
        ("git diff main...HEAD -- a", ContentType.DIFF),
        ("git -C /x -c a=b --no-pager show abc", ContentType.DIFF),
        ("git stash show -p", ContentType.DIFF),
        ("gh pr diff 7", ContentType.DIFF),
        ("diff -u a b", ContentType.DIFF),
        ("git status", None),
        ("git", None),
        ("gh run view 3", None),
        ("pytest -q", ContentType.TEST_OUTPUT),
        ("go test ./... | grep FAIL", ContentType.TEST_OUTPUT),
        ("mise run test:ci", ContentType.TEST_OUTPUT),
        ("npm test -- --run", ContentType.TEST_OUTPUT),
        ("bun run test:unit", ContentType.TEST_OUTPUT),
        ("cargo nextest run", ContentType.TEST_OUTPUT),
        ("npx vitest run", ContentType.TEST_OUTPUT),
        ("node --test", ContentType.TEST_OUTPUT),
        ("make check", ContentType.TEST_OUTPUT),
        ("go build ./...", None),
        ("npm run lint", None),
        ("echo hello", None),
        ("git commit -m \"$(cat <<'EOF'\nrun pytest\nEOF\n)\"", None),
        ("", None),
    ],
)
def test_a_command_tells_what_it_prints(command: str, told: ContentType | None) -> None:
    assert type_of_command(command) is told
