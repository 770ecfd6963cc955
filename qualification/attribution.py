"""Which touch gets how much of a lead's success. Shares are exact fractions and add up to one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal

Model = Literal["first", "last", "linear", "u", "w", "decay"]
HALF_LIFE = timedelta(days=7)


def credit(
    touches: Sequence[datetime],
    model: Model,
    at: datetime,
    lead_at: datetime | None = None,
    sql_at: datetime | None = None,
) -> tuple[Fraction, ...]:
    """The share of each touch, in the touches' order, which must be that of time.

    first, last, linear: as named. u: 40% each for first and last, 20% for those between (two: half each).
    w: 30% each for the first touch and for the last ones up to `lead_at` and to `sql_at`, 10% for the rest; a
    missing moment or rest leaves its part to the others in proportion. decay: half the weight for every seven
    days before `at`.

    Raises:
        ValueError: no touch, not in order of time, or one after `at`.
    """
    if not touches or list(touches) != sorted(touches) or touches[-1] > at:
        raise ValueError("Attribution needs touches in order of time, none after the moment it is asked for.")
    count = len(touches)
    weights = [Fraction(0)] * count
    match model:
        case "first":
            weights[0] = Fraction(1)
        case "last":
            weights[-1] = Fraction(1)
        case "linear":
            weights = [Fraction(1)] * count
        case "u":
            weights = _ends(count, {0, count - 1}, Fraction(40), Fraction(20))
        case "w":
            moments = [moment for moment in (lead_at, sql_at) if moment is not None]
            marked = [0, *(max(bisect_right(touches, moment) - 1, 0) for moment in moments)]
            weights = _ends(count, set(marked), Fraction(0), Fraction(10))
            for position in marked:
                weights[position] += 30
        case _:
            # From the last touch, which changes no share: from `at`, twenty years would round to nothing.
            weights = [Fraction(2.0 ** -((touches[-1] - touch) / HALF_LIFE)) for touch in touches]
    whole = sum(weights)
    return tuple(weight / whole for weight in weights)


def apportion(minor: int, shares: Sequence[Fraction]) -> tuple[int, ...]:
    """An amount in its smallest unit, cut by shares so that the parts add up to the amount again.

    Who is rounded down most gets the units left over (largest remainder), the earlier one first.
    """
    exact = [minor * share for share in shares]
    parts = [value.__floor__() for value in exact]
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for position in order[: minor - sum(parts)]:
        parts[position] += 1
    return tuple(parts)


def _ends(count: int, marked: set[int], each: Fraction, rest: Fraction) -> list[Fraction]:
    """`each` for the marked positions, `rest` shared by the others."""
    others = count - len(marked)
    return [each if position in marked else rest / others for position in range(count)]
