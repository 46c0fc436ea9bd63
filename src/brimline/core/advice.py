"""What would free room, in words: the suspects of a snapshot, the largest first.

Nothing here acts or prices a cut; it points at what lies idle.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from brimline.core.resource import Kind, Resource
from brimline.core.snapshot import Snapshot
from brimline.core.wording import counted

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


class _Held(NamedTuple):
    """A window's resources by kind, at a request (1-based)."""

    turn: int
    by_kind: Mapping[Kind, list[Resource]]

    def named(self, kind: Kind) -> dict[str, list[Resource]]:
        """Return by name what of *kind* is neither pinned nor essential."""
        named: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.by_kind.get(kind, ()):
            if not (resource.pinned or resource.essential):
                named[resource.name].append(resource)
        return named

    def called(self, kind: Kind) -> set[str]:
        """Return the names of *kind* that were called."""
        return {resource.name for resource in self.by_kind.get(kind, ()) if resource.uses}

    def loaded(self) -> set[str]:
        """Return the names of the skills that were loaded, which only a call does."""
        return {resource.name for resource in self.by_kind.get(Kind.SKILL_BODY, ())}


def advise(snapshot: Snapshot) -> tuple[Recommendation, ...]:
    """Return what would free room in *snapshot*, largest first; no two count the same tokens.

    Nothing pinned or essential is named. Of a partial snapshot only the new resources are looked at.
    """
    finders = [_idle_skills, _old_copies, _stale_results, _long_memory]
    if snapshot.turn >= YOUNG_TURNS:
        finders += [_idle_servers, _unused_skills, _unused_agents]
    held = _sort(snapshot)
    found = (advice for find in finders for advice in find(held))
    worth = [advice for advice in found if advice.frees_tokens >= WORTH_SHARE * snapshot.window.size_tokens]
    return tuple(sorted(worth, key=lambda advice: (-advice.frees_tokens, advice.action, advice.target)))


def _sort(snapshot: Snapshot) -> _Held:
    by_kind: dict[Kind, list[Resource]] = defaultdict(list)
    for resource in snapshot.resources:
        by_kind[resource.kind].append(resource)
    return _Held(snapshot.turn, by_kind)


def _tokens(resources: Iterable[Resource]) -> int:
    return sum(resource.tokens for resource in resources)


def _idle_servers(held: _Held) -> Iterator[Recommendation]:
    called = held.called(Kind.MCP_SERVER)
    for server, resources in held.named(Kind.MCP_SERVER).items():
        if server not in called:
            why = f"none of its tools was called in {held.turn} requests"
            yield Recommendation("unload MCP server", server, _tokens(resources), why)


def _unused_skills(held: _Held) -> Iterator[Recommendation]:
    used = held.called(Kind.SKILL_LISTING) | held.loaded()
    return _unused(held, Kind.SKILL_LISTING, "skill", used)


def _unused_agents(held: _Held) -> Iterator[Recommendation]:
    return _unused(held, Kind.AGENT, "agent", held.called(Kind.AGENT))


def _unused(held: _Held, listing: Kind, noun: str, used: set[str]) -> Iterator[Recommendation]:
    freed = {name: _tokens(listed) for name, listed in held.named(listing).items() if name not in used}
    if freed:
        longest = max(freed, key=freed.__getitem__)
        why = f"listed in every request, never called in {held.turn}; the longest is {longest}"
        yield Recommendation(f"hide unused {noun}s", counted(len(freed), noun), sum(freed.values()), why)


def _idle_skills(held: _Held) -> Iterator[Recommendation]:
    for skill, resources in held.named(Kind.SKILL_BODY).items():
        idle_turns = held.turn - max(resource.turn for resource in resources)
        if idle_turns >= IDLE_SKILL_TURNS:
            why = f"loaded {idle_turns} requests ago and not called since"
            yield Recommendation("unload skill", skill, _tokens(resources), why)


def _old_copies(held: _Held) -> Iterator[Recommendation]:
    for file, reads in held.named(Kind.FILE).items():
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


def _stale_results(held: _Held) -> Iterator[Recommendation]:
    for tool, results in held.named(Kind.TOOL_RESULT).items():
        stale = [result for result in results if held.turn - result.turn >= STALE_TURNS]
        if stale:
            why = f"{counted(len(stale), 'result')} at least {STALE_TURNS} requests old"
            yield Recommendation("clear temporary context", tool, _tokens(stale), why)


def _long_memory(held: _Held) -> Iterator[Recommendation]:
    for file, copies in held.named(Kind.MEMORY_FILE).items():
        tokens = _tokens(copies)
        if tokens > LONG_MEMORY_TOKENS:
            why = f"{tokens:,} tokens in every request; {LONG_MEMORY_TOKENS:,} would do for most"
            yield Recommendation("shorten memory file", file, tokens - LONG_MEMORY_TOKENS, why)
