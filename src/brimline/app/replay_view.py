"""What replays of many sessions show: sums by policy, of all sessions and of each repository.

Money is input dollars. What a policy costs is what was recorded, plus what its replay cost more than the
replay that left all as it was (less, where below 0): the simulation's own error is in neither.
"""

import random
from collections.abc import Iterable, Sequence
from statistics import median, quantiles
from typing import NamedTuple

import msgspec

from brimline.app.replay import Outcome
from brimline.core.regret import Used

RESAMPLES = 400
SEED = 20_261_122
FAR_SHARE = 0.05
"""A session whose identity is further off is flagged; it stays in every total."""


class Measured(NamedTuple):
    """One session under one policy; dollars as told above, `identity_error_share` is signed."""

    session: str
    repository: str
    policy: str
    keeps_originals: bool
    usd_recorded: float
    usd_after: float
    usd_with_friction: float
    identity_error_share: float
    outcome: Outcome


class SkippedView(msgspec.Struct, frozen=True):
    """A session that is in no total, and why."""

    session: str
    why: str


class TokensView(msgspec.Struct, frozen=True):
    """Tokens sent, as recorded and under the policy."""

    before: int
    after: int


class UsdView(msgspec.Struct, frozen=True):
    """Input dollars: recorded, under the policy, and with what its misses cost."""

    before: float
    after: float
    with_friction: float


class AtomsView(msgspec.Struct, frozen=True):
    """Atoms that turns used; `exclusive` stood only in tool results; `lost` cannot be read back."""

    used: int
    exclusive: int
    hidden: int
    hidden_exclusive: int
    lost: int


class QuotesView(msgspec.Struct, frozen=True):
    """Lines that turns quoted of what they edit."""

    used: int
    hidden: int
    lost: int


class ToolView(msgspec.Struct, frozen=True):
    """Exclusive atoms by the tool that showed them last."""

    tool: str
    used: int
    hidden: int


class TurnsView(msgspec.Struct, frozen=True):
    """Turns, and those that used something hidden."""

    all: int
    affected: int


class ErrorView(msgspec.Struct, frozen=True):
    """How far the identity lies from what was recorded, over sessions."""

    median: float
    p90: float


class PolicyView(msgspec.Struct, frozen=True, kw_only=True):
    """A policy over all sessions; shares are of what was recorded, below 0 where it costs less.

    `oracle_share` is the saving with friction as a share of the oracle's; `ci` holds the 95 % interval of
    `usd_share_with_friction` when sessions are drawn anew.
    """

    policy: str
    sessions: int
    skipped: list[SkippedView]
    requests: int
    tokens: TokensView
    usd: UsdView
    usd_share: float
    usd_share_with_friction: float
    cache_busts: int
    atoms: AtomsView
    quote_lines: QuotesView
    by_tool: list[ToolView]
    turns: TurnsView
    identity_error_share: ErrorView
    oracle_share: float | None
    cpu_seconds_per_100k_tokens: float
    ci: dict[str, tuple[float, float]]


class RepositoryView(msgspec.Struct, frozen=True):
    """The policies over the sessions of one repository."""

    repository: str
    policies: list[PolicyView]


class FarView(msgspec.Struct, frozen=True):
    """A session whose identity is more than 5 % off; it is in every total."""

    session: str
    error_share: float


class ReplayView(msgspec.Struct, frozen=True, kw_only=True):
    """Every policy over every session, in sum and by repository. No claim of task success is made."""

    schema: str = "brimline/replay@1"
    policies: list[PolicyView]
    by_repository: list[RepositoryView]
    flagged: list[FarView]
    warnings: list[str] = []


def view_replay(
    measured: Sequence[Measured], shown: Sequence[str], skipped: Sequence[SkippedView]
) -> ReplayView:
    """Return the view of *measured*, which holds the oracle, for the policies to be *shown*."""
    repositories = sorted({one.repository for one in measured})
    return ReplayView(
        policies=_policies(measured, shown, skipped),
        by_repository=[
            RepositoryView(name, _policies([one for one in measured if one.repository == name], shown, ()))
            for name in repositories
        ],
        flagged=[
            FarView(one.session, one.identity_error_share)
            for one in measured
            if one.policy == "identity" and abs(one.identity_error_share) > FAR_SHARE
        ],
    )


