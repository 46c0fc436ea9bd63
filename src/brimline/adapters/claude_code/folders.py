"""Where Claude Code keeps its transcripts, and which of them is meant.

projects/<slug>/<session>.jsonl                           a session
projects/<slug>/agent-<id>.jsonl                          its sub-agents, up to 2.0.x
projects/<slug>/<session>/subagents/**/agent-<id>.jsonl   its sub-agents, later
"""

# ruff: noqa: PTH100, PTH111, PTH112, PTH113, PTH116, PTH118, PTH119, PTH120
# Importing pathlib takes an eighth of the time in which a refresh must be done.

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from brimline.core.errors import InputError, NoSessionError
from brimline.core.requests import FileStamp

_SUFFIX = ".jsonl"
_SUBAGENTS = "subagents"


class Transcript(NamedTuple):
    """A transcript file as the folder listing shows it."""

    stamp: FileStamp
    project: str
    """Name of the project's folder: the working directory as a slug."""
    session_id: str
    """"" for a sub-agent's file whose place does not say it."""
    agent: bool
    """Of a sub-agent, not a session of its own."""

    @property
    def path(self) -> str:
        """The file."""
        return self.stamp.path


class Listing(NamedTuple):
    """What Claude folders hold."""

    folders: tuple[str, ...]
    """The Claude folders that were looked into."""
    transcripts: tuple[Transcript, ...]
    """By path."""
    unreadable: tuple[str, ...]
    """A sentence for each folder that could not be listed."""


