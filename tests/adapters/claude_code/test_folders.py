import os
from pathlib import Path

import pytest

from brimline.adapters.claude_code.folders import (
    Listing,
    claude_folders,
    find_transcript,
    list_transcripts,
    no_session,
    project_slug,
)
from brimline.core.errors import NoSessionError


def write(path: Path, *, at: int = 1000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}\n", encoding="utf-8")
    os.utime(path, (at, at))
    return path


@pytest.fixture
def listing(tmp_path: Path) -> Listing:
    """Return a listing of two projects, three sessions, and sub-agents in each layout."""
    app = tmp_path / "projects" / "-srv-app"
    write(app / "aaaa-1.jsonl", at=3000)
    write(app / "aabb-2.jsonl", at=2000)
    write(app / "agent-9.jsonl", at=9000)
    write(app / "aaaa-1" / "subagents" / "agent-7.jsonl", at=9000)
    write(app / "aaaa-1" / "subagents" / "workflows" / "wf_1" / "agent-8.jsonl", at=9000)
    write(app / "aaaa-1" / "tool-results" / "t.txt")
    write(tmp_path / "projects" / "-srv-other" / "cccc-3.jsonl", at=4000)
    write(tmp_path / "projects" / "notes.md")
    return list_transcripts([str(tmp_path)])


def test_the_flag_comes_before_the_environment_before_home(tmp_path: Path) -> None:
    environ = {"CLAUDE_CONFIG_DIR": f"{tmp_path}/one, {tmp_path}/two,", "HOME": str(tmp_path)}

    assert claude_folders(f"{tmp_path}/flag", environ) == (f"{tmp_path}/flag",)
    assert claude_folders(None, environ) == (f"{tmp_path}/one", f"{tmp_path}/two")
    assert claude_folders(None, {"HOME": str(tmp_path)}) == (f"{tmp_path}/.claude",)


def test_the_xdg_folder_is_looked_into_where_it_holds_projects(tmp_path: Path) -> None:
    (tmp_path / ".config" / "claude" / "projects").mkdir(parents=True)

    found = claude_folders(None, {"HOME": str(tmp_path)})

    assert found == (f"{tmp_path}/.claude", f"{tmp_path}/.config/claude")


def test_a_folder_named_twice_is_looked_into_once(tmp_path: Path) -> None:
    assert claude_folders(None, {"CLAUDE_CONFIG_DIR": f"{tmp_path},{tmp_path}/"}) == (str(tmp_path),)


def test_transcripts_are_found_at_any_depth_and_sub_agents_known_as_such(listing: Listing) -> None:
    found = {Path(one.path).stem: (one.project, one.session_id, one.agent) for one in listing.transcripts}

    assert found == {
        "aaaa-1": ("-srv-app", "aaaa-1", False),
        "aabb-2": ("-srv-app", "aabb-2", False),
        "agent-9": ("-srv-app", "", True),
        "agent-7": ("-srv-app", "aaaa-1", True),
        "agent-8": ("-srv-app", "aaaa-1", True),
        "cccc-3": ("-srv-other", "cccc-3", False),
    }
    assert [one.path for one in listing.transcripts] == sorted(one.path for one in listing.transcripts)


def test_a_session_is_meant_by_its_id_or_the_beginning_of_it(listing: Listing) -> None:
    assert find_transcript(listing, "aabb-2").session_id == "aabb-2"
    assert find_transcript(listing, "cc").session_id == "cccc-3"


def test_a_beginning_that_fits_several_sessions_is_refused(listing: Listing) -> None:
    with pytest.raises(NoSessionError, match="2 sessions begin with 'aa'"):
        find_transcript(listing, "aa")


def test_an_unknown_session_is_said_to_be_unknown_and_where_it_was_looked_for(listing: Listing) -> None:
    with pytest.raises(NoSessionError, match=r"no session 'zz' was found in .*projects"):
        find_transcript(listing, "zz")


