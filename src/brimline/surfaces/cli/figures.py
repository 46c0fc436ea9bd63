"""How figures are written: thousands, percentages, bars."""

from brimline.core.health import HealthState

EMOJI = {
    HealthState.HEALTHY: "🟢",
    HealthState.WARNING: "🟡",
    HealthState.CRITICAL: "🔴",
    HealthState.EMERGENCY: "⚫",
    HealthState.OVERFLOW: "💥",
}
RULE = "━" * 32
"""Under a heading."""

THOUSAND = 1_000
SPARKS = "▁▂▃▄▅▆▇█"


def percent(part: int, whole: int) -> str:
    """Return *part* of *whole* in percent with one decimal, half rounded up: `3.3%`.

    >>> percent(2_500, 200_000), percent(6_500, 200_000)
    ('1.3%', '3.3%')
    """
    tenths = (2000 * part + whole) // (2 * whole)
    sign, tenths = ("-", -tenths) if tenths < 0 else ("", tenths)
    return f"{sign}{tenths // 10}.{tenths % 10}%"


def short(tokens: float) -> str:
    """Return *tokens* in a few characters.

    >>> short(950), short(12_345), short(1_234_567)
    ('950', '12.3K', '1.2M')
    """
    if abs(tokens) < THOUSAND:
        return f"{tokens:.0f}"
    if abs(tokens) < THOUSAND * THOUSAND - 50:  # from here on one decimal would round up to 1000.0K
        return f"{tokens / THOUSAND:.1f}K"
    return f"{tokens / THOUSAND**2:.1f}M"


def usd(dollars: float) -> str:
    """Return *dollars* with two decimals, small sums with four.

    >>> usd(360.003), usd(0.0042), usd(0)
    ('$360.00', '$0.0042', '$0.00')
    """
    return f"${dollars:,.4f}" if 0 < abs(dollars) < 0.1 else f"${dollars:,.2f}"  # noqa: PLR2004 - a dime


def duration(minutes: float) -> str:
    """Return a length of time in the unit that suits it.

    >>> duration(0.7), duration(17.4), duration(200), duration(7_370)
    ('1 minute', '17 minutes', '3.3 hours', '5.1 days')
    """
    if minutes < 120:  # noqa: PLR2004 - two hours
        return f"{minutes:.0f} minute{'' if round(minutes) == 1 else 's'}"
    return f"{minutes / 60:.1f} hours" if minutes < 48 * 60 else f"{minutes / 1440:.1f} days"


def word(state: HealthState, *, plain: bool) -> str:
    """Return a state's name, with its emoji unless *plain*."""
    name = state.value.capitalize()
    return name if plain else f"{EMOJI[state]} {name}"


def sparkline(values: list[int], top: int, width: int = 60) -> str:
    """Return *values* (0..*top*) as a line of at most *width* bars; the largest of each step is shown."""
    if not values:
        return ""
    step = max(1, -(-len(values) // width))
    peaks = [max(values[i : i + step]) for i in range(0, len(values), step)]
    return "".join(SPARKS[min(len(SPARKS) - 1, len(SPARKS) * value // max(1, top))] for value in peaks)
