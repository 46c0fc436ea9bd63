"""What fills a window, and in which window and before which line it stands."""

import json
from pathlib import Path

import msgspec
import pytest
from tests.adapters.claude_code.building import OPUS, Transcript, call, result, text, thinking

from brimline.adapters.claude_code.client_settings import ClientSettings
from brimline.app.settings import Layer, Settings, resolve
from brimline.app.status import read_snapshot, read_status, status_of_snapshot, window_of
from brimline.app.views import StatusView
from brimline.core.errors import SnapshotError
from brimline.core.health import HealthState
from brimline.core.window import LineSource
from brimline.surfaces.cli.status_text import render_status
from brimline.tokenizers.meter import meter_for

SILENT = ClientSettings()
DEFAULTS = resolve([])


@pytest.fixture
def transcript(tmp_path: Path) -> Transcript:
    return Transcript(tmp_path / "session.jsonl")


def view(transcript: Transcript, turn: int = 0, settings: Settings = DEFAULTS) -> StatusView:
    session = transcript.read()
    number = turn or len(session.requests)
    window = window_of(session, number, settings, SILENT)
    output_stays = meter_for(transcript.model).output_stays
    return read_status(session, number, window, output_stays=output_stays).view(settings)


# -------------------------------------------------------------------------------------- the window
@pytest.mark.parametrize(
    ("said", "model", "held", "size"),
    [
        ((None, None), "claude-opus-4-6", 20_000, 200_000),
        ((None, None), "claude-opus-4-6", 250_000, 1_000_000),
        ((None, 400_000), "claude-opus-4-6", 20_000, 400_000),
        ((300_000, 400_000), "claude-opus-4-6", 20_000, 300_000),
        ((None, None), "nobody-knows-9", 20_000, 200_000),
        ((None, None), "nobody-knows-9", 250_000, 1_000_000),
        ((None, None), "nobody-knows-9", 5_000_000, 1_000_000),
    ],
    ids=["table", "raised", "client", "flag", "unknown model", "unknown and raised", "overfull"],
)
def test_the_window_is_the_flags_else_the_clients_else_the_models_and_holds_what_was_reported(
    transcript: Transcript, said: tuple[int | None, int | None], model: str, held: int, size: int
) -> None:
    flag, client = said
    transcript.answer(model=model, held=held)
    settings = resolve([Layer("flag", {"window": flag})]) if flag else DEFAULTS

    window = window_of(transcript.read(), 1, settings, ClientSettings(window_tokens=client))

    assert (window.model, window.size_tokens) == (model, size)
    assert 0 < window.line_tokens <= window.size_tokens


def test_a_window_is_raised_for_every_request_of_a_model_that_held_more_once(transcript: Transcript) -> None:
    transcript.answer(held=20_000, model="claude-opus-4-6")
    transcript.answer(held=250_000, model="claude-opus-4-6")
    transcript.answer(held=20_000, model="claude-haiku-4-5")

    sizes = [window_of(transcript.read(), turn, DEFAULTS, SILENT).size_tokens for turn in (1, 2, 3)]

    assert sizes == [1_000_000, 1_000_000, 200_000]


def test_the_line_is_learned_where_the_session_compacted(transcript: Transcript) -> None:
    transcript.model = "claude-opus-4-6"
    transcript.answer(held=160_000)
    transcript.compact(preTokens=155_598)
    transcript.answer(held=30_000)

    window = window_of(transcript.read(), 2, DEFAULTS, SILENT)

    assert (window.line_tokens, window.line_source) == (155_598, LineSource.LEARNED)


def test_a_learned_line_does_not_outlive_a_switch_to_a_larger_window(transcript: Transcript) -> None:
    transcript.answer(held=160_000, model="claude-opus-4-6")
    transcript.compact(preTokens=167_081)
    transcript.answer(held=30_000, model="claude-haiku-4-5")
    transcript.answer(held=30_000, model="claude-opus-5")

    windows = [window_of(transcript.read(), turn, DEFAULTS, SILENT) for turn in (1, 2, 3)]

    assert [window.line_tokens for window in windows] == [167_081, 167_081, 967_000]
    assert [window.line_source for window in windows] == ["learned", "learned", "client"]


@pytest.mark.parametrize(("size", "line"), [(1_000_000, 967_000), (180_000, 150_300), (100_000, 83_500)])
def test_a_window_of_another_size_has_no_learned_line(transcript: Transcript, size: int, line: int) -> None:
    transcript.model = "claude-opus-4-6"
    transcript.answer(held=160_000)
    transcript.compact(preTokens=90_000)
    transcript.answer(held=30_000)
    settings = resolve([Layer("flag", {"window": size})])

    assert window_of(transcript.read(), 2, settings, SILENT).line_tokens == line


