"""The `tokenManagement` block: read from every place that may hold it, checked, and each value's origin kept.

Precedence: flag > environment > project `brimline.json` > user `brimline.json` > Claude Code's own
settings > default.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import msgspec

from brimline.core.budget import PRESETS, Budget
from brimline.core.errors import BudgetError, ConfigError
from brimline.core.health import Thresholds
from brimline.core.pool import Pool, check_shares, parse_pools
from brimline.core.window import (
    DEFAULT_WINDOW_TOKENS,
    LARGEST_WINDOW_TOKENS,
    SMALLEST_WINDOW_TOKENS,
    check_window_tokens,
)

BLOCK = "tokenManagement"
PROJECT_FILE = "brimline.json"
COMPRESSION_MODES = ("off", "light", "balanced", "compressed")
LONGEST_INTERVAL_SECONDS = 3_600


class Setting(NamedTuple):
    """One key of the block: how its value is checked, its default, and what it may be (in words).

    `read` makes such a value of the text of an environment variable; what it cannot read stays text.
    """

    check: Callable[[object, str], object]
    default: object
    allowed: str
    read: Callable[[str], object] = str


class Origin(NamedTuple):
    """A value in force and where it came from (`default`, `flag`, an environment variable, a file)."""

    value: object
    source: str


def _switch(value: object, key: str) -> object:
    return value if isinstance(value, bool) else _refuse(key, value)


def _share(value: object, key: str) -> object:
    number = _number(value)
    return number if number is not None and 0 < number <= 1 else _refuse(key, value)


def _interval(value: object, key: str) -> object:
    number = _number(value)
    fits = number is not None and 0 < number <= LONGEST_INTERVAL_SECONDS
    return number if fits else _refuse(key, value)


def _mode(value: object, key: str) -> object:
    return value if value in COMPRESSION_MODES else _refuse(key, value)


def _window(value: object, key: str) -> object:
    number = _number(value)
    if number is None or number != int(number):
        return _refuse(key, value)
    return check_window_tokens(int(number), key)


def _pools(value: object, key: str) -> object:
    if isinstance(value, str) and value in PRESETS:
        return value
    try:
        tree = msgspec.convert(value, dict[str, object])
        check_shares(key, 1.0, parse_pools(tree, key))
    except msgspec.ValidationError:
        return _refuse(key, value)
    except BudgetError as error:
        raise ConfigError(str(error)) from error
    return tree


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) != float("inf") else None


_SWITCHES = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def _read_switch(text: str) -> object:
    return _SWITCHES.get(text.strip().lower(), text)


def _read_number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def _read_pools(text: str) -> object:
    """Read JSON where it is a tree, else the word itself."""
    if not text.lstrip().startswith("{"):
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _refuse(key: str, value: object) -> object:
    raise ConfigError(f"{key} is {value!r}; it takes {SETTINGS[key].allowed}")


SETTINGS: Mapping[str, Setting] = {
    "autoOptimize": Setting(_switch, default=True, allowed="true or false", read=_read_switch),
    "warningThreshold": Setting(_share, 0.5, "a share above 0 and up to 1", _read_number),
    "criticalThreshold": Setting(_share, 0.75, "a share above 0 and up to 1", _read_number),
    "emergencyThreshold": Setting(_share, 0.9, "a share above 0 and up to 1", _read_number),
    "autoCleanup": Setting(_switch, default=True, allowed="true or false", read=_read_switch),
    "compressionMode": Setting(_mode, "balanced", "one of " + ", ".join(COMPRESSION_MODES)),
    "intervalSeconds": Setting(
        _interval, 5, f"seconds above 0 and up to {LONGEST_INTERVAL_SECONDS:,}", _read_number
    ),
    "window": Setting(
        _window,
        None,
        f"a whole number of tokens from {SMALLEST_WINDOW_TOKENS:,} to {LARGEST_WINDOW_TOKENS:,}",
        _read_number,
    ),
    "pools": Setting(
        _pools, "standard", f"{' or '.join(PRESETS)}, or a tree of shares that add up to 1", _read_pools
    ),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting in force, by key, with its origin; `warnings` are sentences for the user."""

    origins: Mapping[str, Origin] = field(default_factory=dict[str, Origin])
    warnings: tuple[str, ...] = ()

    def value(self, key: str) -> object:
        """Return the value in force for *key*."""
        return self.origins[key].value

    @property
    def thresholds(self) -> Thresholds:
        """Shares of the window from which each state begins."""
        keys = ("warningThreshold", "criticalThreshold", "emergencyThreshold")
        return Thresholds(*(float(str(self.value(key))) for key in keys))

    @property
    def window_tokens(self) -> int | None:
        """The window that flag or configuration name, or None."""
        value = self.value("window")
        return value if isinstance(value, int) else None

    @property
    def pools(self) -> tuple[Pool, ...]:
        """The pools of the preset or tree in force."""
        value = self.value("pools")
        if isinstance(value, str):
            return PRESETS[value]
        return parse_pools(msgspec.convert(value, dict[str, object]))

    def budget(self, window_tokens: int = DEFAULT_WINDOW_TOKENS) -> Budget:
        """Return these pools as the budget of a window."""
        return Budget(window_tokens, self.pools)


