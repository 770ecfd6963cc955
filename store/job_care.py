"""The outbox from the operator's side: what stands, what died, try it again, sweep up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Table,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.exc import IntegrityError

from store.outcomes import DeadJob
from store.store import Store
from store.tables.base import MICROSECOND
from store.tables.jobs import CANCELLED, DEAD, DONE, OPEN, is_dead, is_open, jobs, lanes
from store.work import Work

BATCH = 200
PAUSE = 0.1
LONGEST_PAUSE = timedelta(minutes=5)
"""No failure is rested from for longer."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many jobs there are of each kind; `late` are open ones that are due.

    Attributes:
        oldest: when the job that is due longest became due.
    """

    open: int
    late: int
    dead: int
    oldest: datetime | None


async def counts(work: Work) -> Counts:
    """The outbox in numbers, by indexes that hold no job that was done."""
    mine = jobs.c.workspace == work.workspace
    due = jobs.c.due <= work.now
    waiting = select(
        func.count().label("open"),
        func.count().filter(due).label("late"),
        func.min(jobs.c.due).filter(due).label("oldest"),
    ).where(mine, is_open())
    row = (await work.execute(waiting)).one()
    given_up = await work.execute(select(func.count()).select_from(jobs).where(mine, is_dead()))
    return Counts(open=row.open, late=row.late, dead=given_up.scalar_one(), oldest=row.oldest)


async def lane_waits(work: Work) -> dict[str, float]:
    """For how many seconds the longest waiting job of each lane has been due."""
    waits = type_coerce(work.now - type_coerce(func.min(jobs.c.due), BigInteger), BigInteger)
    query = select(jobs.c.lane, waits.label("waited")).where(jobs.c.workspace == work.workspace, is_open())
    query = query.where(jobs.c.lane.is_not(None), jobs.c.due <= work.now)
    query = query.group_by(jobs.c.lane).order_by(jobs.c.lane)
    return {row.lane: row.waited / 1_000_000 for row in (await work.execute(query)).all()}


async def dead(work: Work, limit: int = 50) -> list[DeadJob]:
    """The jobs that were given up, the latest first."""
    columns = (jobs.c.id, jobs.c.topic, jobs.c.payload, jobs.c.attempts, jobs.c.error, jobs.c.finished)
    query = select(*columns).where(jobs.c.workspace == work.workspace, is_dead())
    query = query.order_by(jobs.c.finished.desc(), jobs.c.id.desc()).limit(limit)
    return [DeadJob(**row._mapping) for row in (await work.execute(query)).all()]


async def why_dead(work: Work, job: int) -> str | None:
    """Why this job was given up; None when it is not, or no longer."""
    query = select(jobs.c.error).where(
        jobs.c.workspace == work.workspace, jobs.c.id == job, jobs.c.state == DEAD
    )
    return (await work.execute(query)).scalar_one_or_none()


async def state_of(work: Work, job: int) -> int | None:
    """How this job stands, in `tables.jobs`' numbers; None when it was swept."""
    query = select(jobs.c.state).where(jobs.c.workspace == work.workspace, jobs.c.id == job)
    return (await work.execute(query)).scalar_one_or_none()


async def replay(work: Work, job: int) -> bool:
    """Try a dead job again, with nearly all its attempts.

    Returns:
        False when there is no such dead job, or a newer one has its key and does its work already.
    """
    again = update(jobs).where(jobs.c.workspace == work.workspace, jobs.c.id == job, jobs.c.state == DEAD)
    # Not from 0: its next attempt is no first one, and must look for what earlier ones posted.
    again = again.values(state=OPEN, attempts=1, due=work.now, finished=None, error=None, dirty=False)
    try:
        async with work.connection.begin_nested():
            row = (await work.execute(again.returning(jobs.c.lane))).one_or_none()
    except IntegrityError:
        return False
    if row is None:
        return False
    work.outbox.revive(row.lane, job)
    return True


async def drop(work: Work, job: int) -> None:
    """A dead job that nobody misses any more: it is swept with what was called off."""
    gone = update(jobs).where(jobs.c.workspace == work.workspace, jobs.c.id == job, jobs.c.state == DEAD)
    await work.execute(gone.values(state=CANCELLED, finished=work.now))


