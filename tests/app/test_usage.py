import csv
import io
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.app.indexing import Pricing
from brimline.app.usage import GROUPS, Group, UsageRow, UsageView, day_finder, fold, total, usage_view
from brimline.core.errors import ConfigError, NoSessionError
from brimline.core.requests import SLOT_SECONDS, Cell
from brimline.core.usage import Usage

IN_UTC = day_finder("UTC")
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


class OneDollarAToken:
    def cost_usd(self, model: str, usage: Usage, at: float) -> float | None:
        return None if model == "strange" else float(usage.output_tokens)


PRICES = Pricing("test", OneDollarAToken)


def cell(
    at: datetime = NOON, *, output: int = 10, model: str = "opus", session: str = "s", project: str = "-p"
) -> Cell:
    seconds = at.timestamp()
    slot = int(seconds // SLOT_SECONDS)
    return Cell(
        project, "/p", session, slot, model, 1, 1, 2, 3, 4, output, float(output), 0, seconds, seconds
    )


def keys(cells: list[Cell], group: Group) -> list[str]:
    return [row.key for row in fold(cells, group, IN_UTC)]


def all_tokens(row: UsageRow) -> int:
    return row.input_tokens + row.cache_write_tokens + row.cache_read_tokens + row.output_tokens


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def line(message_id: str, output: int, at: datetime = NOON, *, model: str = "opus") -> str:
    usage = {"input_tokens": 1, "cache_creation_input_tokens": 30, "cache_read_input_tokens": 300}
    message = {"id": message_id, "model": model, "usage": usage | {"output_tokens": output}}
    record = {"message": message, "requestId": "r", "timestamp": at.isoformat(), "cwd": "/srv"}
    return json.dumps(record, separators=(",", ":")) + "\n"


@pytest.fixture
def claude(tmp_path: Path) -> Path:
    """Return a Claude folder with two sessions, three calls, two days, and a model without a price."""
    project = tmp_path / "claude" / "projects" / "-srv"
    project.mkdir(parents=True)
    (project / "a.jsonl").write_text(line("m", 5) + line("n", 7, NOON + hours(12)), encoding="utf-8")
    (project / "b.jsonl").write_text(line("o", 1, NOON + hours(11.99), model="strange"), encoding="utf-8")
    return tmp_path / "claude"


def view(claude: Path, group: Group = "day", **options: str) -> UsageView:
    return usage_view(claude_dir=str(claude), group=group, pricing=PRICES, **options)


@pytest.fixture
def local_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the local time that of Kathmandu, 5 h 45 min ahead of UTC, for one test."""
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    yield
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def test_days_weeks_and_months_ascend() -> None:
    cells = [cell(NOON + timedelta(days=days)) for days in (40, 0, 1)]

    assert keys(cells, "day") == ["2026-07-01", "2026-07-02", "2026-08-10"]
    assert keys(cells, "week") == ["2026-W27", "2026-W33"]
    assert keys(cells, "month") == ["2026-07", "2026-08"]


def test_a_week_belongs_to_the_year_of_its_thursday() -> None:
    assert keys([cell(datetime(2027, 1, 1, tzinfo=UTC))], "week") == ["2026-W53"]


def test_models_projects_and_sessions_come_dearest_first() -> None:
    cells = [
        cell(output=1, model="a", project="-x", session="1"),
        cell(output=2, model="b", project="-y", session="2"),
        cell(output=2, model="a", project="-y", session="3"),
    ]

    assert keys(cells, "model") == ["a", "b"]
    assert keys(cells, "project") == ["-y", "-x"]
    assert keys(cells, "session") == ["2", "3", "1"]


def test_a_project_is_labelled_with_its_working_directory() -> None:
    cells = [cell()._replace(cwd="/p/deeper"), cell(), cell()._replace(cwd="")]

    (row,) = fold(cells, "project", IN_UTC)
    assert (row.key, row.label) == ("-p", "/p")
    (unsaid,) = fold(cells[2:], "project", IN_UTC)
    assert unsaid.label == "-p"


def test_a_block_begins_with_the_hour_of_its_first_request_and_lasts_five() -> None:
    at = NOON + hours(0.75)
    cells = [cell(at + hours(add)) for add in (9, 0, 4.0, 4.5, 30)]

    assert keys(cells, "block") == [
        "2026-07-01T12:00:00Z",
        "2026-07-01T17:00:00Z",
        "2026-07-02T18:00:00Z",
    ]
    assert [row.requests for row in fold(cells, "block", IN_UTC)] == [2, 2, 1]


@given(st.lists(st.integers(0, 400), min_size=1))
def test_rows_of_any_group_add_up_to_the_totals(slots: list[int]) -> None:
    cells = [
        cell(NOON + hours(slot / 4), output=slot, session=str(slot % 3), model="ab"[slot % 2])
        for slot in slots
    ]
    whole = total(cells)

    for group in GROUPS:
        rows = fold(cells, group, IN_UTC)
        assert len({row.key for row in rows}) == len(rows)
        assert sum(row.requests for row in rows) == whole.requests == len(slots)
        assert sum(map(all_tokens, rows)) == all_tokens(whole)
        assert sum(row.cost_usd for row in rows) == pytest.approx(whole.cost_usd)


def test_days_are_local_unless_a_zone_is_named(local_zone: None) -> None:
    evening = cell(datetime(2026, 7, 1, 18, 15, tzinfo=UTC))
    earlier = cell(datetime(2026, 7, 1, 18, 14, 59, tzinfo=UTC))

    assert [row.key for row in fold([earlier, evening], "day", day_finder())] == ["2026-07-01", "2026-07-02"]
    assert fold([evening], "day", day_finder("Asia/Kathmandu")) == fold([evening], "day", day_finder())
    assert fold([evening], "day", day_finder("America/Los_Angeles"))[0].key == "2026-07-01"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "UTC\0", "Europe"])
def test_an_unknown_zone_is_refused(claude: Path, zone: str) -> None:
    with pytest.raises(ConfigError, match="is not known here; use a name such as UTC or Europe/Berlin"):
        view(claude, timezone=zone)


def test_totals_and_rows_are_of_the_folder_asked_for(claude: Path) -> None:
    seen = view(claude)

    assert [(row.key, row.requests, row.output_tokens) for row in seen.rows] == [
        ("2026-07-01", 2, 6),
        ("2026-07-02", 1, 7),
    ]
    assert (seen.totals.requests, seen.totals.cost_usd, seen.totals.unpriced_requests) == (3, 12.0, 1)
    assert seen.unpriced_models == ("strange",)


def test_days_outside_the_limits_are_left_out_of_rows_and_totals(claude: Path) -> None:
    assert view(claude, since="2026-07-02").totals.requests == 1
    assert view(claude, until="2026-07-01").totals.requests == 2
    assert [row.key for row in view(claude, since="2026-07-01", until="2026-07-01").rows] == ["2026-07-01"]
    assert view(claude, since="2030-01-01").rows == ()


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "2026-7-1"])
def test_what_is_no_day_is_refused(claude: Path, day: str) -> None:
    with pytest.raises(ConfigError, match="is no day; write it as in 2026-11-22"):
        view(claude, since=day)


def test_a_folder_without_sessions_is_an_error_that_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(NoSessionError, match="looked for") as caught:
        view(tmp_path)
    assert str(tmp_path / "projects") in str(caught.value)


def test_sessions_without_any_request_make_empty_totals(tmp_path: Path) -> None:
    project = tmp_path / "projects" / "-srv"
    project.mkdir(parents=True)
    (project / "a.jsonl").write_text('{"type":"summary"}\n', encoding="utf-8")

    seen = view(tmp_path)

    assert (seen.rows, seen.totals.requests, seen.totals.cost_usd) == ((), 0, 0.0)
    assert seen.to_json()["totals"]["first_at"] is None  # type: ignore[index]


@pytest.mark.parametrize("group", GROUPS)
def test_the_json_view_holds_the_contracts_keys(claude: Path, group: Group) -> None:
    told = json.loads(json.dumps(view(claude, group).to_json()))

    assert told["schema"] == "brimline/usage@1"
    assert told["group"] == group
    figures = {
        "requests",
        "input_tokens",
        "cache_write_tokens",
        "cache_read_tokens",
        "output_tokens",
        "cost_usd",
    }
    assert figures <= told["totals"].keys()
    assert all(figures | {"key", "models", "unpriced_requests"} <= row.keys() for row in told["rows"])
    assert told["totals"]["first_at"] == "2026-07-01T12:00:00Z"


def test_the_csv_has_a_heading_and_a_line_for_each_row(claude: Path) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(view(claude).to_csv_rows())

    heading, first, second = (
        csv.DictReader(io.StringIO(text.getvalue())).fieldnames or [],
        *list(csv.DictReader(io.StringIO(text.getvalue()))),
    )
    assert heading[:2] == ["day", "requests"]
    assert (first["day"], first["output_tokens"], first["models"]) == ("2026-07-01", "6", "opus strange")
    assert float(second["cost_usd"]) == 7.0


def test_real_sessions_add_up_in_every_group(
    claude_folders: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", ",".join(map(str, claude_folders)))
    totals = {group: usage_view(group=group).totals for group in GROUPS}

    assert len({total.requests for total in totals.values()}) == 1
    assert totals["day"].requests == 3472
    assert all_tokens(totals["day"]) == 396_984_171


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_times_at_the_ends_of_the_calendar_do_no_harm(claude: Path, group: Group, zone: str) -> None:
    times = ("0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00")
    lines = [line(at, 1).replace(NOON.isoformat(), at) for at in times]
    (claude / "projects" / "-srv" / "ends.jsonl").write_text("".join(lines), encoding="utf-8")

    seen = view(claude, group, timezone=zone)

    assert json.loads(json.dumps(seen.to_json()))["totals"]["requests"] == 4
    assert any(warning.startswith("2 lines were left out") for warning in seen.warnings)