# ---------------------------------------------------------------------------------- a session's status
def test_a_status_adds_up_to_what_was_reported(transcript: Transcript) -> None:
    transcript.user("first")
    transcript.answer(thinking(), call("t", "Read", file_path="/a.py"), held=20_000, output=90)
    transcript.user([result("t", "x = 1\n" * 300)])
    transcript.answer(held=22_000, output=5)

    status = view(transcript)

    assert (status.session, status.request, status.requests) == ("session", 2, 2)
    assert status.used.tokens == status.reported_tokens == 22_000
    assert status.used.provenance == "reported"
    assert status.available == status.window.size - 22_000
    assert status.accounted_tokens is not None
    assert status.residual_tokens is not None
    total = status.accounted_tokens + status.residual_tokens
    assert sum(category.tokens for category in status.categories) == total
    assert sum(pool.used for pool in status.pools if "/" in pool.path or pool.path == "reserved") == total
    assert status.error_share == pytest.approx(abs(total - 22_000) / 22_000)
    assert [change.name for change in status.changed] == ["Messages", "Context"]


def test_nothing_is_said_to_have_changed_over_a_cut(transcript: Transcript) -> None:
    transcript.answer(held=160_000)
    transcript.compact(preTokens=155_598)
    transcript.answer(held=30_000)

    assert view(transcript).changed == []


def test_the_pace_is_that_since_the_last_cut(transcript: Transcript) -> None:
    transcript.model = "claude-opus-4-6"
    for held in (20_000, 160_000):
        transcript.answer(held=held)
    transcript.compact(preTokens=155_598)
    for held in (30_000, 31_000, 32_000):
        transcript.answer(held=held)

    pace = view(transcript).pace

    assert (pace.tokens_per_turn, pace.turns_to_line) == (1_000, (155_598 - 32_000) // 1_000)


def test_a_request_without_usage_is_counted_and_not_called_reported(transcript: Transcript) -> None:
    transcript.user("first")
    transcript.answer(held=20_000)
    transcript.user("second")
    message = {"id": "m", "model": OPUS, "content": [text("no figures")]}
    transcript.add("assistant", {"message": message})

    status = view(transcript)

    assert status.reported_tokens is None
    assert status.used.provenance != "reported" or status.used.tokens > 20_000
    assert 20_000 < status.used.tokens < 20_100


@pytest.mark.parametrize(("held", "health"), [(20_000, "healthy"), (1_500_000, "overflow")])
def test_health_is_judged_on_what_was_reported(transcript: Transcript, held: int, health: str) -> None:
    transcript.answer(held=held)

    assert view(transcript).health == HealthState(health)


def test_a_first_request_smaller_than_what_we_count_harms_nobody(transcript: Transcript) -> None:
    transcript.user("words and words " * 2_000)
    transcript.answer(held=100)

    status = view(transcript)

    assert status.used.tokens == 100
    assert status.residual_tokens is not None
    assert status.residual_tokens == 0
    assert status.accounted_tokens is not None
    assert status.error_share == pytest.approx((status.accounted_tokens - 100) / 100)
    assert all(category.tokens >= 0 for category in status.categories)
    assert render_status(status, detail=True)


def test_a_session_that_reports_no_usage_is_counted(transcript: Transcript) -> None:
    for words in ("words and words " * 2_000, "and more " * 50):
        transcript.user(words)
        transcript.answer(held=2)
    transcript.path.write_bytes(
        transcript.path.read_bytes().replace(b'"input_tokens": 2', b'"input_tokens": 0')
    )

    first, last = view(transcript, 1), view(transcript)

    for status in (first, last):
        assert (status.reported_tokens, status.residual_tokens, status.error_share) == (None, 0, 0.0)
        assert status.used.tokens == status.accounted_tokens
        assert status.used.provenance == "exact"
        assert status.pace.turns_to_line is None, "what was not reported has no pace"
        assert all(category.tokens >= 0 for category in status.categories)
        assert "-" not in "".join(line for line in render_status(status).splitlines() if "System" in line)
    assert 4_000 < first.used.tokens < last.used.tokens


# ---------------------------------------------------------------------------------------- hostile names
ESCAPES = "\x1b[2J\x1b]0;owned\x07\r\n\u202e\u2028\x9b31m"


def hostile(transcript: Transcript) -> StatusView:
    transcript.user(f"prompt {ESCAPES}")
    transcript.attach("skill_listing", content=f"- {ESCAPES}skill: {ESCAPES}\n- {'n' * 1_000_000}: long")
    transcript.attach("mcp_instructions_delta", addedNames=[ESCAPES], addedBlocks=["x " * 2_000])
    transcript.attach("nested_memory", path=f"/{ESCAPES}.md", content={"content": "y " * 4_000})
    transcript.answer(
        call("t", "Read", file_path=f"/{ESCAPES}.py"), call("u", f"mcp__{ESCAPES}__x"), held=60_000
    )
    transcript.user([result("t", "x = 1\n" * 3_000), result("u", "z " * 3_000)])
    for number in range(8):
        transcript.answer(held=60_000 + number, sessionId=ESCAPES, model=f"claude-opus-5-{ESCAPES}")
    return view(transcript)


@pytest.mark.parametrize("plain", [True, False])
def test_hostile_names_reach_no_terminal(transcript: Transcript, *, plain: bool) -> None:
    rendered = render_status(hostile(transcript), plain=plain, detail=True)

    assert [line for line in rendered.split("\n") if not line.isprintable()] == []
    assert max(map(len, rendered.split("\n"))) < 400


def test_hostile_names_stay_whole_in_json(transcript: Transcript) -> None:
    status = hostile(transcript)

    told = json.loads(msgspec.json.encode(status))

    names = {item["name"] for category in told["categories"] for item in category["items"]}
    assert {f"/{ESCAPES}.py", f"/{ESCAPES}.md", "n" * 1_000_000} <= names
    assert b"\x1b" not in msgspec.json.encode(status)


# ------------------------------------------------------------------------------------ a snapshot's file
def snapshot(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_snapshot_needs_only_a_size_and_categories(tmp_path: Path) -> None:
    content = {
        "window": {"size": 200_000},
        "categories": [{"name": "Messages", "tokens": 8_000}, {"name": "System", "tokens": 2_000}],
    }

    status = status_of_snapshot(read_snapshot(snapshot(tmp_path / "s.json", content)), DEFAULTS)

    assert (status.used.tokens, status.available, status.window.line_source) == (10_000, 190_000, "default")
    assert status.session is None


def test_a_snapshot_of_a_status_says_the_same_again(transcript: Transcript, tmp_path: Path) -> None:
    transcript.user("first")
    transcript.answer(held=20_000)
    status = view(transcript)
    file = tmp_path / "s.json"
    file.write_bytes(msgspec.json.encode(status))

    again = status_of_snapshot(read_snapshot(file), DEFAULTS)

    assert (again.used.tokens, again.health, again.window.line) == (20_000, status.health, status.window.line)
    assert [(use.name, use.tokens) for use in again.categories] == [
        (use.name, use.tokens) for use in status.categories
    ]


WINDOW = {"size": 200_000}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({}, "window"),
        ({"window": WINDOW}, "categories"),
        ({"window": {"size": 5}, "categories": []}, r"window\.size"),
        ({"window": {"size": 200_000, "line": 300_000}, "categories": []}, "line of 300000"),
        ({"window": WINDOW, "categories": [{"name": "Ideas", "tokens": 1}]}, "Ideas"),
        ({"window": WINDOW, "categories": [{"name": "System", "tokens": -1}]}, "negative"),
        ({"window": WINDOW, "categories": [{"name": "System", "tokens": 10**13}]}, "more tokens than any"),
        ({"window": WINDOW, "categories": [{"name": "Agents", "tokens": 1}] * 2}, "category Agents twice"),
        ({"window": WINDOW, "categories": [], "used": {"tokens": -1}}, r"used\.tokens has a negative"),
        (
            {
                "window": WINDOW,
                "categories": [{"name": "System", "tokens": 1, "items": [{"name": "a", "tokens": 2}]}],
            },
            "more than its 1",
        ),
        ({"window": WINDOW, "categories": [], "schema": "brimline/status@9"}, "status@9"),
        ([], "is no snapshot"),
    ],
)
def test_a_bad_snapshot_is_refused_with_the_file_and_the_reason(
    tmp_path: Path, content: object, reason: str
) -> None:
    with pytest.raises(SnapshotError, match=reason) as refused:
        read_snapshot(snapshot(tmp_path / "bad.json", content))

    assert "bad.json" in str(refused.value)


