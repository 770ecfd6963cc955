"""Counting cohorts: leads created (or turned MQL) in a window, and what became of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import and_, func

from qualification.calendar import WorkWeek
from qualification.kpi_cells import CREATED, MQL, TOOK
from qualification.kpi_counts import AcceptanceCounts, ConversionTimes, FunnelCounts, MqlCounts
from qualification.periods import Period
from store.kpi_edge import overdue_among
from store.kpi_scope import DAY, Scope, instant, raw
from store.kpi_sums import per_key, sums_of
from store.kpi_working_time import working_time_ago
from store.tables.leads import leads


async def funnel(scope: Scope, period: Period) -> list[FunnelCounts]:
    """Leads created in the window and the stages they ever reached, most leads first."""
    found = [
        FunnelCounts(key, sum(states.values()), *(_having(states, letter) for letter in "msco"))
        for key, states in per_key(await sums_of(scope, {CREATED}, period), CREATED).items()
    ]
    return sorted(found, key=lambda one: (-one.leads, one.key))


def _having(states: Mapping[str, int], letter: str) -> int:
    return sum(n for state, n in states.items() if letter in state)


async def bought_within(scope: Scope, periods: Sequence[Period], within_days: int) -> list[tuple[int, int]]:
    """For each window (leads created, of them customers within so many days of creation)."""
    created: Counter[int] = Counter()
    for place, (n, _) in (await sums_of(scope, {CREATED}, _around(periods), by="day")).items():
        created[place.day] += n
    soon = await bought_soon(scope, periods, within_days)
    days = [range(period.start.toordinal(), period.end.toordinal()) for period in periods]
    return [(sum(created[d] for d in window), n) for window, n in zip(days, soon, strict=True)]


async def bought_soon(scope: Scope, periods: Sequence[Period], within_days: int) -> list[int]:
    """For each window how many of the leads created in it were customers within so many days of that."""
    soon: Counter[int] = Counter()
    found = await sums_of(scope, {TOOK}, _around(periods), by="day", among=within_days)
    for place, (n, _) in found.items():
        soon[place.day] += n
    return [sum(soon[d] for d in range(p.start.toordinal(), p.end.toordinal())) for p in periods]


def _around(periods: Sequence[Period]) -> Period:
    return replace(periods[0], start=min(p.start for p in periods), end=max(p.end for p in periods))


async def bought_by(scope: Scope, period: Period, within_days: int) -> dict[str, tuple[int, int]]:
    """Per key (leads created in the window, of them customers within so many days of creation)."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place, (n, _) in (await sums_of(scope, {CREATED}, period)).items():
        found[place.key][0] += n
    for place, (n, _) in (await sums_of(scope, {TOOK}, period)).items():
        found[place.key][1] += n if int(place.sub) <= within_days else 0
    return {key: (leads_, bought) for key, (leads_, bought) in found.items() if leads_}


async def conversion(scope: Scope, period: Period) -> list[ConversionTimes]:
    """How old the leads created in the window are, and how long its customers took, in calendar days."""
    today = scope.now.astimezone(period.zone).date().toordinal()
    ages: dict[str, dict[float, int]] = defaultdict(lambda: defaultdict(int))
    still: dict[str, dict[float, int]] = defaultdict(lambda: defaultdict(int))
    took: dict[str, dict[float, int]] = defaultdict(lambda: defaultdict(int))
    for place, (n, _) in (await sums_of(scope, {CREATED}, period, by="day")).items():
        ages[place.key][max(today - place.day, 0)] += n
    for place, (n, _) in (await sums_of(scope, {CREATED}, period, by="day", among="open")).items():
        still[place.key][max(today - place.day, 0)] += n
    for place, (n, _) in (await sums_of(scope, {TOOK}, period)).items():
        took[place.key][int(place.sub)] += n
    found = [ConversionTimes(key, dict(ages[key]), dict(took[key]), dict(still[key])) for key in ages]
    return sorted(found, key=lambda one: (-one.leads, one.key))


async def mql_to_sql(scope: Scope, period: Period, within_days: int) -> list[MqlCounts]:
    """First MQLs of the window, those old enough, and those of them that were SQL within so many days."""
    old = raw(leads.c.mql_at) <= instant(scope.now) - within_days * DAY
    reached = raw(leads.c.sql_at) - raw(leads.c.mql_at) <= within_days * DAY
    columns = (
        func.count().filter(old).label("mqls"),
        func.count().filter(and_(old, reached)).label("sqls"),
        func.count().label("everyone"),
    )
    rows = await scope.work.execute(scope.grouped(*columns, where=[scope.during(leads.c.mql_at, period)]))
    found = [MqlCounts(r.name, r.mqls, r.sqls, r.everyone - r.mqls) for r in rows if r.everyone]
    return sorted(found, key=lambda one: (-one.mqls, -one.immature, one.key))


async def acceptance(
    scope: Scope, period: Period, week: WorkWeek, claim_to_touch: timedelta
) -> list[AcceptanceCounts]:
    """What sales made of the window's MQLs.

    Accepted by a saved Qualify, a logged touch, or as an SQL of a file. Rejected by a person before SQL, also
    when it came back since; but not when that was before it became an MQL. Overdue: nobody claimed it, or
    nobody worked on it, within its clock.
    """
    touch_by = working_time_ago(week, scope.now, claim_to_touch)
    today = scope.now.astimezone(period.zone).date().toordinal()
    touch_day = touch_by.astimezone(period.zone).date().toordinal()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    for key, states in per_key(await sums_of(scope, {MQL}, period), MQL).items():
        for state, n in states.items():
            word, _, rest = state.partition(":")
            if word == "rejected":
                reasons[key][rest] += n
            elif word == "due":
                word = "overdue" if int(rest) < today else "undecided"
            elif word == "held":
                word = "overdue" if int(rest) < touch_day else "undecided"
            elif word == "asleep":
                word = "undecided"
            counts[key][word] += n
    # Those of today, and whoever has woken by now: whether they are overdue is a matter of minutes.
    for key, n in (await overdue_among(scope, period, today, touch_by)).items():
        counts[key]["overdue"] += n
        counts[key]["undecided"] -= n
    found = [
        AcceptanceCounts(key, n["accepted"], n["rejected"], n["undecided"], n["overdue"], dict(reasons[key]))
        for key, n in counts.items()
    ]
    return sorted(found, key=lambda one: (-counts[one.key].total(), one.key))
