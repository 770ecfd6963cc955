"""Closing jobs: what came of them is saved with their end, and a zombie's late end changes nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, update
from sqlalchemy.sql.dml import ReturningUpdate

from store.cron import plan_next
from store.job_care import LONGEST_PAUSE
from store.jobs import locked_in_order, still_ours
from store.outbox import NewJob
from store.outcomes import Dead, Done, Hold, Job, Outcome, Retry
from store.store import Store
from store.tables.base import MICROSECOND
from store.tables.jobs import DEAD, DONE, is_open, jobs
from store.trace import traced
from store.work import Work

DEAD_JOB = "ops.dead_job"
SECOND = timedelta(seconds=1)
Within = Callable[[str], Work]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to keep trying: the pause doubles from one second up to `longest`, in full jitter.

    Source of the jitter: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.
    """

    attempts: int = 20
    longest: timedelta = LONGEST_PAUSE

    def pause(self, attempts: int) -> timedelta:
        """The pause after this many attempts."""
        ceiling = min(self.longest, SECOND * 2 ** min(attempts - 1, 30))
        return timedelta(seconds=ceiling.total_seconds() * random.random())


@dataclass(frozen=True, slots=True)
class Ending:
    """A job and what became of it."""

    job: Job
    outcome: Outcome


async def finish(
    store: Store, endings: Sequence[Ending], patience: Callable[[str], Patience] = lambda _topic: Patience()
) -> list[bool]:
    """Close these jobs in one transaction; on PostgreSQL those that are redone in one of their own.

    Returns:
        For each whether it was still ours; of those that weren't, nothing was saved.
    Raises:
        Exception: what a `save` raised; then nothing of its transaction was saved.
    """
    # Of one job that ended here twice, before and after its lease was lost, only the later claim can be ours.
    by_claim = sorted(endings, key=lambda ending: (ending.job.id, ending.job.attempts))
    endings_once = list({ending.job.id: ending for ending in by_claim}.values())
    kept: set[Job] = set()
    if store.is_sqlite:  # one writer, no rows to wait for
        groups = [endings_once]
    else:
        # What a posted card has redone must not be asked for while a redrawn one is held: a click may hold
        # the one and wait for the other.
        groups = [[e for e in endings_once if (e.job.once is None) is loose] for loose in (True, False)]
    for group in filter(None, groups):
        kept |= await _finished(store, group, patience)
    return [ending.job in kept for ending in endings]


async def _finished(
    store: Store, in_order: Sequence[Ending], patience: Callable[[str], Patience]
) -> set[Job]:
    kept: set[Job] = set()
    async with store.begin_each() as within:
        if not store.is_sqlite:
            await within(in_order[0].job.workspace).execute(locked_in_order([e.job for e in in_order]))
        kept |= await _done(within, [e for e in in_order if isinstance(e.outcome, Done)])
        for ending in in_order:
            work, job = within(ending.job.workspace), ending.job
            match ending.outcome:
                case Hold(seconds):
                    ours = await _hold(work, job, seconds)
                case Retry(reason) if job.attempts >= patience(job.topic).attempts:
                    ours = await _dead(work, job, f"Gave up after {job.attempts} attempts: {reason}")
                case Retry(reason, after):
                    pause = max(patience(job.topic).pause(job.attempts), after * SECOND)
                    ours = await _again(work, job, pause, error=reason)
                case Dead(reason):
                    ours = await _dead(work, job, reason)
                case Done():
                    continue
            if ours:
                kept.add(job)
    return kept


async def _done(within: Within, endings: Sequence[Ending]) -> set[Job]:
    if not endings:
        return set()
    work, kept = within(endings[0].job.workspace), set()
    close = _close([ending.job for ending in endings], DONE, work.now)
    rows = {row.id: row for row in (await work.execute(close)).all()}
    for ending in endings:
        job = ending.job
        if job.id not in rows:
            continue
        kept.add(job)
        work = within(job.workspace)
        if isinstance(ending.outcome, Done) and ending.outcome.save is not None:
            with traced(job.trace):
                await ending.outcome.save(work)
        await _follow(work, job, rows[job.id])
    return kept


async def _follow(work: Work, job: Job, row: Row[Any]) -> None:
    """What comes after a job that is over."""
    if row.dirty and job.once is not None:
        # Someone asked again while it ran. As a new job it takes its place behind the others of its lane.
        await work.outbox.put_many([NewJob(job.topic, row.payload, once=job.once, lane=job.lane)])
    await plan_next(work, job, row.payload)


async def _hold(work: Work, job: Job, seconds: float) -> bool:
    """Nothing was sent, so the attempt doesn't count; in a lane the job stays first and the lane waits."""
    if job.lane is None:
        return await _again(work, job, seconds * SECOND, counted=False, held=True)
    ours = await _again(work, job, timedelta(0), counted=False)
    if ours:
        work.outbox.hold_lane(job.lane, seconds)
    return ours


async def _again(
    work: Work,
    job: Job,
    pause: timedelta,
    *,
    counted: bool = True,
    held: bool = False,
    error: str | None = None,
) -> bool:
    again = update(jobs).where(is_open(), still_ours([job]))
    again = again.values(token=None, due=work.now + pause // MICROSECOND, error=error)
    if held:
        again = again.values(held_from=work.now)
    if not counted:
        again = again.values(attempts=jobs.c.attempts - 1)
    return (await work.execute(again)).rowcount == 1


async def _dead(work: Work, job: Job, reason: str) -> bool:
    row = (await work.execute(_close([job], DEAD, work.now).values(error=reason))).one_or_none()
    if row is None:
        return False
    await _follow(work, job, row)
    if job.topic != DEAD_JOB:
        await work.outbox.put(DEAD_JOB, dedup=_told_once(work, job), job=job.id, of=job.topic)
    return True


def _told_once(work: Work, job: Job) -> str:
    """One message an hour and topic: a channel that is gone kills every card meant for it."""
    return f"dead:{job.topic}:{work.moment():%Y-%m-%dT%H}"


def _close(claimed: Sequence[Job], state: int, now: ColumnElement[int]) -> ReturningUpdate[Any]:
    close = update(jobs).where(is_open(), still_ours(claimed)).values(state=state, token=None, finished=now)
    return close.returning(jobs.c.id, jobs.c.dirty, jobs.c.payload)
