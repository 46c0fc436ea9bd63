"""Replays of folders, on the bundled session and the data."""

from pathlib import Path

import msgspec
import pytest

from brimline.app import demo
from brimline.app.replay_folders import replay_view, session_files
from brimline.app.replay_view import ReplayView
from brimline.core.errors import InputError, NoSessionError

SESSION = Path(demo.__file__).with_name(demo.SESSION)


def silent(done: int, whole: int) -> None:
    assert 0 < done <= whole


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a Claude folder with one session, one that asked nothing, and one of a sub-agent."""
    project = tmp_path / "projects" / "-work"
    (project / "s" / "subagents").mkdir(parents=True)
    (project / "session.jsonl").write_bytes(SESSION.read_bytes())
    (project / "empty.jsonl").write_text("")
    (project / "agent-1.jsonl").write_text("")
    (project / "s" / "subagents" / "other.jsonl").write_text("")
    return tmp_path


def test_a_path_is_a_claude_folder_its_projects_or_a_transcript(folder: Path) -> None:
    project = folder / "projects" / "-work"
    both = [project / "empty.jsonl", project / "session.jsonl"]
    assert list(session_files(folder)) == both
    assert list(session_files(folder / "projects")) == both
    assert list(session_files(both[1])) == both[1:]


def test_what_holds_no_request_is_left_out_in_words(folder: Path) -> None:
    (view,) = replay_view([str(folder)], ["identity"], silent).policies
    assert view.sessions == 1
    assert [(Path(one.session).name, one.why) for one in view.skipped] == [
        ("empty.jsonl", "it holds no request")
    ]


def test_the_placebo_sends_as_many_tokens_as_balanced(folder: Path) -> None:
    identity, balanced, placebo = replay_view(
        [str(folder)], ["identity", "balanced", "placebo"], silent
    ).policies
    assert identity.usd.after == identity.usd.before
    freed = balanced.tokens.before - balanced.tokens.after
    assert placebo.tokens.before - placebo.tokens.after == pytest.approx(freed, rel=0.05)


def test_all_policies_come_in_their_order_and_as_json(folder: Path) -> None:
    view = replay_view([str(folder)], [], silent)
    assert [policy.policy for policy in view.policies][0::11] == ["identity", "oracle"]
    assert msgspec.json.decode(msgspec.json.encode(view), type=ReplayView) == view
    assert all(policy.usd.before == view.policies[0].usd.before for policy in view.policies)


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere is not there; name a Claude folder"):
        replay_view([str(tmp_path / "nowhere")], [], silent)
    with pytest.raises(NoSessionError, match="no session was found in"):
        replay_view([str(tmp_path)], [], silent)


def test_a_policy_that_is_none_is_named_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no policy 'best'"):
        replay_view([str(tmp_path / "nowhere")], ["best"], silent)


@pytest.mark.data
def test_levels_keep_their_promises_on_the_recorded_sessions(claude_folders: list[Path]) -> None:
    """Light hides nothing, balanced next to nothing, nothing is rewritten warm, and both save.

    On the smallest folder: all of them take a minute under a coverage tool.
    """

    def size(folder: Path) -> int:
        return sum(file.stat().st_size for file in session_files(folder))

    view = replay_view([str(min(claude_folders, key=size))], ["light", "balanced"], silent)
    light, balanced = view.policies
    assert light.skipped == []
    assert light.atoms.hidden == 0
    assert (light.cache_busts, balanced.cache_busts, balanced.atoms.lost) == (0, 0, 0)
    assert light.usd_share_with_friction < 0
    assert balanced.usd_share_with_friction < light.usd_share_with_friction
    assert balanced.atoms.hidden <= 0.01 * balanced.atoms.used
    assert balanced.atoms.hidden <= 0.03 * balanced.atoms.exclusive
    assert balanced.quote_lines.hidden <= 0.01 * balanced.quote_lines.used
    assert light.identity_error_share.median <= 0.02
