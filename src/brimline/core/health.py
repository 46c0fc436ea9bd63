"""How full is too full: the states of a window, and when one is left."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from brimline.core.errors import ConfigError
from brimline.core.window import Window


class HealthState(StrEnum):
    """A window's state; `severity` orders them."""

    HEALTHY = "healthy"
    WARNING = "warning"
    CRITICAL = "critical"
    EMERGENCY = "emergency"
    OVERFLOW = "overflow"

    @property
    def severity(self) -> int:
        """0 for healthy up to 4 for overflow."""
        return _SEVERITY[self]


_SEVERITY = {state: severity for severity, state in enumerate(HealthState)}

LINE_CRITICAL_SHARE = 0.9
LINE_EMERGENCY_SHARE = 0.97
"""Shares of the line: a client that compacts itself would never reach 90 % of its window."""

HYSTERESIS_SHARE = 0.02
"""A state is left downwards only this far below its own threshold, so that it does not flap."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares of the window (0..1, rising) from which a state begins.

    Raises `ConfigError` naming the key when they are out of range or out of order.
    """

    warning: float = 0.5
    critical: float = 0.75
    emergency: float = 0.9

    def __post_init__(self) -> None:
        """Refuse thresholds out of range or out of order."""
        shares = {"warningThreshold": self.warning, "criticalThreshold": self.critical}
        shares["emergencyThreshold"] = self.emergency
        floor, floor_key = 0.0, ""
        for key, share in shares.items():
            if not floor < share <= 1:
                above = f"{floor_key} ({floor:g})" if floor else "0"
                raise ConfigError(f"{key} is {share:g}; give a share above {above} and up to 1")
            floor, floor_key = share, key


class Health(NamedTuple):
    """The state of a window by both measures; the worse one is the state."""

    by_window: HealthState
    by_line: HealthState

    @property
    def state(self) -> HealthState:
        """The worse of the two."""
        return max(self.by_window, self.by_line, key=lambda state: state.severity)

    @property
    def decided_by(self) -> str:
        """`line` when only the line makes it this bad, else `window`."""
        return "line" if self.by_line.severity > self.by_window.severity else "window"


def judge(used_tokens: int, window: Window, thresholds: Thresholds | None = None) -> Health:
    """Return the health of *window* holding *used_tokens*, by its size and by its line."""
    shares = thresholds or Thresholds()
    return Health(
        by_window=_judge_window(used_tokens / window.size_tokens, shares),
        by_line=_judge_line(used_tokens / window.line_tokens),
    )


def _judge_window(share: float, thresholds: Thresholds) -> HealthState:
    if share > 1:
        return HealthState.OVERFLOW
    if share >= thresholds.emergency:
        return HealthState.EMERGENCY
    if share >= thresholds.critical:
        return HealthState.CRITICAL
    return HealthState.WARNING if share >= thresholds.warning else HealthState.HEALTHY


def _judge_line(share: float) -> HealthState:
    if share >= LINE_EMERGENCY_SHARE:
        return HealthState.EMERGENCY
    return HealthState.CRITICAL if share >= LINE_CRITICAL_SHARE else HealthState.HEALTHY


def follow(
    previous: HealthState, used_tokens: int, window: Window, thresholds: Thresholds | None = None
) -> HealthState:
    """Return the state that follows *previous*: up at once, down only past the margin."""
    now = judge(used_tokens, window, thresholds).state
    if now.severity >= previous.severity:
        return now
    margin = round(HYSTERESIS_SHARE * window.size_tokens)
    held = judge(used_tokens + margin, window, thresholds).state
    return min(previous, held, key=lambda state: state.severity)
