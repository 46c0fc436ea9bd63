"""What the calls of a Claude folder used and cost, by day, week, month, model, project, session or block."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import fsum
from time import gmtime, localtime
from typing import Literal, NamedTuple, get_args

from brimline.adapters.claude_code.folders import claude_folders, no_session
from brimline.app.indexing import Pricing, index_sessions
from brimline.core.errors import ConfigError
from brimline.core.requests import SLOT_SECONDS, Cell

Group = Literal["day", "week", "month", "model", "project", "session", "block"]
GROUPS: tuple[Group, ...] = get_args(Group)

BLOCK_SECONDS = 5 * 3600
"""Claude's usage limits run in blocks of five hours from the first request, its hour rounded down."""

_HOUR_SECONDS = 3600
_BY_TIME = frozenset({"day", "week", "month", "block"})

Day = tuple[int, int, int]
"""Year, month and day of the month."""


class UsageRow(NamedTuple):
    """Sums over the counted requests of one group, or of all."""

    key: str
    """`2026-11-22`, `2026-W47`, `2026-11`, a model, a project's folder, a session id, or a block's start."""
    label: str
    """What to show for the key: a project's working directory, else the key."""
    requests: int
    input_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    cache_read_tokens: int
    output_tokens: int
    cost_usd: float
    """Of the requests whose model has a known price."""
    unpriced_requests: int
    models: tuple[str, ...]
    first_at: float
    """Unix time of the first request; 0 where there is none."""
    last_at: float

    @property
    def cache_write_tokens(self) -> int:
        """Tokens written to the prompt cache, whatever their lifetime."""
        return self.cache_write_5m_tokens + self.cache_write_1h_tokens


class UsageView(NamedTuple):
    """The view `brimline/usage@1`."""

    group: Group
    rows: tuple[UsageRow, ...]
    totals: UsageRow
    timezone: str
    """A zone's name; "" for the local one."""
    since: str
    """First day taken in, "" for no limit."""
    until: str
    unpriced_models: tuple[str, ...]
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return the view as JSON values: tokens, USD, and times in UTC."""
        return {
            "schema": "brimline/usage@1",
            "group": self.group,
            "timezone": self.timezone or None,
            "since": self.since or None,
            "until": self.until or None,
            "totals": _figures(self.totals),
            "rows": [{"key": row.key, "label": row.label, **_figures(row)} for row in self.rows],
            "unpriced_models": list(self.unpriced_models),
            "warnings": list(self.warnings),
        }

    def to_csv_rows(self) -> list[list[str]]:
        """Return a heading and a line for each row, tokens and USD as plain numbers."""
        heading = [
            self.group, "requests", "input_tokens", "cache_write_tokens", "cache_read_tokens",
            "output_tokens", "cost_usd", "unpriced_requests", "models",
        ]  # fmt: skip
        return [heading, *(_csv_row(row) for row in self.rows)]


def usage_view(
    *,
    claude_dir: str | None = None,
    group: Group = "day",
    timezone: str = "",
    since: str = "",
    until: str = "",
    home: str | None = None,
    pricing: Pricing | None = None,
) -> UsageView:
    """Return what the calls of the Claude folders used, from an index brought up to date first.

    The folders are *claude_dir*, else those of the environment. *since* and *until* are days (`2026-11-22`,
    both taken in) of *timezone*, which is the local one if "".

    Raises:
        ConfigError: if the time zone or a day is none, or *since* lies after *until*.
        NoSessionError: if the folders hold no transcript.
    """
    day_of = day_finder(timezone)
    limits = _as_day(since), _as_day(until)
    if limits[0] and limits[1] and limits[0] > limits[1]:
        raise ConfigError(f"since {since} lies after until {until}; swap them")
    indexed = index_sessions(claude_folders(claude_dir), home, pricing)
    try:
        if not indexed.listing.transcripts:
            raise no_session(indexed.listing)
        cells = [cell for cell in indexed.store.cells() if _within(day_of(cell.slot), *limits)]
    finally:
        indexed.store.close()
    return UsageView(
        group=group,
        rows=fold(cells, group, day_of),
        totals=total(cells),
        timezone=timezone,
        since=since,
        until=until,
        unpriced_models=tuple(sorted({cell.model for cell in cells if cell.unpriced_requests})),
        warnings=indexed.warnings,
    )


def fold(cells: Iterable[Cell], group: Group, day_of: Callable[[int], Day]) -> tuple[UsageRow, ...]:
    """Return a row for each value of *group*: times ascending, everything else by cost, the dearest first."""
    cells = list(cells)
    keys = _block_keys(cells) if group == "block" else _keys(cells, group, day_of)
    groups: dict[str, list[Cell]] = {}
    for key, cell in zip(keys, cells, strict=True):
        groups.setdefault(key, []).append(cell)
    rows = [
        total(members, key, _label(members, key) if group == "project" else key)
        for key, members in groups.items()
    ]
    by_time = group in _BY_TIME
    return tuple(sorted(rows, key=lambda row: row.key if by_time else (-row.cost_usd, row.key)))


def total(cells: Sequence[Cell], key: str = "", label: str = "") -> UsageRow:
    """Return the sum of *cells*."""
    return UsageRow(
        key=key,
        label=label,
        requests=sum(cell.requests for cell in cells),
        input_tokens=sum(cell.input_tokens for cell in cells),
        cache_write_5m_tokens=sum(cell.cache_write_5m_tokens for cell in cells),
        cache_write_1h_tokens=sum(cell.cache_write_1h_tokens for cell in cells),
        cache_read_tokens=sum(cell.cache_read_tokens for cell in cells),
        output_tokens=sum(cell.output_tokens for cell in cells),
        cost_usd=fsum(cell.cost_usd for cell in cells),
        unpriced_requests=sum(cell.unpriced_requests for cell in cells),
        models=tuple(sorted({cell.model for cell in cells})),
        first_at=min((cell.first_at for cell in cells), default=0.0),
        last_at=max((cell.last_at for cell in cells), default=0.0),
    )


def day_finder(timezone: str = "") -> Callable[[int], Day]:
    """Return the function from a slot of time to its day in *timezone*, the local one if "".

    Raises:
        ConfigError: if no such time zone is known here.
    """
    if not timezone:
        return _local_day
    if timezone == "UTC":  # also where no time zones are installed
        return _utc_day
    from datetime import datetime
    from zoneinfo import ZoneInfo

    try:
        zone = ZoneInfo(timezone)
    except (LookupError, OSError, ValueError) as error:
        raise ConfigError(
            f"the time zone {timezone!r} is not known here; use a name such as UTC or Europe/Berlin"
        ) from error

    def day_of(slot: int) -> Day:
        moment = datetime.fromtimestamp(slot * SLOT_SECONDS, zone)
        return moment.year, moment.month, moment.day

    return day_of


def _local_day(slot: int) -> Day:
    return localtime(slot * SLOT_SECONDS)[:3]


def _utc_day(slot: int) -> Day:
    return gmtime(slot * SLOT_SECONDS)[:3]


def _keys(cells: Sequence[Cell], group: Group, day_of: Callable[[int], Day]) -> Iterator[str]:
    names: dict[Group, Callable[[Cell], str]] = {
        "model": lambda cell: cell.model,
        "project": lambda cell: cell.project,
        "session": lambda cell: cell.session_id,
        "day": lambda cell: _iso_day(day_of(cell.slot)),
        "week": lambda cell: _iso_week(day_of(cell.slot)),
        "month": lambda cell: _iso_day(day_of(cell.slot))[:7],
    }
    return map(names[group], cells)


def _block_keys(cells: Sequence[Cell]) -> Iterator[str]:
    """Return each cell's block by its start in UTC; an hour holds whole slots, so cells need no splitting."""
    starts: dict[int, int] = {}
    start = -BLOCK_SECONDS
    for slot in sorted({cell.slot for cell in cells}):
        at = slot * SLOT_SECONDS
        if at >= start + BLOCK_SECONDS:
            start = at - at % _HOUR_SECONDS
        starts[slot] = start
    return (_iso_time(starts[cell.slot]) for cell in cells)


