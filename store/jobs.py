"""The outbox from the worker's side: claim, keep, find out when to look again."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from store.hot import hot
from store.outcomes import Job
from store.store import Store
from store.tables.base import MICROSECOND
from store.tables.jobs import is_open, jobs, lanes
from store.trace import TRACE

LaneGap = Callable[[str], timedelta]
STEADY = 5.0
"""Seconds by which a clock and what passed may differ: clocks are trimmed, and asking takes a while."""


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
        self._lease = lease // MICROSECOND
        self._lane_gap = lane_gap
        # Built once: building them costs several times what running them does.
        now, known = store.now, jobs.c.topic.in_([literal(topic) for topic in sorted(topics)])
        self._heads = _heads(now, known)
        self._loose = _loose(now, known)
        self._take = _take(now, self._lease)
        self._pace = _pace(now)
        self._next_due = _next_due(now, known)
        self._unfinished = _unfinished(now, known)
        self._looked: tuple[float, float] | None = None
        self._clock_set = 0.0

    async def claim(self, limit: int) -> list[Job]:
        """Take up to `limit` due jobs, oldest first, for the length of the lease."""
        async with self._store.writing() as connection:
            found: list[Row[Any]] = []
            for query in (self._heads, self._loose):
                found += (await connection.execute(query, {"limit": limit})).all()
            ids = [row.id for row in sorted(found, key=lambda row: (row.due, row.id))[:limit]]
            if not ids:
                return []
            token = uuid4().hex
            claimed = (await connection.execute(self._take, {"ids": ids, "claim": token})).all()
            if gaps := [self._gap(row) for row in claimed if row.lane is not None]:
                await connection.execute(self._pace, gaps)
        return [_job(row) for row in sorted(claimed, key=lambda row: row.id)]

    def _gap(self, row: Row[Any]) -> dict[str, Any]:
        return {"where": row.workspace, "which": row.lane, "gap": self._lane_gap(row.lane) // MICROSECOND}

    async def heartbeat(self, running: Collection[Job]) -> set[int]:
        """Keep these for another lease; returns the numbers of those that are still ours."""
        if not running:
            return set()
        ours = select(jobs.c.id).where(is_open(), still_ours(running))
        async with self._store.writing() as connection:
            # A row that somebody holds just now (a click asks for it once more) is kept by the next one:
            # who waits for several rows may be waited for.
            free = (await connection.execute(ours.with_for_update(skip_locked=True))).scalars().all()
            keep = update(jobs).where(jobs.c.id.in_(free))
            await connection.execute(keep.values(due=self._store.now + self._lease))
            return set((await connection.execute(ours)).scalars())

    async def release(self, unstarted: Collection[Job]) -> None:
        """Give back what was claimed but never begun."""
        if not unstarted:
            return
        async with self._store.writing() as connection:
            await connection.execute(locked_in_order(unstarted))
            back = update(jobs).where(is_open(), still_ours(unstarted))
            now = self._store.now
            await connection.execute(back.values(due=now, token=None, attempts=jobs.c.attempts - 1))

    async def next_due(self) -> float | None:
        """Seconds until something could be claimed; 0 or less: now; None: nothing is planned."""
        async with self._store.reading() as connection:
            *planned, at = (await connection.execute(self._next_due)).one()
        self._compare(at / 1_000_000)
        waits = [(moment - at) / 1_000_000 for moment in planned if moment is not None]
        return min(waits, default=None)

    def _compare(self, moment: float) -> None:
        passed = time.monotonic()
        if self._looked is not None:
            by = moment - self._looked[0] - (passed - self._looked[1])
            self._clock_set += by if abs(by) > STEADY else 0.0
        self._looked = (moment, passed)

    def clock_set(self) -> float:
        """By how many seconds the clock we go by was set since this was last asked: 0 while it only goes on,
        less than 0 when it was set back. Found by `next_due`."""
        by, self._clock_set = self._clock_set, 0.0
        return by

    async def unfinished(self) -> int:
        """How many jobs are due or running, whatever their lane's turn."""
        async with self._store.reading() as connection:
            return int((await connection.execute(self._unfinished)).scalar_one())


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


