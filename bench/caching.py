"""Simulating prompt caches, against what the API reported.

For each recorded session the identity is simulated: the same windows at the same times, with nothing of the
recorded cache figures but those of the first request. The error of a session is the simulated cost of its
input, in input-token units, less the recorded one, as a share of that. Gaps are from one sending to the next.
"""

import os
import statistics
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from bench.figures import Row, Skipped
from brimline.adapters.claude_code.sending import cache_settings, sending_times, system_tokens
from brimline.adapters.claude_code.session import Request, Session
from brimline.app.sessions import load_session
from brimline.core.cache_costs import cost_units
from brimline.core.cache_policy import CachePolicy, Turn, advise_policy, policies, policy_cost
from brimline.core.cache_record import (
    Rebuild,
    RebuildCause,
    Recorded,
    find_rebuilds,
    written_lifetime,
)
from brimline.core.cache_rules import FIVE_MINUTES, CacheRules, Lifetime, rules_for
from brimline.core.prompt_cache import Block, Mark, PromptCache, Sent
from brimline.stores.sessions_index import memory_index

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("BRIMLINE_DATA", ROOT.parent / "shared" / "data"))

TYPICAL_SHARE, CLOSE_SHARE, CLOSE_SESSIONS = 0.02, 0.05, 0.75
SPEED_REQUESTS, SPEED_BLOCKS, SPEED_SECONDS = 1_000, 2_000, 1.0
EDIT_EVERY = 100


class Calibrated(NamedTuple):
    """A session's input as simulated and as recorded (units), and its recorded rebuilds."""

    path: str
    simulated_units: float
    recorded_units: float
    rebuilds: tuple[Rebuild, ...]

    @property
    def error_share(self) -> float:
        """Return by how much the simulation is too dear (positive) or too cheap."""
        return self.simulated_units / self.recorded_units - 1


# ------------------------------------------------------------------------ a session as requests
def identity(session: Session) -> Iterator[Sent]:
    """Yield the requests of *session* as they were: blocks as the transcript shows, tokens as recorded."""
    lifetime = written_lifetime(session.requests[0].usage, _rules(session)) or FIVE_MINUTES
    system = Block("system", system_tokens(session))
    body: list[Block] = []
    before = 0
    about = zip(session.requests, sending_times(session), cache_settings(session), strict=True)
    for turn, (request, at, settings) in enumerate(about, 1):
        room = request.usage.window_tokens - system.tokens
        body = [] if before and session.cuts(before, request.node) else [*_within(body, room)]
        grown = max(0, room - sum(block.tokens for block in body))
        parts = sum(bool(node.entries) for node in session.nodes[before : request.node])
        body += [Block((turn, part), 0) for part in range(1, parts)] + [Block((turn, 0), grown)]
        blocks = (system, *settings, *body)
        yield Sent(blocks, at, (Mark(1, lifetime), Mark(len(blocks), lifetime)))
        before = request.node


def _within(blocks: Sequence[Block], room: int) -> Iterator[Block]:
    for block in blocks:
        room -= block.tokens
        if room < 0:
            return
        yield block


def _rules(session: Session) -> CacheRules:
    return rules_for(session.requests[0].model)


def calibrate(session: Session) -> Calibrated:
    """Simulate *session* and compare."""
    rules = _rules(session)
    cache = PromptCache(rules)
    requests = list(identity(session))
    if session.requests[0].usage.cache_read_tokens:
        cache.warm(requests[0].blocks[:1], requests[0].at, requests[0].marks[0].lifetime)
    simulated = sum(cost_units(cache.send(request).usage, rules) for request in requests)
    recorded = sum(cost_units(request.usage, rules) for request in session.requests)
    return Calibrated(session.path, simulated, recorded, tuple(find_rebuilds(recorded_of(session), rules)))


def recorded_of(session: Session) -> Iterator[Recorded]:
    """Yield what was recorded of each request, with what is known to have changed before it."""
    before: Request | None = None
    were: tuple[Block, ...] = ()
    about = zip(session.requests, sending_times(session), cache_settings(session), strict=True)
    for request, at, settings in about:
        cut = before is not None and bool(session.cuts(before.node, request.node))
        changed = [str(new.key) for old, new in zip(were, settings, strict=False) if old != new]
        yield Recorded(at, request.usage, compacted=cut, changed=", ".join(changed))
        before, were = request, settings


# ----------------------------------------------------------------------- what policies would cost
def turns_of(session: Session) -> Iterator[Turn]:
    """Yield the requests of *session* as a cache policy sees them.

    What a changed prefix cost is kept as it was recorded: no policy would have saved it.
    """
    found = find_rebuilds(recorded_of(session), _rules(session))
    rebuilt = {one.turn for one in found if one.cause is not RebuildCause.EXPIRED}
    before = 0
    for turn, (request, at) in enumerate(zip(session.requests, sending_times(session), strict=True), 1):
        usage = request.usage
        kept = usage.cache_read_tokens if turn == 1 or turn in rebuilt else before
        yield Turn(at, usage.window_tokens, min(kept, usage.window_tokens))
        before = usage.window_tokens


