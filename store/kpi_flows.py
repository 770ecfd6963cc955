"""Counting what happened in a window, whenever the lead was created: promises, outcomes, growth, refusals."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from qualification.kpi import Dimension, LeftOut
from qualification.kpi_cells import (
    ALL,
    CREATED,
    LATE,
    LOST,
    MQL,
    OUT,
    PROMISE,
    REJECTED,
    SQL,
    WON,
)
from qualification.kpi_counts import (
    GrowthCounts,
    OverviewCounts,
    QualityCounts,
    SlaCounts,
    VelocityFactors,
    WinCounts,
    WonAmounts,
)
from qualification.money import Money
from qualification.periods import Period
from store.kpi_edge import broken_today, of_the_woken
from store.kpi_scope import DAY, Scope, most_first, raw, within
from store.kpi_sums import per_key, sums_of
from store.kpi_waits import FOR_CONTACT, waits
from store.tables.leads import leads


async def entered(scope: Scope, period: Period, *metrics: str) -> dict[str, dict[str, int]]:
    """How many leads have these milestones in the window: by metric, then by key."""
    found: dict[str, dict[str, int]] = {metric: defaultdict(int) for metric in metrics}
    for place, (n, _) in (await sums_of(scope, metrics, period, by="key")).items():
        found[place.metric][place.key] += n
    return {metric: {key: n for key, n in keys.items() if n} for metric, keys in found.items()}


async def promises(scope: Scope, period: Period) -> list[SlaCounts]:
    """Promises to claim that were due in the window.

    Kept: claimed in time, or handed back or closed by a person in time without a claim. Broken: later, or not
    yet. What was opted out, snoozed or closed by itself before anyone claimed it is no promise any more.
    """
    today = scope.now.astimezone(period.zone).date().toordinal()
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for place, (n, _) in (await sums_of(scope, {PROMISE}, period, by="both")).items():
        state = place.sub
        if state == "open":
            state = "overdue" if place.day < today else "not_due"
        counts[place.key][state] += n
    for key, n in (await broken_today(scope, period)).items():
        counts[key]["overdue"] += n
        counts[key]["not_due"] -= n
    late, early = await of_the_woken(scope, period)
    for state, woken in (("overdue", late), ("not_due", early)):
        for key, n in woken.items():
            counts[key][state] += n
    found = [SlaCounts(key, n["met"], n["broken"], n["overdue"], n["not_due"]) for key, n in counts.items()]
    return sorted(
        (one for one in found if one.met + one.breached + one.overdue_open + one.not_due),
        key=lambda one: (-(one.met + one.breached + one.overdue_open), one.key),
    )


async def outcomes(scope: Scope, period: Period) -> list[WinCounts]:
    """SQLs won and SQLs lost for the first time in the window."""
    found = await entered(scope, period, WON, LOST)
    won, lost = found[WON], found[LOST]
    both = {key: won.get(key, 0) + lost.get(key, 0) for key in won | lost}
    return [WinCounts(key, won.get(key, 0), lost.get(key, 0)) for key in most_first(both)]


async def growth(scope: Scope, this: Period, last: Period) -> list[GrowthCounts]:
    """First MQLs in two windows."""
    now = (await entered(scope, this, MQL))[MQL]
    then = (await entered(scope, last, MQL))[MQL]
    both = {key: now.get(key, 0) + then.get(key, 0) for key in now | then}
    return [GrowthCounts(key, now.get(key, 0), then.get(key, 0)) for key in most_first(both)]


async def overview(scope: Scope, period: Period, spend: tuple[Money, ...]) -> OverviewCounts:
    """One window at a glance: what entered each stage in it."""
    found = await entered(scope, period, CREATED, MQL, SQL, WON)
    leads_, mqls, sqls, won = (found[metric].get(ALL, 0) for metric in (CREATED, MQL, SQL, WON))
    return OverviewCounts(leads_, mqls, sqls, won, spend, await waits(scope, period, FOR_CONTACT))


async def came_in_since(scope: Scope, period: Period, key: str | None = None) -> int:
    """Leads created in the window that reached us after it was over: they change what was told before.

    Args:
        key: Only those of this value of the dimension.
    """
    # Not by `late`: a lead answered live moves into an earlier month when an older touch turns up.
    over = period.end.toordinal()
    sums = await sums_of(scope, {LATE}, period)
    theirs = {place: n for place, (n, _) in sums.items() if key in (None, place.key)}
    return sum(n for place, n in theirs.items() if int(place.sub) >= over)


async def leads_left_out(
    scope: Scope, milestone: str, period: Period, owner: str | None = None, key: str | None = None
) -> LeftOut:
    """The leads with this milestone (a metric) in the window that no rate counts: why, and by whom.

    Args:
        owner: Only those of this rep.
        key: Only those of this value of the scope's dimension; `owner` is not asked for then.
    """
    metric = OUT + milestone
    split: Dimension | None = scope.by if key is not None else "rep" if owner is not None else None
    told = await sums_of(replace(scope, by=split), {metric}, period)
    reasons: dict[str, int] = {}
    people: dict[str, int] = {}
    for place, (n, _) in told.items():
        if (key or owner) in (None, place.key):
            reason, _, by = place.sub.partition("|")
            reasons[reason] = reasons.get(reason, 0) + n
            people[by] = people.get(by, 0) + n
    return LeftOut(reasons, people)


async def velocity(scope: Scope, period: Period) -> list[VelocityFactors]:
    """Open SQLs now; outcomes, amounts and the mean days from SQL to won of those won in the window."""
    open_now = await _counted(scope, [leads.c.stage == "sql", leads.c.opted_out.is_(False)])
    found = await entered(scope, period, WON, LOST)
    won, lost = found[WON], found[LOST]
    took = raw(leads.c.won_at) - raw(leads.c.sql_at)
    days = scope.grouped(
        func.sum(case((took > 0, took), else_=0)).label("micros"),
        func.count().label("n"),
        # Of a purchase that stayed when two were split, the SQL may have gone: nobody knows how long it took.
        where=[within(leads.c.won_at, period), leads.c.sql_at.is_not(None)],
    )
    cycles = {r.name: int(r.micros) / DAY / r.n for r in await scope.work.execute(days) if r.n}
    amounts = await won_amounts(scope, [within(leads.c.won_at, period)])
    keys = open_now | won | lost
    return [
        VelocityFactors(
            key,
            open_now.get(key, 0),
            won.get(key, 0),
            lost.get(key, 0),
            tuple(amounts.get(key, ())),
            cycles.get(key),
        )
        for key in most_first({key: open_now.get(key, 0) + won.get(key, 0) for key in keys})
    ]


async def won_amounts(scope: Scope, where: list[ColumnElement[bool]]) -> dict[str, list[WonAmounts]]:
    """What customers paid, per key and currency; customers without an amount are not in it."""
    query = (
        select(
            scope.key.label("name"),
            leads.c.currency,
            func.sum(leads.c.amount_minor).label("minor"),
            func.count().label("n"),
        )
        .where(*scope.valid(), *where, leads.c.amount_minor.is_not(None), leads.c.won_at.is_not(None))
        .group_by(*([] if scope.by is None else [scope.key]), leads.c.currency)
        .order_by(leads.c.currency)
    )
    found: dict[str, list[WonAmounts]] = {}
    for row in await scope.work.execute(query):
        found.setdefault(row.name, []).append(WonAmounts(Money(int(row.minor), row.currency), row.n))
    return found


async def rejections(scope: Scope, this: Period, before: Period) -> list[QualityCounts]:
    """Leads a person rejected before SQL, reason by key (source or campaign), in two windows."""
    now, then = await _rejected(scope, this), await _rejected(scope, before)
    pairs = sorted(now | then, key=lambda pair: (-now.get(pair, 0), pair))
    return [
        QualityCounts(reason, key, now.get((reason, key), 0), then.get((reason, key), 0))
        for reason, key in pairs
    ]


async def _rejected(scope: Scope, period: Period) -> dict[tuple[str, str], int]:
    told = per_key(await sums_of(scope, {REJECTED}, period), REJECTED)
    return {(why, key): n for key, reasons in told.items() for why, n in reasons.items()}


async def _counted(scope: Scope, where: list[Any]) -> dict[str, int]:
    rows = await scope.work.execute(scope.grouped(func.count().label("n"), where=where))
    return {row.name: row.n for row in rows if row.n}
