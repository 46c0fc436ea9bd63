"""The arms of a replay by name: a policy, and the scenario that it is put to."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from brimline.core.cached_sending import AS_RECORDED, Scenario
from brimline.core.errors import InputError
from brimline.core.policy import Policy
from brimline.core.recording import Recording
from brimline.strategies.baselines import (
    CLEAR_30K_KEEP_3,
    DELETE_ALL,
    HEAD_TAIL_2000,
    IDENTITY,
    KEEP_LAST_10,
    Placebo,
)
from brimline.strategies.levels import BALANCED, COMPRESSED, LIGHT
from brimline.strategies.oracle import Oracle


class Arm(NamedTuple):
    """What is put to each recording; only the oracle's policy depends on which."""

    name: str
    policy: Callable[[Recording], Policy]
    scenario: Scenario = AS_RECORDED


def _always(policy: Policy, name: str = "", scenario: Scenario = AS_RECORDED) -> Arm:
    def take(_recording: Recording) -> Policy:
        return policy

    return Arm(name or policy.name, take, scenario)


def placebo(share: float) -> Arm:
    """Return the placebo that deletes *share* of all lines."""
    return _always(Placebo(share))


IDENTITY_ARM = _always(IDENTITY)
BALANCED_ARM = _always(BALANCED)
ORACLE_ARM = Arm("oracle", Oracle)

PLACEBO = "placebo"
"""Stands for the placebo at the tokens of `balanced`, which a replay has to work out."""

ARMS: Mapping[str, Arm] = MappingProxyType(
    {
        arm.name: arm
        for arm in (
            IDENTITY_ARM,
            _always(DELETE_ALL),
            placebo(0.0),
            _always(KEEP_LAST_10),
            _always(CLEAR_30K_KEEP_3),
            _always(HEAD_TAIL_2000),
            _always(LIGHT),
            BALANCED_ARM,
            _always(COMPRESSED),
            _always(BALANCED, "balanced_unload_10k", Scenario(unsent_tokens=10_000)),
            _always(
                BALANCED,
                "all_levers_15k",
                Scenario(unsent_tokens=15_000, five_minutes=True, keep_alives=3),
            ),
            ORACLE_ARM,
        )
    }
)


def arms_named(names: Sequence[str]) -> list[Arm]:
    """Return the arms called *names*, each once; all of them where none is named.

    Raises `InputError` where there is no such arm.
    """
    unknown = [name for name in names if name not in ARMS]
    if unknown:
        raise InputError(f"there is no policy {unknown[0]!r}; there are {', '.join(ARMS)}")
    return [ARMS[name] for name in dict.fromkeys(names)] or list(ARMS.values())
