"""Replays every session of some folders under some policies."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from brimline.adapters.claude_code.folders import claude_folders
from brimline.adapters.claude_code.recording import record
from brimline.adapters.claude_code.transcript import last_model, read_session
from brimline.app.arms import (
    BALANCED_ARM,
    IDENTITY_ARM,
    ORACLE_ARM,
    PLACEBO,
    Arm,
    arms_named,
    placebo,
)
from brimline.app.replay import Outcome, replay
from brimline.app.replay_view import Measured, ReplayView, SkippedView, view_replay
from brimline.core.cache_costs import cost_units, units_to_usd
from brimline.core.cache_rules import rules_for
from brimline.core.errors import BrimlineError, InputError, NoSessionError
from brimline.core.policy import Count
from brimline.core.recording import Recording
from brimline.pricing import price
from brimline.tokenizers.meter import meter_for

FIRST_SHARE, CLOSE_SHARE, PLACEBO_ROUNDS = 0.3, 0.02, 5
"""The first share of lines tried for the placebo, how near its tokens must come, and in how many rounds."""

Progress = Callable[[int, int], None]
"""Called with the sessions of a round that are done and how many there are."""


def replay_view(paths: Sequence[str], names: Sequence[str], progress: Progress) -> ReplayView:
    """Return how the policies called *names* (none: all) would have done on the sessions in *paths*.

    Raises `InputError` for a path or a name that is none, `NoSessionError` where no session is found.
    """
    wanted = arms_named(names)
    files = [file for path in paths or claude_folders() for file in session_files(Path(path))]
    if not files:
        raise NoSessionError(
            f"no session was found in {' and '.join(paths) or 'your Claude folders'};"
            " name a Claude folder, a folder of projects, or a transcript"
        )
    arms = {arm.name: arm for arm in (IDENTITY_ARM, ORACLE_ARM, *wanted)}
    if PLACEBO in arms:
        del arms[PLACEBO]
        arms[BALANCED_ARM.name] = BALANCED_ARM
    measured, skipped = _measure(files, list(arms.values()), progress)
    if PLACEBO in names or not names:
        measured += _measure_placebo(files, _freed(measured, BALANCED_ARM.name), progress)
    return view_replay(measured, [arm.name for arm in wanted], skipped)


def session_files(path: Path) -> Iterator[Path]:
    """Yield the transcripts that *path* means, without sub-agents': itself, or all below it, by name.

    Raises `InputError` where there is neither a file nor a folder.
    """
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise InputError(f"{path} is not there; name a Claude folder, a folder of projects, or a transcript")
    below = path / "projects" if (path / "projects").is_dir() else path
    for file in sorted(below.rglob("*.jsonl")):
        if not file.name.startswith("agent-") and "subagents" not in file.parts:
            yield file


class _Priced(NamedTuple):
    """A recording with what counts its texts, and what its input cost."""

    recording: Recording
    tokens_of: Count
    usd_per_million: float

    @property
    def usd(self) -> float:
        """Return the recorded input dollars."""
        turns = self.recording.turns
        return self.dollars(sum(cost_units(turn.usage, rules_for(turn.model)) for turn in turns))

    def dollars(self, units: float) -> float:
        """Return what *units* cost."""
        return units_to_usd(units, self.usd_per_million)


def _measure(
    files: Sequence[Path], arms: Sequence[Arm], progress: Progress
) -> tuple[list[Measured], list[SkippedView]]:
    """Put each of *arms*, the identity first, to each session."""
    measured: list[Measured] = []
    skipped: list[SkippedView] = []
    for done, file in enumerate(files, 1):
        try:
            priced = _priced(file)
        except BrimlineError as error:
            skipped.append(SkippedView(str(file), str(error)))
        else:
            measured += _under_all(priced, arms)
        progress(done, len(files))
    return measured, skipped


def _priced(file: Path) -> _Priced:
    meter = meter_for(last_model(file))
    session = read_session(file, meter)
    if not session.requests:
        raise InputError("it holds no request")
    if not sum(request.usage.window_tokens for request in session.requests):
        raise InputError("it reports no usage")
    known = price(session.requests[0].model)
    if known is None:
        raise InputError(f"the price of {session.requests[0].model} is not known")
    return _Priced(record(session, file.parent.name), meter.tokenizer.count, known.tiers[0].input)


def _under_all(priced: _Priced, arms: Sequence[Arm]) -> Iterator[Measured]:
    recorded = priced.usd
    identity: Outcome | None = None
    for arm in arms:
        policy = arm.policy(priced.recording)
        outcome = replay(priced.recording, policy, priced.tokens_of, arm.scenario)
        identity = identity or outcome
        yield Measured(
            session=priced.recording.session,
            repository=priced.recording.repository,
            policy=arm.name,
            keeps_originals=policy.keeps_originals,
            usd_recorded=recorded,
            usd_after=recorded + priced.dollars(outcome.units - identity.units),
            usd_with_friction=recorded + priced.dollars(outcome.units_with_friction - identity.units),
            identity_error_share=priced.dollars(identity.units) / recorded - 1,
            outcome=outcome,
        )


def _measure_placebo(files: Sequence[Path], tokens: int, progress: Progress) -> list[Measured]:
    """Return the placebo that saves about as many *tokens*, found in a few rounds.

    The same lines are drawn in each round, and more of them where the share is larger.
    """
    share, measured = FIRST_SHARE, list[Measured]()
    for _ in range(PLACEBO_ROUNDS):
        measured, _skipped = _measure(files, [IDENTITY_ARM, placebo(share)], progress)
        freed = _freed(measured, PLACEBO)
        if abs(freed - tokens) <= CLOSE_SHARE * tokens or freed <= 0:
            break
        share = min(1.0, share * max(0, tokens) / freed)
    return [one for one in measured if one.policy == PLACEBO]


def _freed(measured: Sequence[Measured], policy: str) -> int:
    """Return how many tokens fewer *policy* sent than the identity did."""
    sent = {
        name: sum(one.outcome.tokens_after for one in measured if one.policy == name)
        for name in (IDENTITY_ARM.name, policy)
    }
    return sent[IDENTITY_ARM.name] - sent[policy]
