"""Counting visitors: people who came in a window and were no lead yet."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import case, func, select

from qualification.kpi_counts import VisitorCounts
from qualification.periods import Period
from store.kpi_scope import Scope, within
from store.tables.leads import leads
from store.tables.watched import visitor_counts, visitor_days


async def visitors(scope: Scope, period: Period) -> tuple[list[VisitorCounts], date | None]:
    """Visitors and leads by source, most visitors first; and the day before which only days are known.

    Each person counts once, under the first known source that they came by. Days that were forgotten left
    numbers behind: who came on two of those is two. Days are the workspace's, in the zone it had then.
    """
    here = (
        visitor_days.c.workspace == scope.work.workspace,
        visitor_days.c.day >= period.start,
        visitor_days.c.day < period.end,
    )
    unknown = case((visitor_days.c.source == "unknown", 1), else_=0)
    first = func.row_number().over(
        partition_by=visitor_days.c.person, order_by=(unknown, visitor_days.c.day, visitor_days.c.source)
    )
    each = select(visitor_days.c.source, first.label("place")).where(*here).subquery()
    query = select(each.c.source, func.count().label("n")).where(each.c.place == 1).group_by(each.c.source)
    seen: Counter[str] = Counter({row.source: row.n for row in await scope.work.execute(query)})
    older, last = await _older(scope, period)
    seen.update(older)
    came = await _leads(scope, period)
    found = [VisitorCounts(key, seen.get(key), came.get(key, 0)) for key in seen.keys() | came.keys()]
    return sorted(found, key=lambda one: (-(one.visitors or 0), -one.leads, one.key)), last


async def _older(scope: Scope, period: Period) -> tuple[dict[str, int], date | None]:
    """What is left of forgotten days, and the day after the last of them."""
    table = visitor_counts.c
    query = (
        select(table.source, func.sum(table.people).label("n"), func.max(table.day).label("last"))
        .where(table.workspace == scope.work.workspace, table.day >= period.start, table.day < period.end)
        .group_by(table.source)
    )
    rows = (await scope.work.execute(query)).all()
    last = max((row.last for row in rows), default=None)
    return {row.source: int(row.n) for row in rows}, last and date.fromordinal(last.toordinal() + 1)


async def _leads(scope: Scope, period: Period) -> dict[str, int]:
    """Valid leads created in the window by source; imported history came by no page of ours."""
    query = select(leads.c.source, func.count().label("n")).where(
        *scope.valid(), within(leads.c.created_at, period), leads.c.imported.is_(False)
    )
    return {row.source: row.n for row in await scope.work.execute(query.group_by(leads.c.source))}
