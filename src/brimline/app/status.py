"""What fills the window, and how bad is it: of a session, or of a snapshot file."""

import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from brimline.adapters.claude_code.client_settings import ClientSettings
from brimline.adapters.claude_code.composition import Composition, compose
from brimline.adapters.claude_code.line import LARGE_WINDOW_TOKENS, find_line
from brimline.adapters.claude_code.session import Session
from brimline.app.settings import Settings
from brimline.app.views import StatusView, view_status
from brimline.core.analyzer import Mark, analyze, compare
from brimline.core.errors import BrimlineError, InputError, SnapshotError
from brimline.core.resource import Category, Kind, Resource
from brimline.core.snapshot import Snapshot
from brimline.core.tokens import Provenance
from brimline.core.window import (
    DEFAULT_WINDOW_TOKENS,
    LineSource,
    Window,
    check_window_tokens,
)
from brimline.pricing import window_tokens

# ------------------------------------------------------------------------------ a snapshot from a file
_STAND_INS = {
    Category.SYSTEM: Kind.SYSTEM_PROMPT,
    Category.MCPS: Kind.MCP_SERVER,
    Category.SKILLS: Kind.SKILL_BODY,
    Category.AGENTS: Kind.AGENT,
    Category.MESSAGES: Kind.USER_TEXT,
    Category.CONTEXT: Kind.FILE,
}
"""What a category's tokens are taken for where a snapshot says no more than the category."""


STANDARD_INPUT = Path("-")


class _FileWindow(msgspec.Struct):
    size: int
    line: int | None = None


class _FileUse(msgspec.Struct):
    tokens: int


class _FileItem(msgspec.Struct):
    name: str
    tokens: int


class _FileCategory(msgspec.Struct):
    name: Category
    tokens: int
    items: list[_FileItem] = []


class _SnapshotFile(msgspec.Struct):
    """What of a `status@1` file is read; everything else is computed anew."""

    window: _FileWindow
    categories: list[_FileCategory]
    schema: str = "brimline/status@1"
    model: str | None = None
    used: _FileUse | None = None


MOST_FILE_TOKENS = 10**12
"""No window holds as much; a larger figure in a file is a mistake."""


def read_snapshot(path: Path, window_tokens: int | None = None) -> Snapshot:
    """Return the snapshot in a `status@1` file (`-`: standard input).

    *window_tokens*, if given, goes over the file's own window. Raises `SnapshotError` naming file, field and
    remedy.
    """
    try:
        written = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise SnapshotError(f"cannot read the snapshot {path}: {reason}; name a status@1 file") from error
    try:
        return _snapshot_of(msgspec.json.decode(written, type=_SnapshotFile), window_tokens)
    except (msgspec.DecodeError, UnicodeDecodeError, BrimlineError) as error:
        raise SnapshotError(
            f"{path} is no snapshot: {error}; it needs window.size and categories[{{name, tokens}}]"
        ) from error


def _snapshot_of(content: _SnapshotFile, window_tokens: int | None) -> Snapshot:
    if content.schema != "brimline/status@1":
        raise InputError(f"its schema is {content.schema!r}, not 'brimline/status@1'")
    names = [category.name for category in content.categories]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise InputError(f"it has category {twice} twice")
    resources = tuple(resource for category in content.categories for resource in _file_resources(category))
    counted = sum(resource.tokens for resource in resources)
    used = _checked("used.tokens", content.used.tokens) if content.used else 0
    return Snapshot(
        window=_window_of_file(content, window_tokens),
        resources=resources,
        # What its categories do not account for is in the window all the same.
        reported_tokens=used if used > counted else None,
    )


def _window_of_file(content: _SnapshotFile, window_tokens: int | None) -> Window:
    told = check_window_tokens(content.window.size, "window.size")
    size = window_tokens or told
    # Nothing is known of a client that would compact or of its answers' length: the size is the limit.
    line = content.window.line or told
    source = LineSource.SETTINGS if content.window.line else LineSource.DEFAULT
    Window(content.model, told, line, source)  # refuses a line outside the file's own window
    return Window(content.model, size, max(1, round(line * size / told)), source)


