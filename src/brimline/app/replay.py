"""Replays a recording under a policy: what it would have sent, cost and hidden, turn by turn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import process_time

from brimline.core.cached_sending import AS_RECORDED, CachedSender, Scenario
from brimline.core.edited_window import EditedWindow
from brimline.core.policy import Count, Cut, Decide, Moment, Policy
from brimline.core.recording import Recording, Turn
from brimline.core.regret import Regret, Visibility

ROUND_TRIP_UNITS = 500.0
REFETCH_WEIGHT = 1.25
"""What a turn pays that used something hidden: r x context + 1.25 x refetched + 500 input-token units."""


@dataclass(slots=True)
class Outcome:
    """A session under a policy; costs in input-token units, with friction also what hidden things cost.

    `cpu_seconds` is the processor time of the policy's own decisions, on `tokens_read` that were new to it.
    """

    requests: int = 0
    tokens_before: int = 0
    tokens_after: int = 0
    units: float = 0.0
    units_with_friction: float = 0.0
    busts: int = 0
    cpu_seconds: float = 0.0
    tokens_read: int = 0
    regret: Regret = field(default_factory=Regret)


def replay(recording: Recording, policy: Policy, count: Count, scenario: Scenario = AS_RECORDED) -> Outcome:
    """Return what *policy* would have made of *recording*, using at each turn nothing of the future."""
    return _Replay(recording, policy, count, scenario).run()


class _Replay:
    """One recording under one policy: it is sent twice, and only the second pays for what was hidden."""

    def __init__(self, recording: Recording, policy: Policy, count: Count, scenario: Scenario) -> None:
        self.recording = recording
        self.count = count
        self.outcome = Outcome()
        self.smooth, self.rough = CachedSender(recording, scenario), CachedSender(recording, scenario)
        self.decide: Decide = policy.begin(count)

    def run(self) -> Outcome:
        """Send every turn."""
        for epoch in self.recording.epochs:
            window, seen = EditedWindow(epoch), Visibility(epoch.blocks)
            for turn in epoch.turns:
                self._turn(turn, window, seen)
        self.outcome.units += self.smooth.end()
        self.outcome.units_with_friction += self.rough.end()
        return self.outcome

    def _turn(self, turn: Turn, window: EditedWindow, seen: Visibility) -> None:
        cold = self.smooth.is_cold(turn.at)
        cuts = self._decide(window.moment(turn, cold=cold))
        window.edit(cuts, self.count)
        for key, cut in cuts.items():
            seen.cut(key, cut.says)
        context = self._send(turn, window, rewrites=not cold and window.is_older(cuts, turn.number))
        self._pay_for_missed(turn, context, window, seen)

    def _decide(self, moment: Moment) -> Mapping[str, Cut]:
        begun = process_time()
        cuts = self.decide(moment)
        self.outcome.cpu_seconds += process_time() - begun
        self.outcome.tokens_read += sum(block.tokens for block in moment.fresh)
        return cuts

    def _send(self, turn: Turn, window: EditedWindow, *, rewrites: bool) -> int:
        """Send the window both ways; return the tokens of the one that holds what was read again."""
        served = self.smooth.send(turn, window.body(turn.number))
        rough = self.rough.send(turn, window.body(turn.number, with_refetched=True))
        self.outcome.requests += 1
        self.outcome.tokens_before += turn.usage.window_tokens
        self.outcome.tokens_after += served.usage.window_tokens
        self.outcome.busts += rewrites and served.is_bust
        self.outcome.units += self.smooth.last_cost
        self.outcome.units_with_friction += self.rough.last_cost
        return rough.usage.window_tokens

    def _pay_for_missed(self, turn: Turn, context: int, window: EditedWindow, seen: Visibility) -> None:
        missed = seen.judge(turn.number, turn.emitted, self.outcome.regret)
        if not missed:
            return
        for block in missed:
            seen.reveal(block.key)
        refetched = window.read_again(missed, turn.number)
        self.outcome.regret.turns_affected += 1
        read = self.rough.rules.read_weight * context
        self.outcome.units_with_friction += read + REFETCH_WEIGHT * refetched + ROUND_TRIP_UNITS