async def pull_near(store: Store, lease: timedelta) -> None:
    """Bring back what stands further ahead than we ever put it: the clock was an hour fast, and is right now.

    Leases, pauses after a failure, the turns of lanes, and what was wanted at once when it was put. A timer's
    moment is meant as it stands, and so is that until which somebody asked us to wait, unless by this clock
    they are yet to ask.
    """
    far = store.now + max(lease, LONGEST_PAUSE) // MICROSECOND
    at_once = jobs.c.due <= literal_column("created + 1000000")
    no_timer = or_(jobs.c.token.is_not(None), jobs.c.first_claimed.is_not(None), at_once)
    ahead = select(jobs.c.id).where(is_open(), no_timer, jobs.c.due > far, _not_held(jobs, store.now))
    # Apart, for each has an index of its own by what is due.
    both = [ahead.where(jobs.c.lane.is_(None)), ahead.where(jobs.c.lane.is_not(None))]
    waiting = select(lanes.c.workspace, lanes.c.lane).where(lanes.c.next_at > far)
    waiting = waiting.where(_not_held(lanes, store.now))
    # Asked of a reader first: nearly always there is none, and nobody's click is to wait for that.
    async with store.reading() as connection:
        found = [number for which in both for number in (await connection.execute(which)).scalars()]
        names = (await connection.execute(waiting)).all()
    if found:
        async with store.writing() as connection:
            still = ahead.where(jobs.c.id.in_(found)).order_by(jobs.c.id)
            free = (await connection.execute(still.with_for_update(skip_locked=True))).scalars().all()
            # Not at once: who holds the lease may be alive, and what failed may need its rest.
            near = update(jobs).where(jobs.c.id.in_(free)).values(due=store.now + lease // MICROSECOND)
            await connection.execute(near)
    if names:
        these = tuple_(lanes.c.workspace, lanes.c.lane).in_([tuple(row) for row in names])
        async with store.writing() as connection:
            order = waiting.where(these).order_by(lanes.c.workspace, lanes.c.lane)
            free_lanes = (await connection.execute(order.with_for_update(skip_locked=True))).all()
            these = tuple_(lanes.c.workspace, lanes.c.lane).in_([tuple(row) for row in free_lanes])
            await connection.execute(update(lanes).where(these).values(next_at=store.now))


def _not_held(table: Table, now: ColumnElement[int]) -> ColumnElement[bool]:
    return or_(table.c.held_from.is_(None), table.c.held_from > now)


async def sweep(store: Store, before: datetime) -> int:
    """Forget jobs that ended before this, dead ones excepted, and lanes nobody waits in.

    In short transactions with pauses, so that no click waits for it.

    Returns:
        How many jobs are gone.
    """
    gone = 0
    old = select(jobs.c.id).where(jobs.c.finished < before, jobs.c.state.in_((DONE, CANCELLED)))
    old = old.order_by(jobs.c.finished).limit(BATCH)
    while True:
        async with store.writing(alone=True) as connection:
            swept = (await connection.execute(delete(jobs).where(jobs.c.id.in_(old)))).rowcount
        gone += swept
        if swept < BATCH:
            break
        await asyncio.sleep(PAUSE)
    await _sweep_lanes(store, before)
    return gone


async def _sweep_lanes(store: Store, before: datetime) -> None:
    waiting = exists().where(is_open(), jobs.c.workspace == lanes.c.workspace, jobs.c.lane == lanes.c.lane)
    empty = select(lanes.c.workspace, lanes.c.lane).where(lanes.c.next_at < before, ~waiting)
    empty = empty.order_by(lanes.c.workspace, lanes.c.lane).limit(BATCH).with_for_update(skip_locked=True)
    async with store.writing(alone=True) as connection:
        names = [tuple(row) for row in (await connection.execute(empty)).all()]
        if names:
            # Asked again: a job may have joined between the question and the lock, and now none can.
            these = tuple_(lanes.c.workspace, lanes.c.lane).in_(names)
            await connection.execute(delete(lanes).where(these, ~waiting))
