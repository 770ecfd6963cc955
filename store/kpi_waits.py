"""How long leads waited for something, from the day-wise counts: in buckets, so a time is at most 2% off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from qualification.kpi_cells import CLAIMED, UNCLAIMED, WAITED, WAITING, seconds_in
from qualification.kpi_counts import WaitCounts
from qualification.periods import Period
from store.kpi_scope import HOUR, MINUTE, SECOND, Scope, instant, raw
from store.kpi_sums import sums_of
from store.tables.base import moment_of
from store.tables.leads import leads

EXACT_HOURS = 25
"""Who waits for less than that is looked at one by one; from then on half an hour is at most 2%."""

RECENT_STEPS = ((13 * HOUR, 15 * MINUTE), (5 * HOUR, 5 * MINUTE), (HOUR, MINUTE))
"""From so long a wait on, those of so long a time are told as one, in its middle: nobody is 1% off."""


@dataclass(frozen=True)
class Wait:
    """What leads wait for: the metric of those for whom it came, that of the others, and when it came."""

    ended: str
    waiting: str
    at: ColumnElement[Any]


FOR_CONTACT = Wait(WAITED, WAITING, leads.c.contact_at)
FOR_CLAIM = Wait(CLAIMED, UNCLAIMED, leads.c.claimed_at)


async def waits(scope: Scope, period: Period, what: Wait) -> WaitCounts:
    """How long the leads created in the window waited, by the wall clock."""
    now, since = instant(scope.now), await waiting_since(scope, period, what)
    return WaitCounts(await ended(scope, period, what.ended), by_clock(since, lambda at: now - at))


async def ended(scope: Scope, period: Period, metric: str) -> Mapping[float, int]:
    """Seconds that it took → how many leads, from a metric of buckets."""
    sums = await sums_of(scope, {metric}, period)
    return {seconds_in(int(place.sub)): n for place, (n, _) in sums.items()}


def by_clock(since: Mapping[int, int], passed: Callable[[int], float]) -> Mapping[float, int]:
    """Seconds waited → how many leads, by a clock that tells the microseconds passed since an instant."""
    counts: Counter[float] = Counter()
    for at, n in since.items():
        counts[max(passed(at), 0) / SECOND] += n
    return counts


async def waiting_since(scope: Scope, period: Period, what: Wait) -> Mapping[int, int]:
    """Since when the others of the window wait (microseconds since 1970, about) → how many leads."""
    now = instant(scope.now)
    hour, exact_from = now // HOUR, now // HOUR - EXACT_HOURS
    since: Counter[int] = Counter(await _recently(scope, period, what, exact_from, now))
    for place, (n, _) in (await sums_of(scope, {what.waiting}, period, aged=hour)).items():
        if (half_hours := int(place.sub)) < 2 * exact_from:
            since[half_hours * HOUR // 2] += n
    return since


async def _recently(scope: Scope, period: Period, what: Wait, from_hour: int, now: int) -> Mapping[int, int]:
    # One bound below: of two SQLite takes the first, and looks at all these days.
    first = max(period.start_at, moment_of((from_hour - 24) * HOUR))
    if first >= period.end_at:
        return {}
    received = raw(leads.c.received_at)
    rounded = [(received < now - age, received // step * step + step // 2) for age, step in RECENT_STEPS]
    about = case(*rounded, else_=received)
    recent = [
        leads.c.created_at >= first,
        leads.c.created_at < period.end_at,
        received >= from_hour * HOUR,
        what.at.is_(None),
        leads.c.imported.is_(False),
        leads.c.late.is_(False),
    ]
    query = select(about.label("about"), func.count().label("n")).where(*scope.valid(), *recent)
    rows = await scope.work.execute(query.group_by(about))
    return {row.about: row.n for row in rows}