def _label(cells: Iterable[Cell], key: str) -> str:
    """Return the shortest working directory of a project's sessions: the others were entered later."""
    return min((cell.cwd for cell in cells if cell.cwd), key=lambda cwd: (len(cwd), cwd), default=key)


def _iso_day(day: Day) -> str:
    return "{:04}-{:02}-{:02}".format(*day)


def _iso_week(day: Day) -> str:
    from datetime import date

    year, week, _ = date(*day).isocalendar()
    return f"{year:04}-W{week:02}"


def _iso_time(at: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _as_day(text: str) -> Day | None:
    from datetime import date

    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{text!r} is no day; write it as in 2026-11-22") from error
    return day.year, day.month, day.day


def _within(day: Day, since: Day | None, until: Day | None) -> bool:
    return (since is None or since <= day) and (until is None or day <= until)


def _figures(row: UsageRow) -> dict[str, object]:
    return {
        "requests": row.requests,
        "input_tokens": row.input_tokens,
        "cache_write_tokens": row.cache_write_tokens,
        "cache_write_5m_tokens": row.cache_write_5m_tokens,
        "cache_write_1h_tokens": row.cache_write_1h_tokens,
        "cache_read_tokens": row.cache_read_tokens,
        "output_tokens": row.output_tokens,
        "cost_usd": round(row.cost_usd, 8),
        "unpriced_requests": row.unpriced_requests,
        "models": list(row.models),
        "first_at": _iso_time(row.first_at) if row.requests else None,
        "last_at": _iso_time(row.last_at) if row.requests else None,
    }


def _csv_row(row: UsageRow) -> list[str]:
    return [
        row.key,
        str(row.requests),
        str(row.input_tokens),
        str(row.cache_write_tokens),
        str(row.cache_read_tokens),
        str(row.output_tokens),
        f"{row.cost_usd:.8f}",
        str(row.unpriced_requests),
        " ".join(row.models),
    ]