def claude_folders(claude_dir: str | None = None, environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Return the Claude folders to look into, whether they exist or not.

    *claude_dir*, else `CLAUDE_CONFIG_DIR` (a comma list), else `~/.claude` and, where it is there,
    `$XDG_CONFIG_HOME/claude`.
    """
    named = [claude_dir] if claude_dir else environ.get("CLAUDE_CONFIG_DIR", "").split(",")
    given = [os.path.abspath(os.path.expanduser(name.strip())) for name in named if name.strip()]
    if given:
        return tuple(dict.fromkeys(given))
    home = environ.get("HOME") or os.path.expanduser("~")
    config = os.path.join(environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "claude")
    main = os.path.join(home, ".claude")
    return (main, config) if os.path.isdir(os.path.join(config, "projects")) else (main,)


def list_transcripts(folders: Iterable[str]) -> Listing:
    """Return every transcript of the Claude *folders*; a folder that cannot be listed is named instead."""
    folders = tuple(folders)
    unreadable: list[str] = []
    found = {
        transcript.path: transcript
        for folder in folders
        for transcript in _projects(os.path.join(folder, "projects"), unreadable)
    }
    return Listing(folders, tuple(found[path] for path in sorted(found)), tuple(unreadable))


def no_session(listing: Listing) -> NoSessionError:
    """Return the error that says where was looked in vain, or what could not be looked into."""
    if listing.unreadable:
        return NoSessionError(
            f"no Claude Code session can be read: {listing.unreadable[0]}; see to its rights, or name another"
            " Claude folder with --claude-dir or CLAUDE_CONFIG_DIR"
        )
    return NoSessionError(
        f"no Claude Code session was found: looked for {os.path.join('*', '*' + _SUFFIX)} in"
        f" {_places(listing)}; name another Claude folder with --claude-dir or CLAUDE_CONFIG_DIR"
    )


def find_transcript(
    listing: Listing,
    session: str | None = None,
    cwd: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Transcript:
    """Return the transcript that *session* means.

    A file, or a session id or the beginning of one; None means the first of `newest_first`.

    Raises:
        NoSessionError: if there is none, or an id's beginning fits several.
        InputError: if *session* is a folder, or a path that may not be looked at.
    """
    if session:
        return _named_file(listing, session) or _with_id(listing, session)
    return newest_first(listing, cwd, environ)[0]


def newest_first(
    listing: Listing, cwd: str | None = None, environ: Mapping[str, str] = os.environ
) -> list[Transcript]:
    """Return the sessions' transcripts, those of the working directory *cwd* before all others.

    Raises `NoSessionError` where there is none.
    """
    sessions = [transcript for transcript in listing.transcripts if not transcript.agent]
    slug = environ.get("CLAUDE_CODE_PROJECT_DIR_NAME") or (project_slug(cwd) if cwd else "")
    if not sessions:
        raise no_session(listing)
    return sorted(sessions, key=lambda one: (one.project == slug, one.stamp.mtime_ns, one.path), reverse=True)


def project_slug(cwd: str) -> str:
    """Return the name of the folder that Claude Code keeps for a working directory.

    >>> project_slug("/srv/my.app")
    '-srv-my-app'
    """
    return re.sub("[^A-Za-z0-9]", "-", cwd)


def _named_file(listing: Listing, session: str) -> Transcript | None:
    path = os.path.abspath(os.path.expanduser(session))
    known = next((transcript for transcript in listing.transcripts if transcript.path == path), None)
    if known or not os.path.isfile(path):
        return known
    state = os.stat(path)
    project = os.path.basename(os.path.dirname(path))
    return _transcript(path, state, project, ())


def _with_id(listing: Listing, session: str) -> Transcript:
    fitting = [transcript for transcript in listing.transcripts if _stem(transcript.path).startswith(session)]
    exact = [transcript for transcript in fitting if _stem(transcript.path) == session]
    if len(exact or fitting) == 1:
        return (exact or fitting)[0]
    if exact:  # copies of one session in several folders
        return max(exact, key=lambda transcript: transcript.stamp.mtime_ns)
    if fitting:
        raise NoSessionError(f"{len(fitting)} sessions begin with {session!r}; give more of the id")
    raise _refused_path(session) or NoSessionError(
        f"no session {session!r} was found in {_places(listing)}, and there is no such file;"
        f" give an id, its beginning, or a transcript{_left_out(listing)}"
    )


def _refused_path(session: str) -> InputError | None:
    """Return what is wrong with *session* where it is a path that is there, or may not be looked at."""
    path = os.path.abspath(os.path.expanduser(session))
    try:
        os.stat(path)
    except PermissionError as error:
        named = os.sep in session or session.endswith(_SUFFIX)
        refused = f"cannot read the transcript {path}: {error.strerror}; check the path and its rights"
        return InputError(refused) if named else None
    except (OSError, ValueError):
        return None
    what = "a folder" if os.path.isdir(path) else "no file"
    return InputError(f"{path} is {what}; name a transcript")


def _left_out(listing: Listing) -> str:
    return f" ({listing.unreadable[0]})" if listing.unreadable else ""


def _places(listing: Listing) -> str:
    return " and ".join(os.path.join(folder, "projects") for folder in listing.folders)


def _projects(projects: str, unreadable: list[str]) -> Iterator[Transcript]:
    for entry in _entries(projects, unreadable):
        if entry.is_dir():
            yield from _files(entry.path, entry.name, (), unreadable)
        elif entry.name.endswith(_SUFFIX):
            yield from _seen(entry, "", (), unreadable)


def _files(folder: str, project: str, within: tuple[str, ...], unreadable: list[str]) -> Iterator[Transcript]:
    """Yield the transcripts at any depth of *folder*; *within* are the folders between it and the project."""
    for entry in _entries(folder, unreadable):
        if entry.name.endswith(_SUFFIX):
            yield from _seen(entry, project, within, unreadable)
        elif entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path, project, (*within, entry.name), unreadable)


def _entries(folder: str, unreadable: list[str]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:  # never there, or gone since its parent was listed: nothing is amiss
        pass
    except OSError as error:
        unreadable.append(f"{folder} could not be listed ({error.strerror}), so what it holds is left out")
    return []


def _seen(
    entry: os.DirEntry[str], project: str, within: tuple[str, ...], unreadable: list[str]
) -> Iterator[Transcript]:
    try:
        entry.path.encode()
        state = entry.stat()
    except UnicodeEncodeError:
        name = os.fsencode(entry.path).decode("utf-8", "backslashreplace")
        unreadable.append(f"{name} has a name that is no text, so what it holds is left out")
    except OSError:  # it went away since the folder was listed
        return
    else:
        if entry.is_file():
            yield _transcript(entry.path, state, project, within)


def _transcript(path: str, state: os.stat_result, project: str, within: tuple[str, ...]) -> Transcript:
    stem = _stem(path)
    agent = bool(within) or stem.startswith("agent-")
    session_id = stem if not agent else within[0] if _SUBAGENTS in within else ""
    return Transcript(
        FileStamp(path, state.st_ino, state.st_size, state.st_mtime_ns), project, session_id, agent
    )


def _stem(path: str) -> str:
    return os.path.basename(path).removesuffix(_SUFFIX)