def test_a_snapshot_keeps_what_was_used_beyond_its_categories(tmp_path: Path) -> None:
    content = {
        "window": {"size": 200_000},
        "categories": [{"name": "Messages", "tokens": 50_000}],
        "used": {"tokens": 190_000},
    }

    told = status_of_snapshot(read_snapshot(snapshot(tmp_path / "s.json", content)), DEFAULTS)
    content["used"] = {"tokens": 20_000}
    less = status_of_snapshot(read_snapshot(snapshot(tmp_path / "s.json", content)), DEFAULTS)

    assert (told.used.tokens, told.health) == (190_000, HealthState.EMERGENCY)
    assert (less.used.tokens, less.health) == (50_000, HealthState.HEALTHY)
    assert "Unaccounted" in render_status(told)


@pytest.mark.parametrize(
    ("window", "line"), [({"size": 200_000}, 50_000), ({"size": 200_000, "line": 160_000}, 40_000)]
)
def test_a_window_that_is_asked_for_goes_over_the_snapshots_own(
    tmp_path: Path, window: dict[str, int], line: int
) -> None:
    content = {"window": window, "categories": [{"name": "Messages", "tokens": 45_000}]}

    shown = read_snapshot(snapshot(tmp_path / "s.json", content), 50_000).window

    assert (shown.size_tokens, shown.line_tokens) == (50_000, line)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"null"])
def test_a_snapshot_that_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.json").write_bytes(content)

    with pytest.raises(SnapshotError, match=r"bad\.json is no snapshot"):
        read_snapshot(tmp_path / "bad.json")
    with pytest.raises(SnapshotError, match=r"cannot read the snapshot .*gone\.json: No such file"):
        read_snapshot(tmp_path / "gone.json")