def _policies(
    measured: Sequence[Measured], shown: Sequence[str], skipped: Sequence[SkippedView]
) -> list[PolicyView]:
    oracle = saving([one for one in measured if one.policy == "oracle"])
    by_name = {name: [one for one in measured if one.policy == name] for name in shown}
    return [_policy(name, some, oracle, skipped) for name, some in by_name.items()]


def saving(some: Iterable[Measured]) -> float:
    """Return the dollars that a policy saves over *some* sessions, friction paid."""
    return sum(one.usd_recorded - one.usd_with_friction for one in some)


def _policy(name: str, some: Sequence[Measured], oracle: float, skipped: Sequence[SkippedView]) -> PolicyView:
    outcomes = [one.outcome for one in some]
    before, after, rough = (
        sum(one.usd_recorded for one in some),
        sum(one.usd_after for one in some),
        sum(one.usd_with_friction for one in some),
    )
    read = sum(one.tokens_read for one in outcomes)
    requests = sum(one.requests for one in outcomes)
    return PolicyView(
        policy=name,
        sessions=len(some),
        skipped=list(skipped),
        requests=requests,
        tokens=TokensView(
            sum(one.tokens_before for one in outcomes), sum(one.tokens_after for one in outcomes)
        ),
        usd=UsdView(before, after, rough),
        usd_share=_share(after - before, before),
        usd_share_with_friction=_share(rough - before, before),
        cache_busts=sum(one.busts for one in outcomes),
        atoms=_atoms(some),
        quote_lines=_quotes(some),
        by_tool=_by_tool(outcomes),
        turns=TurnsView(requests, sum(one.regret.turns_affected for one in outcomes)),
        identity_error_share=_errors(some),
        oracle_share=(before - rough) / oracle if oracle > 0 else None,
        cpu_seconds_per_100k_tokens=sum(one.cpu_seconds for one in outcomes) * 100_000 / max(1, read),
        ci={"usd_share_with_friction": interval(some)},
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _atoms(some: Sequence[Measured]) -> AtomsView:
    regrets = [one.outcome.regret for one in some]
    hidden = sum(one.hidden for one in regrets)
    return AtomsView(
        used=sum(one.used for one in regrets),
        exclusive=sum(one.exclusive for one in regrets),
        hidden=hidden,
        hidden_exclusive=hidden,  # what other blocks show too is never hidden
        lost=sum(one.outcome.regret.hidden for one in some if not one.keeps_originals),
    )


def _quotes(some: Sequence[Measured]) -> QuotesView:
    return QuotesView(
        used=sum(one.outcome.regret.quotes_used for one in some),
        hidden=sum(one.outcome.regret.quotes_hidden for one in some),
        lost=sum(one.outcome.regret.quotes_hidden for one in some if not one.keeps_originals),
    )


def _by_tool(outcomes: Iterable[Outcome]) -> list[ToolView]:
    sums: dict[str, Used] = {}
    for outcome in outcomes:
        for tool, used in outcome.regret.by_tool.items():
            total = sums.setdefault(tool, Used())
            total.used += used.used
            total.hidden += used.hidden
    by_size = sorted(sums.items(), key=lambda item: (-item[1].used, item[0]))
    return [ToolView(tool, used.used, used.hidden) for tool, used in by_size]


def _errors(some: Sequence[Measured]) -> ErrorView:
    errors = [abs(one.identity_error_share) for one in some]
    if len(errors) < 2:  # noqa: PLR2004 - one value is its own quantile
        return ErrorView(*(errors * 2 or (0.0, 0.0)))
    return ErrorView(median(errors), quantiles(errors, n=10, method="inclusive")[-1])


def interval(some: Sequence[Measured]) -> tuple[float, float]:
    """Return the 95 % interval of the share with friction, sessions drawn with replacement."""
    if not some:
        return (0.0, 0.0)
    chance = random.Random(SEED)  # noqa: S311 - to be repeated, not to be secret
    money = [(one.usd_with_friction - one.usd_recorded, one.usd_recorded) for one in some]
    shares: list[float] = []
    for _ in range(RESAMPLES):
        drawn = chance.choices(money, k=len(money))
        shares.append(_share(sum(extra for extra, _ in drawn), sum(recorded for _, recorded in drawn)))
    shares.sort()
    return shares[RESAMPLES // 40], shares[-1 - RESAMPLES // 40]
