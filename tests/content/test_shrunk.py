from brimline.content.shrunk import Shrunk, shorter, whole


def test_a_text_that_is_left_alone_is_lossless_and_whole() -> None:
    assert whole("a\nb") == Shrunk("a\nb", lossless=True, omitted_lines=0)


def test_the_shorter_text_wins() -> None:
    shrunk = Shrunk("a […]", lossless=False, omitted_lines=9)
    assert shorter("a" * 20, shrunk) is shrunk


def test_a_text_that_did_not_get_shorter_is_left_alone() -> None:
    assert shorter("abc", Shrunk("xyz", lossless=False, omitted_lines=1)) == whole("abc")