def test_a_session_is_meant_by_its_file_wherever_it_lies(listing: Listing, tmp_path: Path) -> None:
    listed = listing.transcripts[0]
    elsewhere = write(tmp_path / "elsewhere" / "dddd-4.jsonl")

    assert find_transcript(listing, listed.path) == listed
    assert find_transcript(listing, str(elsewhere)).session_id == "dddd-4"


def test_no_name_means_the_newest_of_the_working_directory_else_of_all(listing: Listing) -> None:
    assert find_transcript(listing, cwd="/srv/app", environ={}).session_id == "aaaa-1"
    assert find_transcript(listing, cwd="/elsewhere", environ={}).session_id == "cccc-3"
    assert find_transcript(listing, environ={}).session_id == "cccc-3"


def test_the_client_may_be_told_another_name_for_a_projects_folder(listing: Listing) -> None:
    environ = {"CLAUDE_CODE_PROJECT_DIR_NAME": "-srv-app"}

    assert find_transcript(listing, cwd="/elsewhere", environ=environ).session_id == "aaaa-1"


def test_of_copies_of_a_session_the_newest_is_meant(tmp_path: Path) -> None:
    write(tmp_path / "projects" / "a" / "same.jsonl", at=1)
    newer = write(tmp_path / "projects" / "b" / "same.jsonl", at=2)

    assert find_transcript(list_transcripts([str(tmp_path)]), "same").path == str(newer)


@pytest.mark.parametrize("inside", [None, "projects", "projects/-srv-app"])
def test_an_empty_folder_is_no_error_until_a_session_is_wanted(tmp_path: Path, inside: str | None) -> None:
    if inside:
        (tmp_path / inside).mkdir(parents=True)
    listing = list_transcripts([str(tmp_path)])

    assert (listing.transcripts, listing.unreadable) == ((), ())
    with pytest.raises(
        NoSessionError, match=r"looked for .* in .*projects; name another Claude folder"
    ) as caught:
        find_transcript(listing)
    assert str(tmp_path) in str(caught.value)
    assert str(no_session(listing)) == str(caught.value)
    assert caught.value.exit_code == 20


def test_a_folder_that_cannot_be_listed_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    write(tmp_path / "projects" / "a" / "s.jsonl")
    closed = tmp_path / "projects" / "b"
    write(closed / "t.jsonl")
    closed.chmod(0)
    if os.access(closed, os.R_OK):
        pytest.skip("this user may read every folder, whatever its mode")
    try:
        listing = list_transcripts([str(tmp_path)])
    finally:
        closed.chmod(0o700)

    assert [one.session_id for one in listing.transcripts] == ["s"]
    assert listing.unreadable == (
        f"{closed} could not be listed (Permission denied), so what it holds is left out",
    )


def test_a_file_in_a_folders_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "projects").touch()

    (sentence,) = list_transcripts([str(tmp_path)]).unreadable
    assert "could not be listed" in sentence


def test_a_link_that_leads_nowhere_or_in_circles_does_no_harm(tmp_path: Path) -> None:
    app = tmp_path / "projects" / "-srv-app"
    write(app / "s.jsonl")
    (app / "gone.jsonl").symlink_to(app / "nowhere.jsonl")
    (app / "circle").symlink_to(app)

    assert [one.session_id for one in list_transcripts([str(tmp_path)]).transcripts] == ["s"]


def test_a_name_that_is_no_text_is_left_out_and_told(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path / "projects" / "a") + b"/\xff.jsonl"
    write(tmp_path / "projects" / "a" / "s.jsonl")
    try:
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY))
    except OSError:
        pytest.skip("this file system takes only names that are UTF-8")

    listing = list_transcripts([str(tmp_path)])

    assert [one.session_id for one in listing.transcripts] == ["s"]
    assert "\\xff.jsonl has a name that is no text" in listing.unreadable[0]


def test_a_slug_keeps_letters_and_digits() -> None:
    assert project_slug("/srv/my_app.v2") == "-srv-my-app-v2"
    assert project_slug("C:\\work") == "C--work"
