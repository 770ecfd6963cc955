"""What must happen after a commit, saved in the same transaction: nothing is lost, nothing made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Executable, and_, bindparam, case, func, not_, select, update
from sqlalchemy.dialects.sqlite import Insert

from store.hot import hot
from store.tables.base import UtcDateTime, insert
from store.tables.jobs import CANCELLED, KEPT, OPEN, WAITING, is_open, jobs, lanes
from store.trace import TRACE, trace

if TYPE_CHECKING:
    from store.work import Work

CHANNEL = "greenlight_jobs"
SAVED = (jobs.c.id, jobs.c.lane, jobs.c.place)
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class NewJob:
    """Something to do later.

    Args:
        payload: ids and small settings; never anything about a person.
        dedup: of several jobs with this key only the first counts, also after it was done.
        once: only one job with this key waits at a time; the same request again joins it.
        lane: jobs of one lane run in the order of their commits, one at a time, at the lane's pace.
        due: not before this moment; None means now. A timer stands outside its lane's order until it is due.
    """

    topic: str
    payload: dict[str, Any] = field(default_factory=dict)
    dedup: str | None = None
    once: str | None = None
    lane: str | None = None
    due: datetime | None = None


class Outbox:
    """The outbox of one transaction.

    Attributes:
        traces: by lead the request its jobs go back to, where several requests share the transaction.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._redone: dict[str, NewJob] = {}
        self._lanes: dict[str, list[int]] = {}
        self._holds: dict[str, float] = {}
        self.traces: dict[Any, str] = {}
        self.has_news = False

    async def put(
        self,
        topic: str,
        *,
        dedup: str | None = None,
        lane: str | None = None,
        due: datetime | None = None,
        **payload: Any,
    ) -> int | None:
        """Have something done after the commit.

        Returns:
            The job's number, or None when a job with this `dedup` is open or was done already.
        """
        ids = await self._insert([NewJob(topic, payload, dedup=dedup, lane=lane, due=due)])
        return ids[0] if ids else None

    async def put_once(
        self, topic: str, key: str, *, lane: str | None = None, due: datetime | None = None, **payload: Any
    ) -> None:
        """Have something redone, however often this is asked before it happens.

        A job that waits already takes this payload; one that runs just now runs once more afterwards.
        """
        await self.put_many([NewJob(topic, payload, once=key, lane=lane, due=due)])

    async def put_many(self, wanted: Sequence[NewJob]) -> None:
        """Many at once, in order; what is only to be redone comes behind the rest of this transaction."""
        # Of two with one key the later payload counts.
        self._redone.update({job.once: self._named(job) for job in wanted if job.once is not None})
        await self._insert([job for job in wanted if job.once is None])

    async def cancel(self, dedup: str | None = None, *, prefix: str | None = None) -> int:
        """Call off the open jobs with this `dedup`, or with any that starts with `prefix`.

        One that runs just now is told at its next heartbeat and can't finish; what it sent is sent.

        Returns:
            How many were called off.
        """
        if dedup is not None:
            which = jobs.c.dedup == dedup
        elif prefix:
            which = and_(jobs.c.dedup >= prefix, jobs.c.dedup < prefix + LAST_CHARACTER)
        else:
            raise ValueError("Say which jobs to cancel")
        stop = update(jobs).where(jobs.c.workspace == self._work.workspace, KEPT, is_open(), which)
        stop = stop.values(state=CANCELLED, finished=self._work.now, token=None)
        return (await self._work.execute(stop)).rowcount

    async def waiting(self, topic: str) -> int:
        """How many jobs of this topic are still to be done, without what this transaction has redone."""
        count = (
            select(func.count()).select_from(jobs).where(jobs.c.workspace == self._work.workspace, is_open())
        )
        return int((await self._work.execute(count.where(jobs.c.topic == topic))).scalar_one())

    async def is_waiting(self, prefix: str) -> bool:
        """Whether a job whose `dedup` starts so is still to be done."""
        query = select(jobs.c.id).where(jobs.c.workspace == self._work.workspace, KEPT, is_open())
        query = query.where(jobs.c.dedup >= prefix, jobs.c.dedup < prefix + LAST_CHARACTER).limit(1)
        return (await self._work.execute(query)).one_or_none() is not None

    def revive(self, lane: str | None, job: int) -> None:
        """Count a job that exists already (a replayed one) among the news, and in its lane."""
        if lane is not None:
            self._lanes.setdefault(lane, []).append(job)
        self.has_news = True

    def hold_lane(self, lane: str, seconds: float) -> None:
        """Start nothing in this lane for a while: the other side asked for it."""
        self._holds[lane] = max(seconds, self._holds.get(lane, 0.0))

    async def settle(self) -> None:
        """Ask for what is to be redone, and give out places in the lanes; the last thing before the commit.

        Two PostgreSQL transactions may commit in another order than they took their ids in, so the place is
        given under the lane's lock. It is taken last, for all lanes in one order: then it is held for the
        commit alone, and two transactions can't wait for each other.
        """
        # Everybody has the same things redone (a card, somebody's Home): in one order and late, so that two
        # transactions never wait for each other's rows.
        redone, self._redone = [job for _, job in sorted(self._redone.items())], {}
        await self._run(_upserting(self._work.is_sqlite, self._work.now), redone)
        for lane in sorted({*self._lanes, *self._holds}):
            await self._settle(lane, self._lanes.pop(lane, []), self._holds.pop(lane, None))
        if self.has_news and not self._work.is_sqlite:
            await self._work.execute(select(func.pg_notify(CHANNEL, "")))

    async def _settle(self, lane: str, joining: list[int], hold: float | None) -> None:
        lock = _joining(self._work.is_sqlite, self._work.now)
        row = {"workspace": self._work.workspace, "lane": lane, "joining": len(joining)}
        last = (await self._work.execute(lock, row)).scalar_one()
        if joining and not self._work.is_sqlite:
            place = update(jobs).where(jobs.c.id == bindparam("job")).values(place=bindparam("at"))
            first = last - len(joining) + 1
            rows = [{"job": job, "at": first + i} for i, job in enumerate(joining)]
            await self._work.execute(place, rows)
        if hold is not None:
            until = self._work.now + round(hold * 1_000_000)
            move = update(lanes).where(lanes.c.workspace == self._work.workspace, lanes.c.lane == lane)
            await self._work.execute(
                move.where(lanes.c.next_at < until).values(next_at=until, held_from=self._work.now)
            )

    async def _insert(self, wanted: Sequence[NewJob]) -> list[int]:
        return await self._run(_inserting(self._work.is_sqlite, self._work.now), wanted)

    async def _run(self, statement: Executable, wanted: Sequence[NewJob]) -> list[int]:
        if not wanted:
            return []
        rows = [self._row(job) for job in wanted]
        saved = (await self._work.execute(statement, rows)).all()
        for row in sorted(saved):
            if row.lane is not None and row.place == 0:
                self._lanes.setdefault(row.lane, []).append(row.id)
        self.has_news = self.has_news or bool(saved)
        return [row.id for row in saved]

    def _named(self, job: NewJob) -> NewJob:
        """The job with the request it goes back to, known now and perhaps no more at the end."""
        name = self.traces.get(job.payload.get("lead")) or trace.get()
        if not name or TRACE in job.payload:
            return job
        return replace(job, payload={**job.payload, TRACE: name})

    def _row(self, job: NewJob) -> dict[str, Any]:
        return {
            "workspace": self._work.workspace,
            "topic": job.topic,
            "payload": self._named(job).payload,
            "dedup": job.dedup,
            "pending_key": job.once,
            "lane": job.lane,
            "not_before": job.due,
            "created": self._work.moment(),
        }


