"""Keeps the index of transcripts up to date: only files that changed are read, and only their new bytes."""

# ruff: noqa: PTH100, PTH103, PTH111, PTH118, PTH120, PTH123
# Importing pathlib takes an eighth of the time in which a refresh must be done.

import gc
import os
import sys
import zlib
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

import brimline
from brimline.adapters.claude_code.folders import Listing, Transcript, list_transcripts, project_slug
from brimline.adapters.claude_code.scan import READER_VERSION, Result, Task, Unread, read_one
from brimline.core.errors import InputError
from brimline.core.requests import START, Filed, Known, Mark, Request
from brimline.core.wording import counted
from brimline.stores.sessions_index import IndexDamaged, SessionsIndex, is_busy, open_index, rebuild_index

if TYPE_CHECKING:  # it brings dataclasses, which a refresh without new requests does not need
    from brimline.core.ports import PriceList

_WORTH_BULK_BYTES = 1 << 20
_ATTEMPTS = 5
_XDG_PLATFORMS = frozenset({"linux"})


class Pricing(NamedTuple):
    """A price list that is loaded only when there is something to price."""

    name: str
    """Another name means other prices: calls priced before are priced again."""
    load: "Callable[[], PriceList]"


class Indexed(NamedTuple):
    """An index that is up to date with a listing of transcripts."""

    store: SessionsIndex
    listing: Listing
    warnings: tuple[str, ...]
    """Sentences for the user: what could not be read, and an index that had to be built again."""


