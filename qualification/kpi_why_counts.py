"""Why there are more or fewer of something: what each source brought in the window, and before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qualification.kpi_entry import STAGES
from qualification.kpi_words import counted, said

NAMES: Mapping[str, str] = {name: said(f"{noun}s") for name, noun in STAGES.items()}
"""What the overview counts, and how it is called."""
Two = tuple[int, int]
"""How many before, and in the window."""
MOST_CAUSES = 2


def count_changed(first: str, counts: Mapping[str, Two], this: str, before: str) -> str:
    """`Leads: 20 (October 2026) against 12 (September 2026), 8 more. Most of it: web brought 9 more, …`

    Args:
        first: One of NAMES.
        counts: By source.
        this: The window's name, `before` that of the other.
    """
    name = NAMES[first]
    was, now = (sum(two[side] for two in counts.values()) for side in (0, 1))
    moved = sorted(
        ((after - then, key) for key, (then, after) in counts.items() if after != then), key=_largest
    )
    if not moved:
        return f"{name}: {now:,} ({this}), and the same before ({before}). Nothing changed, at no source."
    causes = [f"{key} brought {_more(by)}" for by, key in moved[:MOST_CAUSES]]
    change = f"{_more(now - was)}" if now != was else f"as many, but {counted(len(moved), 'source')} changed"
    return said(
        f"{name}: {now:,} ({this}) against {was:,} ({before}), {change}.", f"Most of it: {'; '.join(causes)}."
    )


def count_rows(first: str, counts: Mapping[str, Mapping[str, Two]]) -> list[Sequence[str]]:
    """Every source with what it brought, the largest change of the count that was asked for on top.

    Args:
        counts: By what is counted, then by source.
    """
    names = [first, *[name for name in NAMES if name != first]]
    asked = counts[first]
    keys = {key for one in counts.values() for key in one}

    def by(key: str) -> int:
        then, now = asked.get(key, (0, 0))
        return now - then

    table: list[Sequence[str]] = [("Source", *[NAMES[name] for name in names])]
    for key in sorted(keys, key=lambda key: (-abs(by(key)), key)):
        table.append((key, *[_moved(counts[name].get(key, (0, 0))) for name in names]))
    return [*table, ("All", *[_moved(_sum(counts[name])) for name in names])]


def _largest(cause: tuple[int, str]) -> tuple[int, str]:
    return -abs(cause[0]), cause[1]


def _more(by: int) -> str:
    return f"{abs(by):,} {'more' if by > 0 else 'fewer'}"


def _moved(two: Two) -> str:
    return f"{two[0]:,} → {two[1]:,}"


def _sum(counts: Mapping[str, Two]) -> Two:
    return sum(two[0] for two in counts.values()), sum(two[1] for two in counts.values())
