"""Policies by name."""

import pytest
from tests.core.recordings import recording

from brimline.app.arms import ARMS, arms_named
from brimline.core.errors import InputError


def test_every_arm_of_the_reference_is_there_in_its_order() -> None:
    assert list(ARMS) == [
        "identity",
        "delete_all",
        "placebo",
        "keep_last_10",
        "clear_30k_keep_3",
        "head_tail_2000",
        "light",
        "balanced",
        "compressed",
        "balanced_unload_10k",
        "all_levers_15k",
        "oracle",
    ]


def test_only_what_can_be_read_back_is_not_lost() -> None:
    kept = {name for name, arm in ARMS.items() if arm.policy(recording([], [""])).keeps_originals}
    assert kept == {"light", "balanced", "compressed", "balanced_unload_10k", "all_levers_15k", "oracle"}


def test_a_name_given_twice_counts_once_and_none_means_all() -> None:
    assert [arm.name for arm in arms_named(["light", "identity", "light"])] == ["light", "identity"]
    assert arms_named([]) == list(ARMS.values())


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(InputError, match="there is no policy 'best'; there are identity, delete_all"):
        arms_named(["light", "best"])
