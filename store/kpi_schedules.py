"""Schedules of numbers, within one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select, update

from qualification.kpi_schedule import Every
from store.tables.schedules import RUNNING, SAME, schedules
from store.work import Work

MOST = 50
"""Schedules of a workspace: more digests than that nobody reads."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A number that is sent to a channel; `due` is the local day of the next one."""

    id: int
    asked: str
    every: Every
    channel: str
    by: str
    due: date
    quiet_since: date | None


async def running(work: Work, until: date | None = None) -> list[Schedule]:
    """Those that were not stopped, oldest first; with `until` only those due by that day."""
    query = select(schedules).where(schedules.c.workspace == work.workspace, schedules.c.stopped_at.is_(None))
    if until is not None:
        query = query.where(schedules.c.due <= until)
    return [_schedule(row) for row in await work.execute(query.order_by(schedules.c.id).limit(MOST))]


async def schedule_of(work: Work, number: int) -> Schedule | None:
    """One of them; None when it was stopped or never was."""
    query = select(schedules).where(
        schedules.c.workspace == work.workspace,
        schedules.c.id == number,
        schedules.c.stopped_at.is_(None),
    )
    row = (await work.execute(query)).one_or_none()
    return _schedule(row) if row else None


async def add(
    work: Work, asked: str, every: Every, channel: str, by: str, due: date, now: datetime
) -> Schedule | None:
    """A new one; None where the same is running, be it since this moment."""
    row = {"workspace": work.workspace, "asked": asked, "every": every, "channel": channel, "by": by}
    insert = work.insert(schedules).values({**row, "due": due, "at": now})
    once = insert.on_conflict_do_nothing(index_elements=SAME, index_where=RUNNING)
    number = (await work.execute(once.returning(schedules.c.id))).scalar_one_or_none()
    return None if number is None else Schedule(number, asked, every, channel, by, due, None)


async def change(work: Work, number: int, **values: Any) -> None:
    """Set `due`, `quiet_since` or `stopped_at`."""
    mine = (schedules.c.workspace == work.workspace, schedules.c.id == number)
    await work.execute(update(schedules).where(*mine).values(values))


def _schedule(row: Row[Any]) -> Schedule:
    return Schedule(row.id, row.asked, row.every, row.channel, row.by, row.due, row.quiet_since)
