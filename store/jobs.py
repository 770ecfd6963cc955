"""The outbox from the worker's side: claim, keep, find out when to look again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from store.outcomes import Job
from store.store import Store
from store.tables.base import MICROSECOND
from store.tables.jobs import is_open, jobs, lanes
from store.work import database_now

LaneGap = Callable[[str], timedelta]


def every_second(_lane: str) -> timedelta:
    """Slack's pace: about one message a second and channel (its rate limits page)."""
    return timedelta(seconds=1)


class Jobs:
    """Jobs of all workspaces, for one worker.

    Args:
        topics: what this worker can deliver; other jobs are left to newer replicas.
        lease: how long a claim holds without a heartbeat.
        lane_gap: the time between two starts in a lane.
    """

    def __init__(
        self,
        store: Store,
        topics: Collection[str],
        *,
        lease: timedelta = timedelta(seconds=60),
        lane_gap: LaneGap = every_second,
    ) -> None:
        self._store = store
        self._topics = sorted(topics)
        self._lease = lease // MICROSECOND
        self._lane_gap = lane_gap

    async def claim(self, limit: int) -> list[Job]:
        """Take up to `limit` due jobs, oldest first, for the length of the lease."""
        async with self._store.writing() as connection:
            now = database_now(self._store.clock)
            found = [*await self._heads(connection, now, limit), *await self._loose(connection, now, limit)]
            ids = [row.id for row in sorted(found, key=lambda row: (row.due, row.id))[:limit]]
            if not ids:
                return []
            # Under READ COMMITTED a head may be an old one by now: so `due` and `state` are asked again.
            take = update(jobs).where(jobs.c.id.in_(ids), is_open(), jobs.c.due <= now).returning(*CLAIMED)
            take = take.values(
                token=uuid4().hex,
                due=now + self._lease,
                attempts=jobs.c.attempts + 1,
                first_claimed=func.coalesce(jobs.c.first_claimed, now),
                dirty=False,
            )
            claimed = (await connection.execute(take)).all()
            await self._pace(connection, now, [row for row in claimed if row.lane is not None])
        return [_job(row) for row in sorted(claimed, key=lambda row: row.id)]

    async def _heads(self, connection: AsyncConnection, now: ColumnElement[int], limit: int) -> Sequence[Any]:
        """The first job of each lane whose turn it is, the lanes locked."""
        query = select(jobs.c.id, jobs.c.due).select_from(_lane_heads(now))
        query = query.where(lanes.c.next_at <= now, jobs.c.due <= now, self._known())
        query = query.order_by(jobs.c.due, jobs.c.id).limit(limit)
        query = query.with_for_update(of=lanes, skip_locked=True)
        return (await connection.execute(query)).all()

    async def _loose(self, connection: AsyncConnection, now: ColumnElement[int], limit: int) -> Sequence[Any]:
        query = select(jobs.c.id, jobs.c.due).where(is_open(), jobs.c.lane.is_(None), jobs.c.due <= now)
        query = query.where(self._known()).order_by(jobs.c.due, jobs.c.id).limit(limit)
        return (await connection.execute(query.with_for_update(skip_locked=True))).all()

    async def _pace(self, connection: AsyncConnection, now: ColumnElement[int], rows: Sequence[Any]) -> None:
        """The next start in each of these lanes is one gap away, for every replica."""
        if not rows:
            return
        move = update(lanes).where(
            lanes.c.workspace == bindparam("where"), lanes.c.lane == bindparam("which")
        )
        move = move.values(next_at=now + bindparam("gap", type_=BigInteger))
        gaps = [(row.workspace, row.lane, self._lane_gap(row.lane) // MICROSECOND) for row in rows]
        await connection.execute(move, [{"where": w, "which": lane, "gap": gap} for w, lane, gap in gaps])

    async def heartbeat(self, running: Collection[Job]) -> set[int]:
        """Keep these for another lease; returns the numbers of those that are still ours."""
        if not running:
            return set()
        async with self._store.writing() as connection:
            keep = update(jobs).where(is_open(), still_ours(running)).returning(jobs.c.id)
            keep = keep.values(due=database_now(self._store.clock) + self._lease)
            return set((await connection.execute(keep)).scalars())

    async def release(self, unstarted: Collection[Job]) -> None:
        """Give back what was claimed but never begun."""
        if not unstarted:
            return
        async with self._store.writing() as connection:
            back = update(jobs).where(is_open(), still_ours(unstarted))
            now = database_now(self._store.clock)
            await connection.execute(back.values(due=now, token=None, attempts=jobs.c.attempts - 1))

    async def next_due(self) -> float | None:
        """Seconds until something could be claimed; 0 or less: now; None: nothing is planned."""
        async with self._store.reading() as connection:
            now = database_now(self._store.clock)
            loose = select(func.min(_number(jobs.c.due))).where(
                is_open(), jobs.c.lane.is_(None), self._known()
            )
            # Still timers: not yet in the order of their lane.
            timers = select(func.min(_number(jobs.c.due))).where(is_open(), jobs.c.lane.is_not(None))
            timers = timers.where(jobs.c.first_claimed.is_(None), jobs.c.due > now, self._known())
            turn = case((lanes.c.next_at > jobs.c.due, lanes.c.next_at), else_=jobs.c.due)
            heads = select(func.min(_number(turn))).select_from(_lane_heads(now)).where(self._known())
            parts = (loose, timers, heads)
            moments = (await connection.execute(select(*(p.scalar_subquery() for p in parts), now))).one()
        *planned, at = moments
        waits = [(moment - at) / 1_000_000 for moment in planned if moment is not None]
        return min(waits, default=None)

    async def unfinished(self) -> int:
        """How many jobs are due or running, whatever their lane's turn."""
        async with self._store.reading() as connection:
            now = database_now(self._store.clock)
            query = select(func.count()).where(is_open(), self._known())
            query = query.where(or_(jobs.c.due <= now, jobs.c.token.is_not(None)))
            return int((await connection.execute(query)).scalar_one())

    def _known(self) -> ColumnElement[bool]:
        return jobs.c.topic.in_(self._topics)


CLAIMED = (
    jobs.c.id,
    jobs.c.workspace,
    jobs.c.topic,
    jobs.c.payload,
    jobs.c.attempts,
    jobs.c.first_claimed,
    jobs.c.dedup,
    jobs.c.pending_key.label("once"),
    jobs.c.lane,
    jobs.c.token,
)


def still_ours(claimed: Collection[Job]) -> ColumnElement[bool]:
    """The fence: a job that was taken over has another token, and nothing of ours touches it."""
    return tuple_(jobs.c.id, jobs.c.token).in_([(job.id, job.token) for job in claimed])


def _lane_heads(now: ColumnElement[int]) -> Any:
    """Each lane with its first job. A timer joins the order of its lane only when it is due."""
    other = jobs.alias("other")
    first: Select[Any] = select(other.c.id).where(is_open(other), other.c.workspace == lanes.c.workspace)
    first = first.where(other.c.lane == lanes.c.lane)
    first = first.where(or_(other.c.first_claimed.is_not(None), other.c.due <= now))
    first = first.order_by(other.c.place, other.c.id).limit(1).correlate(lanes)
    return lanes.join(jobs, and_(jobs.c.id == first.scalar_subquery()))


def _number(moment: ColumnElement[Any]) -> ColumnElement[int]:
    return type_coerce(moment, BigInteger)


def _job(row: Any) -> Job:
    return Job(**row._mapping)