def locked_in_order(claimed: Collection[Job]) -> Select[Any]:
    """Takes the locks of these jobs' rows in the order in which a transaction asks for what is to be redone.

    Whoever waits for one of several rows while holding another is else waited for by a click, for ever.
    """
    ours = select(jobs.c.id).where(is_open(), still_ours(claimed))
    in_order = ours.order_by(jobs.c.workspace, jobs.c.pending_key.nulls_first(), jobs.c.id)
    return in_order.with_for_update()


def _heads(now: ColumnElement[int], known: ColumnElement[bool]) -> Select[Any]:
    """The first job of each lane whose turn it is; locks both.

    Neither is waited for: whoever holds the job's row may want the lane's next, to join it.
    """
    query = select(jobs.c.id, jobs.c.due).select_from(_lane_heads(now))
    query = query.where(lanes.c.next_at <= now, jobs.c.due <= now, known)
    query = query.order_by(jobs.c.due, jobs.c.id).limit(bindparam("limit", type_=Integer))
    return hot(query.with_for_update(of=(lanes, jobs), skip_locked=True))


def _loose(now: ColumnElement[int], known: ColumnElement[bool]) -> Select[Any]:
    query = select(jobs.c.id, jobs.c.due).where(is_open(), jobs.c.lane.is_(None), jobs.c.due <= now, known)
    query = query.order_by(jobs.c.due, jobs.c.id).limit(bindparam("limit", type_=Integer))
    return hot(query.with_for_update(skip_locked=True))


def _take(now: ColumnElement[int], lease: int) -> ReturningUpdate[Any]:
    # Under READ COMMITTED a head may be an old one by now: so `due` and `state` are asked again.
    take = update(jobs).where(jobs.c.id.in_(bindparam("ids", expanding=True)), is_open(), jobs.c.due <= now)
    take = take.values(
        token=bindparam("claim"),
        due=now + lease,
        attempts=jobs.c.attempts + 1,
        first_claimed=func.coalesce(jobs.c.first_claimed, now),
        held_from=None,
        dirty=False,
    )
    return take.returning(*CLAIMED)


def _pace(now: ColumnElement[int]) -> Update:
    """The next start in a lane is one gap away, for every replica."""
    move = update(lanes).where(lanes.c.workspace == bindparam("where"), lanes.c.lane == bindparam("which"))
    return hot(move.values(next_at=now + bindparam("gap", type_=BigInteger), held_from=None))


def _next_due(now: ColumnElement[int], known: ColumnElement[bool]) -> Select[Any]:
    loose = select(func.min(_number(jobs.c.due))).where(is_open(), jobs.c.lane.is_(None), known)
    # Still timers: not yet in the order of their lane.
    timers = select(func.min(_number(jobs.c.due))).where(is_open(), jobs.c.lane.is_not(None))
    timers = timers.where(jobs.c.first_claimed.is_(None), jobs.c.due > now, known)
    turn = case((lanes.c.next_at > jobs.c.due, lanes.c.next_at), else_=jobs.c.due)
    heads = select(func.min(_number(turn))).select_from(_lane_heads(now)).where(known)
    return hot(select(*(part.scalar_subquery() for part in (loose, timers, heads)), now))


def _unfinished(now: ColumnElement[int], known: ColumnElement[bool]) -> Select[Any]:
    due = or_(jobs.c.due <= now, jobs.c.token.is_not(None))
    return select(func.count()).where(is_open(), known, due)


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
    known = dict(row._mapping)
    payload = dict(known.pop("payload"))
    return Job(trace=payload.pop(TRACE, ""), payload=payload, **known)
