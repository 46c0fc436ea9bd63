"""The `tokenManagement` block: every place, every check, and where each value came from."""

import json
from pathlib import Path

import pytest

from brimline.app.settings import SETTINGS, check_file, load_settings, resolve, variable_of
from brimline.core.errors import ConfigError

BRIEF = {
    "autoOptimize": True,
    "warningThreshold": 0.5,
    "criticalThreshold": 0.75,
    "autoCleanup": True,
    "compressionMode": "balanced",
}


def write_block(path: Path, block: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"tokenManagement": block, "other": 1}), encoding="utf-8")
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "deep" / "inside"
    folder.mkdir(parents=True)
    return folder


def test_the_brief_s_block_is_accepted_as_written(tmp_path: Path, project: Path) -> None:
    write_block(project / "brimline.json", BRIEF)

    settings = load_settings({}, folder=project, user_folder=tmp_path, environment={})

    assert {key: settings.value(key) for key in BRIEF} == BRIEF


def test_each_place_overrides_the_weaker_ones_and_is_named(tmp_path: Path, project: Path) -> None:
    project_file = write_block(project / "brimline.json", {"criticalThreshold": 0.7, "window": 300_000})
    user_file = write_block(tmp_path / "user" / "brimline.json", {"intervalSeconds": 9, "window": 1_000})
    claude = write_block(tmp_path / "settings.json", {"compressionMode": "light", "intervalSeconds": 1})
    environment = {"BRIMLINE_WINDOW": "400000", "BRIMLINE_AUTO_CLEANUP": "false"}

    settings = load_settings(
        {"window": 500_000, "pools": None},
        folder=project,
        user_folder=user_file.parent,
        claude_files=[claude],
        environment=environment,
    )

    assert {key: (origin.value, origin.source) for key, origin in settings.origins.items()} == {
        "autoOptimize": (True, "default"),
        "warningThreshold": (0.5, "default"),
        "criticalThreshold": (0.7, str(project_file)),
        "emergencyThreshold": (0.9, "default"),
        "autoCleanup": (False, "BRIMLINE_AUTO_CLEANUP"),
        "compressionMode": ("light", str(claude)),
        "intervalSeconds": (9, str(user_file)),
        "window": (500_000, "flag"),
        "pools": ("standard", "default"),
    }


def test_a_project_file_counts_in_every_folder_below_it(tmp_path: Path, project: Path) -> None:
    write_block(project.parents[1] / "brimline.json", {"window": 50_000})

    assert load_settings({}, folder=project, user_folder=tmp_path, environment={}).window_tokens == 50_000


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"autoOptimise": True}, "no key 'autoOptimise'; did you mean autoOptimize?"),
        ({"colour": "red"}, "no key 'colour'; it knows autoOptimize"),
        ({"autoOptimize": "perhaps"}, "autoOptimize is 'perhaps'; it takes true or false"),
        ({"autoOptimize": 3}, "autoOptimize is 3; it takes true or false"),
        ({"warningThreshold": 0}, "warningThreshold is 0; it takes a share above 0 and up to 1"),
        ({"warningThreshold": 50}, "warningThreshold is 50"),
        ({"warningThreshold": True}, "warningThreshold is True"),
        ({"warningThreshold": "half"}, "warningThreshold is 'half'"),
        ({"warningThreshold": 0.8}, "criticalThreshold is 0.75; give a share above warningThreshold (0.8)"),
        ({"emergencyThreshold": 0.75}, "emergencyThreshold is 0.75; give a share above criticalThreshold"),
        ({"compressionMode": "zip"}, "compressionMode is 'zip'; it takes one of off, light, balanced"),
        ({"intervalSeconds": 0}, "intervalSeconds is 0; it takes seconds above 0"),
        ({"intervalSeconds": "inf"}, "intervalSeconds is 'inf'"),
        ({"window": 10}, "window is 10; give a window between 1,000"),
        ({"window": 1000.5}, "window is 1000.5; it takes a whole number"),
        ({"window": None}, "window is None; it takes a whole number"),
        ({"pools": "tiny"}, "pools is 'tiny'; it takes standard or claude-code"),
        ({"pools": 7}, "pools is 7"),
        ({"pools": {"reserved": 0.5}}, "add up to 0.5, not 1"),
        ({"pools": {"reserved": 0.5, "rest": {"a": -0.1, "b": 0.6}}}, "pools.rest.a is -0.1"),
        ({"pools": {"reserved": "much", "rest": 1}}, "pools.reserved is 'much'"),
    ],
)
def test_what_cannot_be_is_refused_with_key_value_and_range(
    block: dict[str, object], words: str, tmp_path: Path
) -> None:
    file = write_block(tmp_path / "brimline.json", block)

    with pytest.raises(ConfigError) as refused:
        check_file(file)

    assert words in str(refused.value)
    assert str(file) in str(refused.value)


