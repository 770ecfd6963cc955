"""The worker: does what the outbox says, at each lane's pace, and survives being killed at any moment."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from bot.collector import Collector
from qualification.errors import fault
from store.finish import Ending, Patience, finish
from store.job_care import pull_near, sweep
from store.jobs import Jobs, LaneGap, every_second
from store.listen import listen
from store.outcomes import Dead, Done, Hold, Job, Outcome, Retry
from store.signs import DatabaseAway
from store.store import Store
from store.trace import trace

__all__ = ["Dead", "Delivery", "Done", "Hold", "Job", "Outcome", "Retry", "Worker"]

Delivery = Callable[[Job], Awaitable[Outcome]]
log = logging.getLogger(__name__)
RESTLESS = 0.05
TROUBLED = 1.0
SWEEP_EVERY = 3600.0
# Slack and webhooks repeat themselves for hours, not weeks; until then a done job remembers its key.
KEEP_DONE = timedelta(days=14)


def _in_words(outcome: Outcome) -> str:
    match outcome:
        case Hold(seconds):
            return f"waits {seconds:.0f} s, as it was told"
        case Retry(reason):
            return f"is tried again: {reason}"
        case Dead(reason):
            return f"can't be done: {reason}"
    return "done"


async def nobody_waits() -> None:
    """Go on at once."""


class Worker:
    """One replica's worker.

    Args:
        deliveries: by topic; jobs of other topics are left to replicas that know them.
        slots: how many jobs run at once.
        lease: how long a claim holds; longer than any outside call may take.
        heartbeat: how often running jobs renew their lease.
        poll: how often to look even if nobody called. The guarantee behind every wake-up.
        patience: by topic, how often and how long to try.
        lane_gap: by lane, the time between two starts.
        let_by: waits while requests come in densely, before each claim, so that answers come first.
    """

    def __init__(
        self,
        store: Store,
        deliveries: Mapping[str, Delivery],
        *,
        slots: int = 16,
        lease: timedelta = timedelta(seconds=60),
        heartbeat: timedelta = timedelta(seconds=20),
        poll: timedelta = timedelta(seconds=5),
        patience: Mapping[str, Patience] | None = None,
        lane_gap: LaneGap = every_second,
        let_by: Callable[[], Awaitable[None]] = nobody_waits,
    ) -> None:
        self._store = store
        self._let_by = let_by
        self._deliveries = deliveries
        self._slots = slots
        self._lease = lease
        self._heartbeat = heartbeat.total_seconds()
        self._poll = poll.total_seconds()
        self._patience = dict(patience or {})
        self._jobs = Jobs(store, deliveries, lease=lease, lane_gap=lane_gap)
        self._endings: Collector[Ending, bool] = Collector(self._finish, concerns_all=(DatabaseAway,))
        self._running: dict[Job, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []
        self._listening: asyncio.Task[None] | None = None
        self._well_at = 0.0
        self._looked_around = False
        self._claim_from = 0.0
        self._deaf: Callable[[], None] | None = None

    async def start(self) -> None:
        """Begin to work."""
        self._well_at = time.monotonic()
        self._deaf = self._store.on_news(self._wake.set)
        self._listening = asyncio.create_task(listen(self._store), name="listen")
        self._tasks = [
            asyncio.create_task(self._claim_forever(), name="worker"),
            asyncio.create_task(self._beat_forever(), name="worker heartbeat"),
            asyncio.create_task(self._sweep_forever(), name="worker sweep"),
        ]

    async def stop(self, grace: float = 10.0) -> None:
        """Claim nothing more, give running jobs `grace` seconds, then let go.

        What still runs then keeps its lease: its call may yet reach the other side, so nobody may repeat it
        before that is settled.
        """
        self._stopping = True
        self._wake.set()
        if self._deaf is not None:
            self._deaf()
        if self._tasks:
            await self._tasks[0]
        if self._running:
            await asyncio.wait(self._running.values(), timeout=grace)
        rest = [*self._running.values(), *self._tasks[1:]]
        if self._listening is not None:
            rest.append(self._listening)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await self._endings.drain()
        self._tasks = []

    @property
    def healthy(self) -> bool:
        """Whether it has looked for work lately, for /readyz."""
        alive = bool(self._tasks) and not any(task.done() for task in self._tasks)
        return alive and time.monotonic() - self._well_at < 3 * self._poll + 10

    async def idle(self) -> None:
        """Wait until no job is due and none runs; later timers don't count, a lane's turn does."""
        while self._running or await self._jobs.unfinished():
            self._wake.set()
            await asyncio.sleep(0.01)

    async def _claim_forever(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                wait = await self._claim()
            except Exception as error:
                # The database is away. What is saved stays saved; look again soon.
                log.warning("The worker can't reach its jobs: %s", type(error).__name__)
                wait = TROUBLED
            else:
                self._well_at = time.monotonic()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), min(wait, self._poll))
            if not self._stopping:
                await self._let_by()

    async def _claim(self) -> float:
        """Start what is due; returns the seconds until it is worth looking again."""
        free = self._slots - len(self._running)
        if free <= 0:
            return self._poll
        # Asked first, and of a reader: a claim takes SQLite's write lock away from people's clicks.
        wait = await self._jobs.next_due()
        if (rest := await self._after_clock_was_set(self._jobs.clock_set())) > 0:
            return rest
        if wait is None or wait > 0:
            return self._poll if wait is None else wait
        claimed = await self._jobs.claim(free)
        if self._stopping:
            await self._jobs.release(claimed)
            return 0
        for job in claimed:
            self._running[job] = asyncio.create_task(self._run(job), name=f"{job.topic} {job.id}")
        return 0 if claimed else RESTLESS

    async def _after_clock_was_set(self, by: float) -> float:
        """Make good what a clock that was set would spoil; the seconds in which nothing may be claimed.

        Set back, or right again before a start: leases, pauses and lanes stand where nobody waits for them.
        Set on: every lease looks as if its holder had died, also those of jobs that run.
        """
        if by < 0 or not self._looked_around:
            await pull_near(self._store, self._lease)
            self._looked_around = True
        if by > 0:
            await self._beat()
            if self._store.clock is None:  # other replicas go by this clock too: let them keep theirs first
                self._claim_from = time.monotonic() + self._heartbeat
        return self._claim_from - time.monotonic()

    async def _run(self, job: Job) -> None:
        trace.set(job.trace)  # this task's own
        try:
            outcome = await self._deliver(job)
            log.info("Job %s (%s) %s", job.id, job.topic, _in_words(outcome))
            await self._end(job, outcome)
        except Exception as error:
            # The database is away. The lease ends, and someone does it again.
            log.warning("Job %s (%s) is left to its lease: %s", job.id, job.topic, type(error).__name__)
        finally:
            self._running.pop(job, None)
            self._wake.set()

    async def _end(self, job: Job, outcome: Outcome) -> None:
        try:
            await self._endings.put(Ending(job, outcome))
        except DatabaseAway:
            # A connection that was lost is soon there again; then nobody needs to do it twice.
            await asyncio.sleep(TROUBLED)
            await self._endings.put(Ending(job, outcome))
        except Exception as error:
            # What it wanted saved can't be saved; the others of its commit are unharmed.
            log.error("Job %s (%s) could not be closed: %s", job.id, job.topic, fault(error))
            await self._endings.put(Ending(job, Retry(f"Not saved: {type(error).__name__}")))

    async def _deliver(self, job: Job) -> Outcome:
        try:
            return await self._deliveries[job.topic](job)
        except (Hold, Retry, Dead) as outcome:
            return outcome
        except DatabaseAway:
            return Retry(DatabaseAway.__name__)
        except Exception as error:
            log.error("Job %s (%s) failed: %s", job.id, job.topic, fault(error))
            return Retry(type(error).__name__)

    async def _finish(self, endings: Sequence[Ending]) -> list[bool]:
        return await finish(self._store, endings, lambda topic: self._patience.get(topic, Patience()))

    async def _beat_forever(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat)
            try:
                await self._beat()
                # A clock that was set on and back between two looks was not noticed; what it left behind is.
                await pull_near(self._store, self._lease)
            except Exception as error:
                log.warning("No heartbeat: %s", type(error).__name__)

    async def _beat(self) -> None:
        beating = dict(self._running)
        ours = await self._jobs.heartbeat(beating)
        for job, task in beating.items():
            if job.id not in ours:
                # Called off, or taken over by another replica: whatever it does now is done twice.
                task.cancel()

    async def _sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            try:
                await sweep(self._store, self._store.moment() - KEEP_DONE)
            except Exception as error:
                log.warning("Not swept: %s", type(error).__name__)