class Layer(NamedTuple):
    """One place's values, and what to call the place."""

    source: str
    values: Mapping[str, object]


def resolve(layers: Sequence[Layer]) -> Settings:
    """Return the settings that *layers* (strongest first) make, over the defaults.

    Raises `ConfigError` naming key, value, place and allowed range.
    """
    origins = {key: Origin(setting.default, "default") for key, setting in SETTINGS.items()}
    for layer in reversed(layers):
        for key, value in layer.values.items():
            origins[key] = Origin(_checked(key, value, layer.source), layer.source)
    settings = Settings(origins)
    try:
        settings.thresholds  # noqa: B018 - refuses thresholds that are out of order
    except ConfigError as error:
        sources = {origins[key].source for key in origins if key.endswith("Threshold")} - {"default"}
        raise ConfigError(f"{error} (from {', '.join(sorted(sources))})") from error
    return settings


def _checked(key: str, value: object, source: str) -> object:
    if key not in SETTINGS:
        near = get_close_matches(key, SETTINGS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"it knows {', '.join(SETTINGS)}"
        raise ConfigError(f"{source}: {BLOCK} has no key {key!r}; {hint}")
    try:
        return SETTINGS[key].check(value, key)
    except ConfigError as error:
        raise ConfigError(f"{source}: {error}") from error


# ------------------------------------------------------------------------------------------ places
def load_settings(
    flags: Mapping[str, object],
    *,
    folder: Path,
    user_folder: Path,
    claude_files: Sequence[Path] = (),
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Return the settings in force in *folder* for a user whose own file lies in *user_folder*.

    *flags* with a value of None are not given. *claude_files* are Claude Code's settings, strongest first:
    they are not ours, so one that cannot be read is passed over with a warning.
    """
    given = {key: value for key, value in flags.items() if value is not None}
    own = [_project_file(folder), user_folder / PROJECT_FILE]
    layers = [Layer("flag", given), *_environment_layers(os.environ if environment is None else environment)]
    layers += [layer for path in own if path and (layer := _file_layer(path))]
    warnings: list[str] = []
    for path in claude_files:
        try:
            layers += [layer] if (layer := _file_layer(path)) else []
        except ConfigError as error:
            warnings.append(f"Claude Code's settings are passed over: {error}")
    return replace(resolve(layers), warnings=tuple(warnings))


def _project_file(folder: Path) -> Path | None:
    candidates = (above / PROJECT_FILE for above in (folder, *folder.parents))
    return next(filter(_is_there, candidates), None)


def _is_there(path: Path) -> bool:
    """Tell whether *path* is known to be there: what a folder hides says nothing."""
    try:
        path.stat()
    except OSError:
        return False
    return True


def variable_of(key: str) -> str:
    """Return the environment variable of *key*: `warningThreshold` -> `BRIMLINE_WARNING_THRESHOLD`."""
    return "BRIMLINE_" + "".join(f"_{char}" if char.isupper() else char for char in key).upper()


def _environment_layers(environment: Mapping[str, str]) -> list[Layer]:
    named = {variable_of(key): key for key in SETTINGS}
    return [
        Layer(name, {key: SETTINGS[key].read(text)})
        for name, key in named.items()
        if (text := environment.get(name, "")).strip()
    ]


class _SettingsFile(msgspec.Struct):
    """A JSON file with a `tokenManagement` block among whatever else."""

    tokenManagement: dict[str, object] | None = None  # noqa: N815 - the brief's name for the block


def _file_layer(path: Path) -> Layer | None:
    """Return the block in the file at *path*, or None where there is no file or no block in it.

    Raises `ConfigError` where it is there and cannot be read.
    """
    if not _is_there(path):
        return None
    try:
        block = msgspec.json.decode(path.read_bytes(), type=_SettingsFile).tokenManagement
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"cannot read {path}: {reason}; mend it or take it away") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} holds no {BLOCK} object that can be read ({error}); mend it") from error
    if block is None:
        return None
    return Layer(str(path), block)


def check_file(path: Path) -> list[str]:
    """Return the keys that the file at *path* sets; raises `ConfigError` for what is wrong with it."""
    if not _is_there(path):
        raise ConfigError(f"there is no file {path}; name a JSON file with a {BLOCK} block")
    layer = _file_layer(path)
    resolve([layer] if layer else [])
    return list(layer.values) if layer else []