@pytest.mark.parametrize("content", ["", "{", '"x"', '{"tokenManagement": 7}', "\xff"])
def test_a_file_that_holds_no_block_is_named(content: str, tmp_path: Path) -> None:
    file = tmp_path / "brimline.json"
    file.write_bytes(content.encode("latin-1"))

    with pytest.raises(ConfigError, match=r"brimline\.json"):
        check_file(file)


def test_a_file_without_the_block_sets_nothing(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{"model": "opus"}', encoding="utf-8")

    assert check_file(file) == []


def test_an_absent_file_cannot_be_checked(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no file"):
        check_file(tmp_path / "none.json")


def test_own_pools_become_the_budget(tmp_path: Path) -> None:
    own = {"reserved": 0.1, "mine": {"chat": 0.6, "files": 0.3}}
    environment = {"BRIMLINE_POOLS": json.dumps(own)}

    settings = load_settings({}, folder=tmp_path, user_folder=tmp_path, environment=environment)

    assert settings.budget(1_000).guarantees == {
        "reserved": 100,
        "mine": 900,
        "mine/chat": 600,
        "mine/files": 300,
    }


def test_a_preset_is_chosen_by_name(tmp_path: Path) -> None:
    environment = {"BRIMLINE_POOLS": "claude-code"}

    settings = load_settings({}, folder=tmp_path, user_folder=tmp_path, environment=environment)

    assert sum(pool.share for pool in settings.pools) == pytest.approx(1)
    assert settings.pools != resolve([]).pools


@pytest.mark.parametrize(
    ("key", "value"),
    [("warningThreshold", "0.4"), ("autoCleanup", "yes"), ("window", "300000"), ("intervalSeconds", "5")],
)
def test_a_file_holds_numbers_and_switches_as_such_and_a_variable_as_text(
    tmp_path: Path, key: str, value: str
) -> None:
    file = write_block(tmp_path / "brimline.json", {key: value})

    with pytest.raises(ConfigError, match=f"{key} is '{value}'"):
        load_settings({}, folder=tmp_path, user_folder=tmp_path / "user", environment={})
    with pytest.raises(ConfigError, match=f"{key} is '{value}'"):
        check_file(file)
    file.unlink()
    environment = {variable_of(key): value}
    settings = load_settings({}, folder=tmp_path, user_folder=tmp_path / "user", environment=environment)
    assert settings.value(key) == json.loads(value.replace("yes", "true"))


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_variable_sets_nothing(tmp_path: Path, text: str) -> None:
    environment = {variable_of(key): text for key in SETTINGS}

    settings = load_settings({}, folder=tmp_path, user_folder=tmp_path, environment=environment)

    assert settings == resolve([])


@pytest.mark.parametrize("folder", ["", "user"])
def test_a_folder_in_a_settings_file_s_place_is_refused(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder / "brimline.json").mkdir(parents=True)

    with pytest.raises(ConfigError, match=r"cannot read .*brimline\.json: Is a directory"):
        load_settings({}, folder=tmp_path, user_folder=tmp_path / "user", environment={})


@pytest.mark.parametrize("content", ["{", "[]", '{"tokenManagement": 5}', "\udcff"])
def test_claude_s_own_settings_are_passed_over_where_they_are_broken(tmp_path: Path, content: str) -> None:
    broken = tmp_path / "settings.json"
    broken.write_bytes(content.encode("utf-8", "surrogateescape"))
    sound = write_block(tmp_path / "other.json", {"window": 5_000})

    settings = load_settings(
        {}, folder=tmp_path, user_folder=tmp_path / "user", claude_files=[broken, sound], environment={}
    )

    assert settings.value("window") == 5_000
    (warning,) = settings.warnings
    assert warning.startswith("Claude Code's settings are passed over: ")
    assert str(broken) in warning


def test_a_variable_is_named_after_its_key() -> None:
    assert {variable_of(key) for key in SETTINGS} >= {"BRIMLINE_WARNING_THRESHOLD", "BRIMLINE_WINDOW"}
