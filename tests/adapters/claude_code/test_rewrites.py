"""What the client changes in a call before it sends it back."""

from brimline.adapters.claude_code.rewrites import REPLACE_ALL_TOKENS, rewrites_of, stripped_tokens
from brimline.tokenizers.models import tokenizer_for

OPUS = tokenizer_for("claude-opus-5")


def test_an_edit_that_gained_a_parameter_is_known() -> None:
    assert list(rewrites_of("Edit", {"replace_all": False}, "/work", OPUS)) == [REPLACE_ALL_TOKENS]
    assert list(rewrites_of("Edit", {"replace_all": True}, "/work", OPUS)) == []
    assert list(rewrites_of("Write", {"replace_all": False}, "/work", OPUS)) == []


def test_a_shell_command_may_have_lost_its_change_of_folder() -> None:
    assert list(rewrites_of("Bash", {"command": "ls"}, "/work", OPUS)) == [OPUS.count("cd /work && ")]
    assert list(rewrites_of("Bash", {"command": "ls"}, "", OPUS)) == []


def test_characters_that_the_api_drops_cost_their_bytes_and_two_each() -> None:
    assert stripped_tokens({"text": "\x01a\ue000\n\t", "number": 5}) == (1 + 2) + (3 + 2)
    assert list(rewrites_of("Write", {"content": "\x07"}, "/work", OPUS)) == [3]