def _file_resources(category: _FileCategory) -> list[Resource]:
    kind = _STAND_INS[category.name]
    for tokens in (category.tokens, *(item.tokens for item in category.items)):
        _checked(f"category {category.name}", tokens)
    named = sum(item.tokens for item in category.items)
    if named > category.tokens:
        raise InputError(f"the items of {category.name} hold {named} tokens, more than its {category.tokens}")
    rest = [_FileItem(category.name, category.tokens - named)] if named < category.tokens else []
    items = [*category.items, *rest]
    return [Resource(kind, item.name, item.tokens, Provenance.REPORTED) for item in items]


def _checked(name: str, tokens: int) -> int:
    if tokens < 0:
        raise InputError(f"{name} has a negative number of tokens")
    if tokens > MOST_FILE_TOKENS:
        raise InputError(f"{name} has more tokens than any window holds")
    return tokens


def status_of_snapshot(snapshot: Snapshot, settings: Settings) -> StatusView:
    """Return the status of a snapshot that came from a file."""
    budget = settings.budget(snapshot.window.size_tokens)
    return view_status(analyze(snapshot, budget, thresholds=settings.thresholds))


# ------------------------------------------------------------------------------ a session at a request
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStatus:
    """One request of a session: its composition, the one before it, and the window they stand in."""

    session: Session
    composition: Composition
    before: Composition | None
    window: Window

    def view(self, settings: Settings, warnings: tuple[str, ...] = ()) -> StatusView:
        """Return what a surface shows of it, with *warnings* for the user."""
        snapshot = snapshot_of(self.composition, self.window)
        budget = settings.budget(self.window.size_tokens)
        analysis = analyze(snapshot, budget, self._history(), thresholds=settings.thresholds)
        changed = (
            compare(snapshot_of(self.before, self.window).tally(), snapshot.tally()) if self.before else ()
        )
        return msgspec.structs.replace(
            view_status(analysis, changed),
            session=self.session.session_id,
            path=self.session.path,
            client_version=self.composition.request.version or None,
            request=self.composition.turn,
            requests=len(self.session.requests),
            reported_tokens=self.composition.reported_tokens or None,
            accounted_tokens=self.composition.accounted_tokens,
            residual_tokens=self.composition.residual_tokens,
            error_share=self.composition.error_share,
            warnings=list(warnings),
        )

    def _history(self) -> list[Mark]:
        """Return the requests since the last cut, before this one, that reported their window."""
        first = self.composition.base_turn - 1
        earlier = self.session.requests[first : self.composition.turn - 1]
        return [Mark(request.at, request.window_tokens) for request in earlier if request.window_tokens]


def snapshot_of(composition: Composition, window: Window) -> Snapshot:
    """Return a request's composition as a snapshot of *window*."""
    return Snapshot(
        window=window,
        resources=composition.resources,
        reported_tokens=composition.reported_tokens or None,
        at=composition.request.at,
        turn=composition.turn,
    )


def window_of(session: Session, turn: int, settings: Settings, client: ClientSettings) -> Window:
    """Return the window that request *turn* (1-based) of *session* stood in, and its line.

    Flag and configuration come first, then what the client says, then the model's sizes: the usual
    one, raised to the next where the session held more.
    """
    model = session.requests[turn - 1].model
    own = client.window_tokens or _size_of(session, model)
    size = settings.window_tokens or own
    # A line that was learned in one window says nothing about a window of another size.
    line = find_line(session, size, client, _models_of_size(session, own, client) if size == own else ())
    return Window(model, size, line.tokens, line.source)


def _models_of_size(session: Session, size: int, client: ClientSettings) -> set[str]:
    models = {request.model for request in session.requests}
    return {model for model in models if (client.window_tokens or _size_of(session, model)) == size}


def _size_of(session: Session, model: str) -> int:
    held = max(request.window_tokens for request in session.requests if request.model == model)
    unknown = DEFAULT_WINDOW_TOKENS if held <= DEFAULT_WINDOW_TOKENS else LARGE_WINDOW_TOKENS
    return window_tokens(model, held) or unknown


def read_status(session: Session, turn: int, window: Window, *, output_stays: bool) -> SessionStatus:
    """Return the status of request *turn* (1-based) of *session* in *window*."""
    composition = compose(session, turn, output_stays=output_stays)
    follows = turn > composition.base_turn
    before = compose(session, turn - 1, output_stays=output_stays) if follows else None
    return SessionStatus(session=session, composition=composition, before=before, window=window)
