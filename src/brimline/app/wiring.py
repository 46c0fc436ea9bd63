"""Builds every use case from where the user stands: folders, settings, index."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from brimline.adapters.claude_code.client_settings import read_client_settings
from brimline.adapters.claude_code.folders import (
    Transcript,
    claude_folders,
    find_transcript,
    list_transcripts,
    newest_first,
    no_session,
)
from brimline.app.indexing import open_sessions_index
from brimline.app.sessions import BlobStore, Loaded, load_for_request, load_steps
from brimline.app.settings import Settings, load_settings
from brimline.core.errors import InputError, NoSessionError
from brimline.core.wording import counted

if TYPE_CHECKING:
    from brimline.adapters.claude_code.steps import Step
    from brimline.app.calibrate import CalibrateView
    from brimline.app.cost import CostView
    from brimline.app.timeline import TimelineView
    from brimline.app.views import ConfigView, StatusView


class Place(NamedTuple):
    """Where a command looks: the Claude folders, and the working directory."""

    folders: tuple[str, ...]
    cwd: Path


def find_place(claude_dir: str | None) -> Place:
    """Return where a command with `--claude-dir` *claude_dir* looks.

    Raises `InputError` where the working directory is gone, or hidden.
    """
    try:
        cwd = Path.cwd()
    except FileNotFoundError as error:
        raise InputError("the folder you are in was removed; change into one that is there") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"cannot tell which folder you are in: {reason}; change into another") from error
    return Place(claude_folders(claude_dir), cwd)


def settings_of(place: Place, flags: Mapping[str, object]) -> Settings:
    """Return the settings in force for *place*; *flags* of None are not given."""
    from platformdirs import user_config_path

    user_folder = user_config_path("brimline", appauthor=False)
    return load_settings(
        flags, folder=place.cwd, user_folder=user_folder, claude_files=claude_settings_files(place)
    )


def claude_settings_files(place: Place) -> list[Path]:
    """Return Claude Code's settings files for *place*, strongest first."""
    project = place.cwd / ".claude"
    user = [Path(folder) / "settings.json" for folder in place.folders]
    return [project / "settings.local.json", project / "settings.json", *user]


def status_view(
    *,
    claude_dir: str | None = None,
    session: str | None = None,
    turn: int | None = None,
    snapshot_path: Path | None = None,
    window_tokens: int | None = None,
) -> StatusView:
    """Return the status of a snapshot file, or of a session's request *turn* (1-based; None for the last)."""
    from brimline.app.status import read_snapshot, status_of_snapshot

    place = find_place(claude_dir)
    settings = settings_of(place, {"window": window_tokens})
    if snapshot_path is not None:
        view = status_of_snapshot(read_snapshot(snapshot_path, window_tokens), settings)
        return msgspec.structs.replace(view, warnings=list(settings.warnings))
    return session_status_view(place, settings, session, turn)


def session_status_view(
    place: Place, settings: Settings, session: str | None, turn: int | None
) -> StatusView:
    """Return the status of a session in *place*."""
    from brimline.app.status import read_status, window_of

    loaded, wanted, warnings = load_found(place, session, turn)
    client = read_client_settings(claude_settings_files(place), os.environ)
    window = window_of(loaded.session, wanted, settings, client)
    status = read_status(loaded.session, wanted, window, output_stays=loaded.meter.output_stays)
    return status.view(settings, (*settings.warnings, *warnings))


def timeline_view(
    *, claude_dir: str | None = None, session: str | None = None, window_tokens: int | None = None
) -> TimelineView:
    """Return how a session grew."""
    from brimline.app.status import window_of
    from brimline.app.timeline import view_timeline

    place = find_place(claude_dir)
    settings = settings_of(place, {"window": window_tokens})
    loaded, turn, warnings = load_found(place, session)
    client = read_client_settings(claude_settings_files(place), os.environ)
    window = window_of(loaded.session, turn, settings, client)
    stays = loaded.meter.output_stays
    said = (*settings.warnings, *warnings)
    return view_timeline(loaded.session, window, settings.thresholds, output_stays=stays, warnings=said)