def home_folder(environ: Mapping[str, str] = os.environ) -> str:
    """Return where brimline keeps its own files: `BRIMLINE_HOME`, else the platform's data folder."""
    if home := environ.get("BRIMLINE_HOME"):
        return os.path.abspath(os.path.expanduser(home))
    if sys.platform in _XDG_PLATFORMS:
        # As platformdirs answers (a test holds us to it), without an eighth of a refresh to load it.
        return os.path.join(environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share"), "brimline")
    from platformdirs import user_data_dir

    return user_data_dir("brimline", appauthor=False)


def index_path(folders: Iterable[str], home: str) -> str:
    """Return where the index of these Claude *folders* lies under *home*."""
    name = "\0".join(folders)
    slug = project_slug(name)[-60:].strip("-")
    return os.path.join(home, "index", f"{slug}-{zlib.crc32(os.fsencode(name)):08x}.sqlite3")


def open_sessions_index(folders: Iterable[str], home: str | None = None) -> SessionsIndex:
    """Return the index of these Claude *folders* as it is, without looking for anything new."""
    home = home or home_folder()
    with suppress(OSError):  # `open_index` says what this means for the index
        os.makedirs(home, mode=0o700, exist_ok=True)
    return open_index(index_path(folders, home))


def shipped_prices() -> Pricing:
    """Return the price table that comes with brimline, named by its size and contents."""
    path = os.path.join(os.path.dirname(brimline.__file__), "pricing", "prices.json")
    with open(path, "rb") as file:
        return Pricing(f"{zlib.crc32(file.read()):08x}", _price_table)


def index_sessions(
    folders: Sequence[str], home: str | None = None, pricing: Pricing | None = None
) -> Indexed:
    """Return the index of the Claude *folders*, brought up to date with their transcripts.

    Raises:
        InputError: if other processes keep the index busy for too long.
    """
    listing = list_transcripts(folders)
    pricing = pricing or shipped_prices()
    index = open_sessions_index(folders, home)
    notice = index.notice
    try:
        with _no_collections():
            warnings = refresh(index, listing, pricing)
    except IndexDamaged as damage:
        index.close()
        if is_busy(damage):
            raise InputError(f"the index {index.path} is busy; try again in a moment") from damage
        index = rebuild_index(index.path, damage)
        notice, warnings = index.notice, refresh(index, listing, pricing)
    except BaseException:
        index.close()
        raise
    return Indexed(index, listing, (*filter(None, (notice,)), *listing.unreadable, *warnings))


def refresh(index: SessionsIndex, listing: Listing, pricing: Pricing) -> tuple[str, ...]:
    """Read what is new in *listing* into *index*; return a sentence for each file that could not be read.

    Files are read before the index is locked; where another process wrote meanwhile, the work is
    planned again, and then there is little left of it.

    Raises:
        InputError: if other processes write to the index without a pause.
    """
    for _ in range(_ATTEMPTS):
        as_of = index.version()
        known = index.known_files()
        results = _read(_tasks(listing, known))
        gone = known.keys() - {transcript.path for transcript in listing.transcripts}
        filed = _filed(listing, results)
        nothing_new = not filed and not gone and index.prices() == pricing.name
        if nothing_new or index.update(
            filed,
            sorted(gone),
            reader_version=READER_VERSION,
            prices=pricing.name,
            price=_Pricer(pricing),
            as_of=as_of,
        ):
            return _complaints(results, index.skipped_lines())
    raise InputError(f"the index {index.path} is written to by other processes all the time; try again")


@contextmanager
def _no_collections() -> Generator[None]:
    """Keep the garbage collector at rest: a scan makes many small values, none in cycles."""
    resting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if resting:
            gc.enable()


def _tasks(listing: Listing, known: Mapping[str, Known]) -> list[Task]:
    """Return what must be read: files that are new, changed, or were read by another reader version."""
    return [
        Task(transcript.stamp, _resume(transcript, known.get(transcript.path)))
        for transcript in listing.transcripts
        if (one := known.get(transcript.path)) is None
        or one.stamp != transcript.stamp
        or one.reader_version != READER_VERSION
    ]


def _resume(transcript: Transcript, known: Known | None) -> Mark:
    """Return where to go on: the start for a file that was replaced, shortened or rewritten in place."""
    if known is None or known.reader_version != READER_VERSION:
        return START
    grown = transcript.stamp.size > known.stamp.size and transcript.stamp.inode == known.stamp.inode
    return known.mark if grown else START


def _read(tasks: Sequence[Task]) -> list[Result]:
    if sum(task.new_bytes for task in tasks) < _WORTH_BULK_BYTES:
        return [read_one(task) for task in tasks]
    from brimline.adapters.claude_code.bulk import read_all

    return read_all(tasks)


def _filed(listing: Listing, results: Iterable[Result]) -> list[Filed]:
    places = {transcript.path: transcript for transcript in listing.transcripts}
    return [
        Filed(result, place.project, place.session_id, place.agent)
        for result in results
        if not isinstance(result, Unread)
        for place in (places[result.stamp.path],)
    ]


def _complaints(results: Iterable[Result], skipped_lines: int) -> tuple[str, ...]:
    unread = tuple(
        f"{result.path} could not be read ({result.reason}), so what is new in it is left out"
        for result in results
        if isinstance(result, Unread) and not result.gone
    )
    if not skipped_lines:
        return unread
    were, holds = ("was", "it holds") if skipped_lines == 1 else ("were", "they hold")
    reason = f"{holds} token figures, but no complete JSON, no time, or a figure that is no number"
    told = f"{counted(skipped_lines, 'line')} {were} left out: {reason}"
    return (*unread, told)


class _Pricer:
    """Prices requests, loading the price list with the first."""

    def __init__(self, pricing: Pricing) -> None:
        self._load = pricing.load
        self._prices: PriceList | None = None

    def __call__(self, request: Request) -> float | None:
        from brimline.core.usage import Usage

        if self._prices is None:
            self._prices = self._load()
        usage = Usage(
            input_tokens=request.input_tokens,
            cache_write_5m_tokens=request.cache_write_5m_tokens,
            cache_write_1h_tokens=request.cache_write_1h_tokens,
            cache_read_tokens=request.cache_read_tokens,
            output_tokens=request.output_tokens,
        )
        return self._prices.cost_usd(request.model, usage, request.at)


def _price_table() -> "PriceList":
    from brimline.pricing import PriceTable

    return PriceTable()