# A click adds several jobs, and building a statement costs more than running it: so they are built once for
# each database.
@lru_cache(maxsize=8)
def _inserting(is_sqlite: bool, now: ColumnElement[int]) -> Executable:
    add = _adding(is_sqlite, now).on_conflict_do_nothing(
        index_elements=["workspace", "dedup"], index_where=KEPT
    )
    return hot(add.returning(*SAVED))


@lru_cache(maxsize=8)
def _upserting(is_sqlite: bool, now: ColumnElement[int]) -> Executable:
    add = _adding(is_sqlite, now)
    running = jobs.c.token.is_not(None)
    # A timer may come earlier, but a failed attempt's pause is not cut short by the next click.
    sooner = and_(not_(running), jobs.c.first_claimed.is_(None), jobs.c.due > add.excluded.due)
    add = add.on_conflict_do_update(
        index_elements=["workspace", "pending_key"],
        index_where=WAITING,
        set_={
            "payload": add.excluded.payload,
            # Also when nothing changes: the row's lock keeps a worker from starting before our commit.
            "dirty": running,
            "due": case((sooner, add.excluded.due), else_=jobs.c.due),
        },
    )
    return hot(add.returning(*SAVED))


@lru_cache(maxsize=8)
def _joining(is_sqlite: bool, now: ColumnElement[int]) -> Executable:
    """Locks a lane, made if need be, and gives the last of the places taken."""
    join = insert(lanes, is_sqlite=is_sqlite).values(
        workspace=bindparam("workspace"), lane=bindparam("lane"), next_at=now, places=bindparam("joining")
    )
    places = {"places": lanes.c.places + join.excluded.places}
    join = join.on_conflict_do_update(index_elements=["workspace", "lane"], set_=places)
    return hot(join.returning(lanes.c.places))


def _adding(is_sqlite: bool, now: ColumnElement[int]) -> Insert:
    due = bindparam("not_before", type_=UtcDateTime)
    columns = ("workspace", "topic", "payload", "dedup", "pending_key", "lane", "created")
    return insert(jobs, is_sqlite=is_sqlite).values(
        **{name: bindparam(name, type_=jobs.c[name].type) for name in columns},
        dirty=False,
        place=0,
        attempts=0,
        state=OPEN,
        due=func.coalesce(due, now),
    )