def cost_view(*, claude_dir: str | None = None, session: str | None = None) -> CostView:
    """Return what a session cost, and the brief's scenario; without any session the scenario alone."""
    from brimline.app.cost import view_cost

    try:
        found = load_found(find_place(claude_dir), session)
    except NoSessionError as error:
        if session:
            raise
        return view_cost(None, (str(error),))
    return view_cost(found.loaded.session, found.warnings)


def calibrate_view(*, claude_dir: str | None = None) -> CalibrateView:
    """Return how our counts fit what was reported, over every session in reach."""
    from brimline.app.calibrate import view_calibration

    place = find_place(claude_dir)
    listing = list_transcripts(place.folders)
    sessions = [transcript for transcript in listing.transcripts if not transcript.agent]
    if not sessions:
        raise no_session(listing)
    steps: list[Step] = []
    unread = list(listing.unreadable)
    with closing(open_sessions_index(place.folders)) as store:
        for transcript in sessions:
            try:
                checked = load_steps(Path(transcript.path), store)
            except InputError as error:
                unread.append(str(error))
            else:
                steps += checked.steps
                if checked.unreadable_lines:
                    unread.append(_unreadable(checked.unreadable_lines, transcript.path))
    return view_calibration(steps, len(sessions), unread)


def config_view(*, claude_dir: str | None = None) -> ConfigView:
    """Return the settings in force here."""
    from brimline.app.views import ConfigView

    settings = settings_of(find_place(claude_dir), {})
    values = {key: origin.value for key, origin in settings.origins.items()}
    sources = {key: origin.source for key, origin in settings.origins.items()}
    return ConfigView(values, sources, warnings=list(settings.warnings))


class Found(NamedTuple):
    """A session, the request that was asked for (1-based), and sentences for the user."""

    loaded: Loaded
    turn: int
    warnings: tuple[str, ...]


def load_found(place: Place, session: str | None, turn: int | None = None) -> Found:
    """Find and load the session that *session* means in *place*: by id or file, None for the newest."""
    listing = list_transcripts(place.folders)
    named = find_transcript(listing, session) if session else None
    newest = [] if named else newest_first(listing, str(place.cwd))
    with closing(open_sessions_index(place.folders)) as store:
        if named:
            found = Found(*load_for_request(Path(named.path), store, turn), ())
        else:
            found = _load_newest(newest, store, turn)
        skipped, unreported = _skipped(found.loaded), _unreported(found.loaded, found.turn)
        hidden = () if named else listing.unreadable
        said = (store.notice, *hidden, *found.warnings, skipped, unreported)
    return found._replace(warnings=tuple(sentence for sentence in said if sentence))


def _load_newest(newest: Sequence[Transcript], store: BlobStore, turn: int | None) -> Found:
    """Return the first of *newest* that has a request, and what was passed over for it."""
    passed: list[InputError] = []
    for transcript in newest:
        path = Path(transcript.path)
        try:
            found = load_for_request(path, store, None)
        except InputError as error:
            passed.append(error)
            continue
        loaded, wanted = found if turn is None else load_for_request(path, store, turn)
        return Found(loaded, wanted, tuple(_passed_over(passed)))
    raise passed[0]


def _passed_over(passed: Sequence[InputError]) -> Iterator[str]:
    if passed:
        others = f", and {counted(len(passed) - 1, 'more transcript')}" if passed[1:] else ""
        yield f"the newest transcript is passed over{others}: {passed[0]}"


def _skipped(loaded: Loaded) -> str:
    lines = loaded.session.unreadable_lines
    return _unreadable(lines, loaded.session.path) if lines else ""


def _unreadable(lines: int, path: str) -> str:
    return f"{counted(lines, 'line')} of {path} could not be read; the rest is taken"


def _unreported(loaded: Loaded, turn: int) -> str:
    if any(request.window_tokens for request in loaded.session.requests[:turn]):
        return ""
    return (
        f"{loaded.session.path} has no usage figures up to request {turn}, so only what it holds is counted,"
        " without system prompt and tools"
    )
