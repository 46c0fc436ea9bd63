from hypothesis import given
from hypothesis import strategies as st

from brimline.content import paths
from brimline.content.shrunk import whole

ANY = st.text(st.characters(exclude_categories=()))
WORDS = st.lists(
    st.sampled_from([
        "/home/me/project/src/a.go:12:", "/home/me/project/src/b.go", "/home/me/project/tests/x.go", " ",
        "C:\\code\\project\\a.ps1", "https://example.com/a/b?c=/home/me/project/src/", "§", "\n",
        "[§ = /home/]\n", "]",
    ]) | ANY,
    max_size=60,
)  # fmt: skip


def test_the_folder_that_costs_most_is_said_once() -> None:
    text = "".join(f"/home/me/project/src/f{at}.go: unused import\n" for at in range(6))
    shrunk = paths.tighten(text)
    assert shrunk.text.startswith("[§ = /home/me/project/src/]\n§f0.go: unused import\n§f1.go")
    assert shrunk.lossless
    assert paths.spread(shrunk.text) == text


def test_a_folder_named_twice_saves_too_little() -> None:
    text = "/home/me/project/src/a.go\n/home/me/project/src/b.go"
    assert paths.tighten(text) == whole(text)


def test_a_text_without_folders_is_left_alone() -> None:
    assert paths.tighten("no folder here") == whole("no folder here")


def test_a_text_with_the_sign_is_left_alone() -> None:
    text = "".join(f"/home/me/project/src/f{at}.go: see §{at}\n" for at in range(9))
    assert paths.tighten(text) == whole(text)


def test_very_long_words_and_very_deep_folders_are_no_paths() -> None:
    assert paths.costliest_folder("a/" * 200 + " b/c b/c") == "b/"
    assert paths.costliest_folder(("ab/" * 20 + " ") * 2) == "ab/" * paths.DEPTH


@given(WORDS.map("".join))
def test_what_is_shortened_can_be_rebuilt_and_is_not_shortened_again(text: str) -> None:
    shrunk = paths.tighten(text)
    assert text in {shrunk.text, paths.spread(shrunk.text)}
    assert len(shrunk.text) <= len(text)
    assert paths.tighten(shrunk.text).text == shrunk.text
