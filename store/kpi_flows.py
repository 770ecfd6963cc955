"""Counting what happened in a window, whenever the lead was created: promises, outcomes, growth, refusals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from qualification.kpi_counts import (
    GrowthCounts,
    OverviewCounts,
    QualityCounts,
    SlaCounts,
    VelocityFactors,
    WinCounts,
    WonAmounts,
)
from qualification.lead import IN_PLAY
from qualification.money import Money
from qualification.periods import Period
from store.kpi_cohorts import contact_waits
from store.kpi_scope import ALL, DAY, Scope, most_first, raw, within
from store.tables.leads import leads


async def promises(scope: Scope, period: Period) -> list[SlaCounts]:
    """Promises to claim that were due in the window.

    Kept: claimed in time, or handed back or closed by a person in time without a claim. Broken: later, or not
    yet. What was opted out, snoozed or closed by itself before anyone claimed it is no promise any more.
    """
    due = leads.c.claim_due
    ended = func.coalesce(leads.c.let_go_at, leads.c.claimed_at)
    waits = and_(leads.c.stage.in_(IN_PLAY), leads.c.opted_out.is_(False), _awake(scope.now))
    state = {
        "met": ended <= due,
        "breached": ended > due,
        "overdue_open": and_(ended.is_(None), waits, due <= scope.now),
        "not_due": and_(ended.is_(None), waits, due > scope.now),
    }
    columns = [func.count().filter(condition).label(name) for name, condition in state.items()]
    rows = await scope.work.execute(scope.grouped(*columns, where=[within(due, period)]))
    found = [SlaCounts(r.name, r.met, r.breached, r.overdue_open, r.not_due) for r in rows]
    return sorted(
        (one for one in found if one.met + one.breached + one.overdue_open + one.not_due),
        key=lambda one: (-(one.met + one.breached + one.overdue_open), one.key),
    )


def _awake(now: datetime) -> ColumnElement[bool]:
    return or_(leads.c.snoozed_until.is_(None), leads.c.snoozed_until <= now)


async def outcomes(scope: Scope, period: Period) -> list[WinCounts]:
    """SQLs won and SQLs lost for the first time in the window."""
    won = await scope.entered(leads.c.won_at, period)
    lost = await scope.entered(leads.c.lost_at, period)
    both = {key: won.get(key, 0) + lost.get(key, 0) for key in won | lost}
    return [WinCounts(key, won.get(key, 0), lost.get(key, 0)) for key in most_first(both)]


async def growth(scope: Scope, this: Period, last: Period) -> list[GrowthCounts]:
    """First MQLs in two windows."""
    now = await scope.entered(leads.c.mql_at, this)
    then = await scope.entered(leads.c.mql_at, last)
    both = {key: now.get(key, 0) + then.get(key, 0) for key in now | then}
    return [GrowthCounts(key, now.get(key, 0), then.get(key, 0)) for key in most_first(both)]


async def overview(scope: Scope, period: Period, spend: tuple[Money, ...]) -> OverviewCounts:
    """One window at a glance: what entered each stage in it."""

    async def entered(column: ColumnElement[Any]) -> int:
        return (await scope.entered(column, period)).get(ALL, 0)

    return OverviewCounts(
        leads=await entered(leads.c.created_at),
        mqls=await entered(leads.c.mql_at),
        sqls=await entered(leads.c.sql_at),
        customers=await entered(leads.c.won_at),
        spend=spend,
        contacts=await contact_waits(scope, period),
    )


async def velocity(scope: Scope, period: Period) -> list[VelocityFactors]:
    """Open SQLs now; outcomes, amounts and the mean days from SQL to won of those won in the window."""
    open_now = await _counted(scope, [leads.c.stage == "sql", leads.c.opted_out.is_(False)])
    won = await scope.entered(leads.c.won_at, period)
    lost = await scope.entered(leads.c.lost_at, period)
    took = raw(leads.c.won_at) - func.coalesce(raw(leads.c.sql_at), raw(leads.c.won_at))
    days = scope.grouped(
        func.sum(case((took > 0, took), else_=0)).label("micros"),
        func.count().label("n"),
        where=[within(leads.c.won_at, period)],
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
    why = func.coalesce(leads.c.rejected_for, "other")
    inner = scope.plain(why.label("why"), where=[within(leads.c.rejected_at, period)]).subquery()
    query = select(inner.c.name, inner.c.why, func.count().label("n")).group_by(inner.c.name, inner.c.why)
    return {(row.why, row.name): row.n for row in await scope.work.execute(query)}


async def _counted(scope: Scope, where: list[Any]) -> dict[str, int]:
    rows = await scope.work.execute(scope.grouped(func.count().label("n"), where=where))
    return {row.name: row.n for row in rows if row.n}
