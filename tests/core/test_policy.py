"""What a policy may answer."""

from brimline.core.policy import Cut, plain_cut


def test_a_plain_cut_says_no_more_than_it_sends() -> None:
    assert plain_cut("3 lines") == Cut("3 lines", "3 lines")