def lifetime_of(session: Session) -> Lifetime:
    """Return the lifetime that the session's client chose."""
    written = (written_lifetime(request.usage, _rules(session)) for request in session.requests)
    return next((lifetime for lifetime in written if lifetime), FIVE_MINUTES)


# --------------------------------------------------------------------------------------- the rows
def measure() -> Iterator[Row]:
    """Yield the rows: the speed, the error, where rebuilds came from, and what lifetimes would cost."""
    yield speed_row()
    archive = DATA / "sessions" / "claude-code-sessions.tar.xz"
    if not archive.is_file():
        raise Skipped(f"{archive.name} is not in {archive.parent}; BRIMLINE_DATA names the data folder.")
    with tempfile.TemporaryDirectory() as scratch, closing(memory_index()) as store:
        with tarfile.open(archive) as tar:
            tar.extractall(scratch, filter="data")
        sessions = [
            load_session(file, store).session for file in sorted(Path(scratch).glob("*/projects/*/*.jsonl"))
        ]
        calibrated = [calibrate(session) for session in sessions]
        rows = [*error_rows(calibrated), *rebuild_rows(calibrated), *policy_rows(sessions)]
    yield from rows


def speed_row() -> Row:
    """Simulate a long session whose prefix grows, and is edited now and then."""
    requests = growing_requests(SPEED_REQUESTS, SPEED_BLOCKS)
    cache = PromptCache(rules_for("claude-opus-5"))
    begun = time.perf_counter()
    for request in requests:
        cache.send(request)
    seconds = time.perf_counter() - begun
    what = f"{SPEED_REQUESTS:,} requests, growing to {SPEED_BLOCKS:,} blocks"
    return Row(what, f"≤ {SPEED_SECONDS:.0f} s", f"{seconds:.3f} s", seconds <= SPEED_SECONDS)


def growing_requests(requests: int, blocks: int) -> list[Sent]:
    """Return *requests* that each append a block, up to *blocks*; now and then one half-way is changed."""
    body = [Block(number, 50) for number in range(blocks - requests)]
    sent: list[Sent] = []
    for number in range(requests):
        middle = len(body) // 2
        changed = [Block(("changed", number), 50)] if number % EDIT_EVERY == 1 else [body[middle]]
        body = [*body[:middle], *changed, *body[middle + 1 :], Block(("new", number), 100)]
        sent.append(Sent(tuple(body), 10.0 * number))
    return sent


def error_rows(calibrated: Sequence[Calibrated]) -> Iterator[Row]:
    """Say how far simulated costs lie from recorded ones."""
    errors = sorted(abs(one.error_share) for one in calibrated)
    close = sum(error <= CLOSE_SHARE for error in errors) / len(errors)
    typical = statistics.median(errors)
    simulated, recorded = (
        sum(one.simulated_units for one in calibrated),
        sum(one.recorded_units for one in calibrated),
    )
    reached = f"median {typical:.2%}, largest {errors[-1]:.1%}, sum {simulated / recorded - 1:+.1%}"
    yield Row(
        f"error of a session, {len(errors)} sessions", "median ≤ 2 %", reached, typical <= TYPICAL_SHARE
    )
    yield Row("sessions within 5 %", "≥ 75 %", f"{close:.0%}", close >= CLOSE_SESSIONS)


def rebuild_rows(calibrated: Sequence[Calibrated]) -> Iterator[Row]:
    """Say what caused the recorded rebuilds, and what share of all input cost they are."""
    whole = sum(one.recorded_units for one in calibrated)
    found = [rebuild for one in calibrated for rebuild in one.rebuilds]
    for cause in RebuildCause:
        some = [rebuild for rebuild in found if rebuild.cause is cause]
        share = sum(rebuild.extra_units for rebuild in some) / whole
        yield Row(f"rebuilds: {cause.value}", "said", f"{len(some)}, {share:.1%} of input cost", None)


def policy_rows(sessions: Sequence[Session]) -> Iterator[Row]:
    """Say what lifetimes and keep-alives would have cost, beside what was chosen."""
    turns = [list(turns_of(session)) for session in sessions]
    chosen = [CachePolicy(lifetime_of(session)) for session in sessions]
    rules = _rules(sessions[0])
    advice = advise_policy(turns, chosen, rules, keep_alives=3)
    for policy in policies(rules, 3):
        cost = sum(policy_cost(one, policy, rules).units for one in turns)
        yield Row(f"all {policy.name}", "said", f"{cost / advice.today.units - 1:+.1%} of input cost", None)
    yield Row("cheapest", "said", f"{advice.policy.name}, {-advice.saved_share:+.1%}", None)


if __name__ == "__main__":
    for row in measure():
        print(*row, sep=" | ")
