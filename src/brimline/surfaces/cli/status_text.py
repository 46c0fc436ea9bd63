"""A status as text, drawn as the brief draws it."""

from collections.abc import Iterator, Sequence

from brimline.app.views import CategoryView, ItemView, PoolView, RecommendationView, StatusView
from brimline.core.tokens import Provenance
from brimline.core.wording import counted
from brimline.surfaces.cli.figures import RULE, duration, percent, short, word
from brimline.surfaces.cli.terminal import printable

LABEL_WIDTH = 18
SHOWN_ITEMS = 12
SHOWN_ADVICE = 5

LABELS = {"MCPs": "MCPs (active)", "Skills": "Skills (loaded)"}
WORTH_TELLING_SHARE = 0.01
"""From this share of what is used on, what the lines do not account for is a line itself."""

HIDDEN_WHEN_EMPTY = {"Agents"}


def render_status(view: StatusView, *, plain: bool = False, detail: bool = False) -> str:
    """Return *view* as lines of text; *detail* opens every line."""
    return "\n".join(
        [*_head(view, plain=plain), "", *_breakdown(view, detail=detail), "", *_foot(view, plain, detail)]
    )


def _head(view: StatusView, *, plain: bool) -> Iterator[str]:
    width = _figure_width(view)
    size, used = view.window.size, view.used.tokens
    figure = _figure(used, view.used.provenance)
    yield "Token Budget Status" if plain else "📊 Token Budget Status"
    yield RULE
    yield f"{'Total Budget:':<{LABEL_WIDTH}}{size:>{width},} tokens"
    yield f"{'Current Usage:':<{LABEL_WIDTH}}{figure:>{width}} tokens ({percent(used, size)})"
    yield f"{'Available:':<{LABEL_WIDTH}}{view.available:>{width},} tokens ({percent(view.available, size)})"


def _figure(tokens: int, provenance: Provenance) -> str:
    return f"~{tokens:,}" if provenance is Provenance.ESTIMATED else f"{tokens:,}"


def _figure_width(view: StatusView) -> int:
    return max(7, len(f"{view.window.size:,}"))


def _breakdown(view: StatusView, *, detail: bool) -> Iterator[str]:
    yield "Breakdown:"
    shown = [use for use in view.categories if use.tokens or use.name not in HIDDEN_WHEN_EMPTY]
    missing = view.used.tokens - sum(use.tokens for use in shown)
    tells = abs(missing) >= WORTH_TELLING_SHARE * view.used.tokens > 0
    for use in shown:
        last = use is shown[-1] and not tells
        yield _line(
            LABELS.get(use.name, use.name), _figure(use.tokens, use.provenance), use.tokens, view, last=last
        )
        if detail:
            yield from _item_lines(use, view, "   " if last else "│  ")
    if tells:
        yield _line("Unaccounted", f"{missing:,}", missing, view, last=True)


def _line(label: str, figure: str, tokens: int, view: StatusView, *, last: bool) -> str:
    start = f"{'└─' if last else '├─'} {label}:"
    room = LABEL_WIDTH + _figure_width(view) - len(start)
    return f"{start}{figure:>{room}} tokens ({percent(tokens, view.window.size)})"


def _item_lines(use: CategoryView, view: StatusView, indent: str) -> Iterator[str]:
    shown = use.items[:SHOWN_ITEMS]
    for item in shown:
        yield f"{indent}   {item.tokens:>9,}  {_item_name(item)}"
    rest = use.items[SHOWN_ITEMS:]
    if rest:
        tokens = sum(item.tokens for item in rest)
        yield f"{indent}   {tokens:>9,}  {len(rest)} more ({percent(tokens, view.window.size)})"


def _item_name(item: ItemView) -> str:
    uses = f" · used {item.uses}×" if item.uses else ""
    return f"{printable(item.name)}{uses}"


def _foot(view: StatusView, plain: bool, detail: bool) -> Iterator[str]:
    yield f"Status: {word(view.health, plain=plain)}"
    if view.session is None:
        return
    yield from _room(view)
    yield from _since(view)
    if detail:
        yield from _session_lines(view)
        yield from _pool_lines(view)
    yield from _advice(view.recommendations)


_LINE_SOURCES = {
    "learned": "where this session compacted",
    "settings": "from settings",
    "client": "where this client compacts",
    "default": "assumed",
}


def _room(view: StatusView) -> Iterator[str]:
    room = view.window.line - view.used.tokens
    left = f"{room:,} left{_pace(view)}" if room > 0 else f"passed by {-room:,}"
    yield f"Line:   {view.window.line:,} tokens ({_LINE_SOURCES[view.window.line_source]}) · {left}"
    if view.health_by.decided_by == "line":
        yield f"        The line decided the state; by the window alone it is {view.health_by.window}."


def _pace(view: StatusView) -> str:
    pace = view.pace
    if pace.turns_to_line is None:
        return ""
    time = "" if pace.minutes_to_line is None else f", {duration(pace.minutes_to_line)}"
    return f", about {pace.turns_to_line:,} requests{time} at this pace"


def _since(view: StatusView) -> Iterator[str]:
    if view.changed:
        total = sum(change.tokens for change in view.changed)
        parts = ", ".join(f"{change.name} {change.tokens:+,}" for change in view.changed)
        yield f"Since the request before: {total:+,} ({parts})"


def _session_lines(view: StatusView) -> Iterator[str]:
    yield ""
    name, model = printable(view.session or ""), printable(view.model or "")
    yield f"Session {name} · {model} · request {view.request} of {view.requests} · {view.at}"
    if view.reported_tokens and view.accounted_tokens is not None and view.residual_tokens is not None:
        off = view.accounted_tokens + view.residual_tokens - view.reported_tokens
        share = percent(abs(off), view.reported_tokens)
        yield f"Reported by the API {view.reported_tokens:,} · accounted {view.accounted_tokens:,}"
        yield f"+ residual {view.residual_tokens:,} (fixed at the start), off by {off:+,} ({share})"


def _pool_lines(view: StatusView) -> Iterator[str]:
    yield ""
    yield f"{'Pools:':<28}{'used':>10} {'guaranteed':>11} {'borrowed':>9}"
    yield from (_pool_line(pool) for pool in view.pools)


def _pool_line(pool: PoolView) -> str:
    depth = pool.path.count("/")
    name = "  " * depth + pool.path.rsplit("/", 1)[-1]
    over = f"  {pool.over:,} over" if pool.over else ""
    return f"  {name:<26}{pool.used:>10,} {pool.guaranteed:>11,} {pool.borrowed:>9,}{over}"


def _advice(recommendations: Sequence[RecommendationView]) -> Iterator[str]:
    if not recommendations:
        return
    yield ""
    yield "Recommendations:"
    shown = recommendations[:SHOWN_ADVICE]
    for advice in shown:
        yield f"  {short(advice.frees_tokens):>6}  {advice.action}: {printable(advice.target)}"
        yield f"          {printable(advice.why)}"
    rest = recommendations[SHOWN_ADVICE:]
    if rest:
        freed = short(sum(advice.frees_tokens for advice in rest))
        yield f"          and {counted(len(rest), 'smaller one')} ({freed})"
