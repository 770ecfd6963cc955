"""A month in five numbers, for App Home. The KPIs proper, with cohorts and rates, are asked by `/kpi`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, not_, select

from store.lead_rows import MERGED
from store.tables.leads import leads
from store.work import Work


@dataclass(frozen=True, slots=True)
class Month:
    """How many leads were created, reached a stage or were lost within a stretch of time."""

    leads: int
    mqls: int
    sqls: int
    customers: int
    lost: int


async def count_between(work: Work, start: datetime, end: datetime, left_out: Collection[str]) -> Month:
    """Count what happened from `start` up to `end`.

    Args:
        left_out: Reasons whose leads never count: spam, tests, duplicates.
    """

    def within(column: ColumnElement[datetime]) -> Select[int]:
        counted = not_(and_(leads.c.stage == "disqualified", leads.c.reason.in_(left_out)))
        mine = and_(leads.c.workspace == work.workspace, leads.c.stage != MERGED)
        return select(func.count()).select_from(leads).where(mine, column >= start, column < end, counted)

    columns = ("created_at", "mql_at", "sql_at", "won_at", "lost_at")
    found = [int((await work.execute(within(leads.c[name]))).scalar_one()) for name in columns]
    return Month(*found)
