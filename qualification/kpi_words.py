"""Numbers in plain words, for people who read them on a phone."""

from __future__ import annotations

from collections.abc import Mapping

from qualification.kpi import Asked, LeftOut, Rate

MINUTE, HOUR, DAY = 60, 3_600, 86_400
SURE = 0.05
"""A difference that chance alone makes less often than this is told as one."""


def counted(n: int, noun: str, nouns: str | None = None) -> str:
    """`1 lead`, `1,000 leads`, `no leads`."""
    plural = nouns or f"{noun}s"
    return f"{n:,} {noun if n == 1 else plural}" if n else f"no {plural}"


def percent(fraction: float) -> str:
    """`10.0%`; a whole 0 or 1 without decimals, because nothing was rounded."""
    return f"{fraction:.0%}" if fraction in (0, 1) else f"{fraction:.1%}"


def likely(rate: Rate) -> str:
    """`likely 8.3–12.0% (100 of 1,000)`."""
    told = f"({rate.k:,} of {rate.n:,})"
    return told if rate.low is None or rate.high is None else f"likely {_range(rate.low, rate.high)} {told}"


def chance(p: float) -> str:
    """`p = 0.025`, `p < 0.001`: how likely chance alone makes a difference this large."""
    return f"p = {p:.3f}" if p >= 0.001 else "p < 0.001"


def by_chance(p: float) -> str:
    """What a test says of a difference, as a sentence."""
    word = "is unlikely to be chance" if p < SURE else "may well be chance"
    return f"The difference {word} ({chance(p)})."


def _range(low: float, high: float) -> str:
    return f"{percent(low).rstrip('%')}–{percent(high)}"


def lasting(seconds: float) -> str:
    """A duration in its two largest sensible units: `45 s`, `4 min`, `2 h 5 min`, `3.5 days`."""
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    minutes = round(seconds / MINUTE)
    if minutes < 60:
        return f"{minutes} min"
    if seconds < 2 * DAY:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{seconds / DAY:.1f} days"


def window(asked: Asked) -> str:
    """The window and its zone: `last 30 days, Europe/Berlin`."""
    return f"{asked.period.label}, {asked.period.zone.key}"


def left_out(gone: LeftOut) -> str:
    """`12 left out: 8 spam, 4 test (10 by ana, 2 by ben).`, or nothing when nothing was."""
    total = sum(gone.reasons.values())
    if not total:
        return ""
    people = listed(gone.by, " by ")
    return f"{total:,} left out: {listed(gone.reasons, ' ')}{f' ({people})' if people else ''}."


def listed(counts: Mapping[str, int], between: str) -> str:
    """Counts with their names, largest first: `8 spam, 4 test`."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{n:,}{between}{name.replace('_', ' ')}" for name, n in ranked if n)


def said(*sentences: str) -> str:
    """The sentences that have something to say, one after the other, the first with a capital."""
    text = " ".join(sentence for sentence in sentences if sentence)
    return text[:1].upper() + text[1:]
