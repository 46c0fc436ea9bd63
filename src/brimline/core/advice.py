"""What would free room, in words: the suspects of a snapshot, the largest first.

Nothing here acts or prices a cut; it points at what lies idle.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from brimline.core.resource import Kind, Resource
from brimline.core.snapshot import Snapshot

STALE_TURNS = 5
"""Requests after which shell output is seldom used again: 83 % of its measured uses come before."""

YOUNG_TURNS = 5
"""Requests before which nothing counts as unused: the session has not had time to need it."""

IDLE_SKILL_TURNS = 20
"""Requests without a call after which a loaded skill counts as idle."""

LONG_MEMORY_TOKENS = 3_000
"""A memory file longer than this is worth shortening: it rides in every request."""

WORTH_SHARE = 0.0025
"""A recommendation that frees less of the window than this is not worth the reader's time."""


class Recommendation(NamedTuple):
    """What to do, with what, the tokens it would free, and why."""

    action: str
    target: str
    frees_tokens: int
    why: str


def advise(snapshot: Snapshot) -> tuple[Recommendation, ...]:
    """Return what would free room in *snapshot*, largest first; no two count the same tokens.

    Nothing pinned or essential is named. Of a partial snapshot only the new resources are looked at.
    """
    finders = (_idle_servers, _unused_listings, _idle_skills, _old_copies, _stale_results, _long_memory)
    found = (advice for find in finders for advice in find(snapshot))
    worth = [advice for advice in found if advice.frees_tokens >= WORTH_SHARE * snapshot.window.size_tokens]
    return tuple(sorted(worth, key=lambda advice: (-advice.frees_tokens, advice.action, advice.target)))


def _by_name(resources: Iterable[Resource], *kinds: Kind) -> dict[str, list[Resource]]:
    named: dict[str, list[Resource]] = defaultdict(list)
    for resource in resources:
        if resource.kind in kinds and not (resource.pinned or resource.essential):
            named[resource.name].append(resource)
    return named


def _tokens(resources: Iterable[Resource]) -> int:
    return sum(resource.tokens for resource in resources)


def _used(snapshot: Snapshot, *kinds: Kind) -> set[str]:
    """Return the names among *kinds* that were called, or loaded, which only a call does."""
    members = (resource for resource in snapshot.resources if resource.kind in kinds)
    return {resource.name for resource in members if resource.uses or resource.kind is Kind.SKILL_BODY}


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _idle_servers(snapshot: Snapshot) -> Iterator[Recommendation]:
    if snapshot.turn < YOUNG_TURNS:
        return
    used = _used(snapshot, Kind.MCP_SERVER)
    for server, resources in _by_name(snapshot.resources, Kind.MCP_SERVER).items():
        if server not in used:
            why = f"none of its tools was called in {snapshot.turn} requests"
            yield Recommendation("unload MCP server", server, _tokens(resources), why)


def _unused_listings(snapshot: Snapshot) -> Iterator[Recommendation]:
    if snapshot.turn < YOUNG_TURNS:
        return
    for noun, listing, *bodies in (("skill", Kind.SKILL_LISTING, Kind.SKILL_BODY), ("agent", Kind.AGENT)):
        used = _used(snapshot, listing, *bodies)
        idle = {n: rs for n, rs in _by_name(snapshot.resources, listing).items() if n not in used}
        if idle:
            freed = sum(_tokens(resources) for resources in idle.values())
            largest = max(idle, key=lambda name: _tokens(idle[name]))
            why = f"listed in every request, never called in {snapshot.turn}; the longest is {largest}"
            yield Recommendation(f"hide unused {noun}s", _counted(len(idle), noun), freed, why)


def _idle_skills(snapshot: Snapshot) -> Iterator[Recommendation]:
    for skill, resources in _by_name(snapshot.resources, Kind.SKILL_BODY).items():
        idle_turns = snapshot.turn - max(resource.turn for resource in resources)
        if idle_turns >= IDLE_SKILL_TURNS:
            why = f"loaded {idle_turns} requests ago and not called since"
            yield Recommendation("unload skill", skill, _tokens(resources), why)


def _old_copies(snapshot: Snapshot) -> Iterator[Recommendation]:
    for file, reads in _by_name(snapshot.resources, Kind.FILE).items():
        old = _superseded(reads)
        if old:
            why = f"read {len(reads)} times; a later one is at least as long"
            yield Recommendation("drop old copies", file, _tokens(old), why)


def _superseded(reads: Sequence[Resource]) -> list[Resource]:
    """Return the reads that a later one of at least their length stands in for."""
    old: list[Resource] = []
    longest_later = -1
    for read in reversed(reads):
        if read.tokens <= longest_later:
            old.append(read)
        longest_later = max(longest_later, read.tokens)
    return old


def _stale_results(snapshot: Snapshot) -> Iterator[Recommendation]:
    for tool, results in _by_name(snapshot.resources, Kind.TOOL_RESULT).items():
        stale = [result for result in results if snapshot.turn - result.turn >= STALE_TURNS]
        if stale:
            why = f"{_counted(len(stale), 'result')} at least {STALE_TURNS} requests old"
            yield Recommendation("clear temporary context", tool, _tokens(stale), why)


def _long_memory(snapshot: Snapshot) -> Iterator[Recommendation]:
    for file, copies in _by_name(snapshot.resources, Kind.MEMORY_FILE).items():
        if _tokens(copies) > LONG_MEMORY_TOKENS:
            freed = _tokens(copies) - LONG_MEMORY_TOKENS
            why = f"{_tokens(copies):,} tokens in every request; {LONG_MEMORY_TOKENS:,} would do for most"
            yield Recommendation("shorten memory file", file, freed, why)
