"""The compression levels: what each keeps is the promise that their names make."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from tests.core.recordings import recording, shown, words

from brimline.adapters.claude_code.recording import record
from brimline.app.replay import replay
from brimline.app.sessions import load_session
from brimline.core.policy import Cut, Moment
from brimline.core.recording import Shown
from brimline.stores.sessions_index import memory_index
from brimline.strategies.levels import BALANCED, COMPRESSED, LIGHT, Level
from brimline.tokenizers.meter import meter_for

SOURCE = "\n".join(f"{number:6}→    value_{number} = compute_{number}(argument)" for number in range(1, 200))
TESTS = "\n".join(
    [f"tests/test_it.py::test_{number} PASSED" for number in range(200)] + ["===== 200 passed in 1.0s ====="]
)


def read_of(turn: int, text: str = SOURCE) -> Shown:
    return Shown(f"read{turn}", turn, text, words(text), True, "Read", "/home/me/src/app.py")


def run_of(turn: int) -> Shown:
    return Shown(f"tests{turn}", turn, TESTS, words(TESTS), True, "Bash", command="pytest -v")


def decide(
    level: Level, *fresh: Shown, earlier: list[Shown] | None = None, cold: bool = False, turn: int = 1
) -> Mapping[str, Cut]:
    return level.begin(len)(Moment(turn, 0.0, cold, fresh, earlier or [], {}))


@pytest.mark.parametrize("level", [LIGHT, BALANCED, COMPRESSED])
def test_source_text_loses_nothing_but_its_line_numbers(level: Level) -> None:
    cut = decide(level, read_of(1))["read1"]
    assert cut.says == SOURCE
    assert all(f"value_{number} = compute_{number}(argument)" in cut.text for number in range(1, 200))
    assert len(cut.text) < len(SOURCE)


@pytest.mark.parametrize("level", [LIGHT, BALANCED, COMPRESSED])
def test_a_second_read_of_the_same_refers_to_the_first(level: Level) -> None:
    first, second = read_of(1), read_of(2)
    session = level.begin(len)
    session(Moment(1, 0.0, False, [first], [], {}))
    cut = session(Moment(2, 1.0, False, [second], [first], {}))["read2"]
    assert len(cut.text) < 0.1 * len(SOURCE)
    assert "app.py" in cut.text


def test_after_a_compaction_nothing_refers_to_what_stood_before() -> None:
    session = LIGHT.begin(len)
    session(Moment(1, 0.0, False, [read_of(1)], [], {}))
    cut = session(Moment(2, 1.0, False, [read_of(2)], [], {}))["read2"]
    assert "value_150 = compute_150(argument)" in cut.text


def test_light_keeps_what_balanced_folds_and_says_where_it_is() -> None:
    light, folded = (decide(level, run_of(1)) for level in (LIGHT, BALANCED))
    assert not light or "test_150" in light["tests1"].text
    cut = folded["tests1"]
    assert "200 passed" in cut.text
    assert "lines left out; whole: " in cut.text
    assert cut.says == cut.text


def test_only_what_is_stale_and_cold_is_cleared() -> None:
    def cleared(level: Level, turn: int, *, cold: bool) -> bool:
        session = level.begin(len)
        session(Moment(1, 0.0, False, [run_of(1)], [], {}))
        return "tests1" in session(Moment(turn, 1e6, cold, [], [run_of(1)], {}))

    assert cleared(BALANCED, 6, cold=True)
    assert not cleared(BALANCED, 6, cold=False)
    assert not cleared(BALANCED, 5, cold=True)
    assert not cleared(LIGHT, 9, cold=True)


def test_what_a_reference_points_at_is_never_cleared() -> None:
    log = "\n".join(f"step {number} of the build went on as before" for number in range(60))
    first = Shown("log1", 1, log, words(log), True, "Bash", command="make")
    again = first._replace(key="log2", turn=2)
    session = BALANCED.begin(len)
    session(Moment(1, 0.0, False, [first], [], {}))
    assert "log2" in session(Moment(2, 1.0, False, [again], [first], {}))
    assert "log1" not in session(Moment(20, 1e6, True, [], [first, again], {}))


def test_what_gets_no_shorter_is_left_as_it_is() -> None:
    assert decide(COMPRESSED, shown(1, "one short line")) == {}


def test_no_prompt_is_ever_edited() -> None:
    assert decide(COMPRESSED, shown(1, TESTS, result=False)) == {}


def test_light_hides_nothing_that_a_turn_uses() -> None:
    blocks = [read_of(1), read_of(2), run_of(3)]
    session = recording(blocks, ["", "", "value_77 test_it.py::test_99", "compute_12"])
    regret = replay(session, LIGHT, words).regret
    assert regret.used > 0
    assert regret.hidden == 0


@pytest.mark.data
def test_levels_save_and_light_hides_nothing_on_real_sessions(claude_folders: list[Path]) -> None:
    """One session of each repository: every figure for all of them is a benchmark's."""
    with closing(memory_index()) as store:
        for folder in claude_folders:
            file = min(folder.glob("projects/*/*.jsonl"), key=lambda each: each.stat().st_size)
            session = load_session(file, store).session
            count = meter_for(session.requests[-1].model).tokenizer.count
            light, balanced = (
                replay(record(session, folder.name), level, count) for level in (LIGHT, BALANCED)
            )
            assert light.regret.hidden == 0, file
            assert balanced.busts == light.busts == 0, file
            assert balanced.tokens_after <= light.tokens_after <= light.tokens_before * 1.001, file
