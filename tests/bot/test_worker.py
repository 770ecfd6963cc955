"""The worker as operators meet it: it does what was saved, in order, and can be stopped or killed."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.worker import Dead, Delivery, Done, Hold, Job, Outcome, Retry, Worker
from store.finish import DEAD_JOB, Patience
from store.job_care import counts, dead
from store.outbox import NewJob
from store.store import Store
from store.work import Work
from tests.postgres import admin

NO_PAUSE = timedelta(0)
QUICK = {"alert": Patience(attempts=3, longest=timedelta(milliseconds=1))}


def at_once(_lane: str) -> timedelta:
    return NO_PAUSE


class Outside:
    """The outside world: remembers what reached it."""

    def __init__(self, *answers: Outcome | Exception) -> None:
        self.seen: list[Job] = []
        self._answers = list(answers)

    async def __call__(self, job: Job) -> Outcome:
        self.seen.append(job)
        answer = self._answers.pop(0) if self._answers else Done()
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def numbers(self) -> list[int]:
        return [job.payload["number"] for job in self.seen]


async def work_off(store: Store, **deliveries: Delivery) -> None:
    by_topic = {name.replace("__", "."): delivery for name, delivery in deliveries.items()}
    worker = Worker(store, by_topic, lane_gap=at_once, patience=QUICK)
    await worker.start()
    await worker.idle()
    await worker.stop()


async def put(store: Store, here: str, *numbers: int, lane: str | None = None) -> None:
    async with store.begin(here) as work:
        await work.outbox.put_many([NewJob("alert", {"number": number}, lane=lane) for number in numbers])


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


async def test_a_commit_wakes_the_worker(store: Store, here: str) -> None:
    outside = Outside()
    worker = Worker(store, {"alert": outside}, poll=timedelta(minutes=10))
    await worker.start()
    await asyncio.sleep(0.2)
    await put(store, here, 1)
    await until(lambda: outside.numbers == [1])
    await worker.stop()

    assert await left_open(store, here) == 0


async def test_another_replicas_commit_wakes_the_worker(postgres_url: str) -> None:
    mine, other = Store(postgres_url), Store(postgres_url)
    outside, here = Outside(), await mine.workspace()
    worker = Worker(mine, {"alert": outside}, poll=timedelta(minutes=10))
    await worker.start()
    await asyncio.sleep(0.5)
    await put(other, here, 1)
    await until(lambda: outside.numbers == [1])
    await worker.stop()
    await mine.close()
    await other.close()


async def test_what_was_rolled_back_is_never_done(store: Store, here: str) -> None:
    outside = Outside()
    with pytest.raises(ZeroDivisionError):
        async with store.begin(here) as work:
            await work.outbox.put("alert", number=1)
            raise ZeroDivisionError
    await put(store, here, 2)
    await work_off(store, alert=outside)

    assert outside.numbers == [2]


async def test_a_lane_is_done_in_order_one_at_a_time(store: Store, here: str) -> None:
    at_once_now, most, order = 0, 0, []

    async def slow(job: Job) -> Outcome:
        nonlocal at_once_now, most
        at_once_now += 1
        most = max(most, at_once_now)
        await asyncio.sleep(0.005)
        order.append(job.payload["number"])
        at_once_now -= 1
        return Done()

    await put(store, here, *range(8), lane="C1")
    await work_off(store, alert=slow)

    assert (order, most) == (list(range(8)), 1)


async def test_what_came_of_a_job_is_saved_with_its_end(store: Store, here: str) -> None:
    async def save(work: Work) -> None:
        await work.outbox.put("saved", at=work.workspace)

    saved = Outside()
    await put(store, here, 1)
    await work_off(store, alert=Outside(Done(save)), saved=saved)

    assert [job.payload for job in saved.seen] == [{"at": here}]


async def test_a_save_that_fails_is_retried_and_harms_no_other_job(store: Store, here: str) -> None:
    async def broken(_work: Work) -> None:
        raise ZeroDivisionError

    outside = Outside(Done(broken), Done(), Done(broken))
    await put(store, here, 1, 2, 3)
    worker = Worker(store, {"alert": outside, DEAD_JOB: Outside()}, patience=QUICK)
    await worker.start()
    await until(lambda: len(outside.seen) == 5)
    await worker.idle()
    await worker.stop()

    assert sorted(outside.numbers) == [1, 1, 2, 3, 3]
    assert await left_open(store, here) == 0


async def test_asked_to_wait_it_waits_and_tries_again(store: Store, here: str) -> None:
    outside = Outside(Hold(0.05), Hold(0.05))
    await put(store, here, 1, 2, lane="C1")
    await work_off(store, alert=outside)
    worker = Worker(store, {"alert": outside}, lane_gap=at_once)
    await worker.start()
    await until(lambda: len(outside.seen) == 4)
    await worker.idle()
    await worker.stop()

    assert outside.numbers == [1, 1, 1, 2]
    assert {job.attempts for job in outside.seen} == {1}


async def test_a_delivery_that_raises_is_retried_then_given_up(
    store: Store, here: str, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "ada@acme.example"
    outside = Outside(ValueError(secret), Retry("HTTP 502"), KeyError(secret))
    told = Outside()
    await put(store, here, 1)
    worker = Worker(store, {"alert": outside, DEAD_JOB: told}, patience=QUICK)
    with caplog.at_level(logging.DEBUG, logger="bot"):
        await worker.start()
        await until(lambda: len(told.seen) == 1)
        await worker.stop()

    assert [job.attempts for job in outside.seen] == [1, 2, 3]
    async with store.read(here) as work:
        (job,) = await dead(work)
    assert job.error == "Gave up after 3 attempts: KeyError"
    assert "ValueError" in caplog.text
    assert secret not in caplog.text


async def test_what_can_never_work_is_given_up_at_once(store: Store, here: str) -> None:
    outside, told = Outside(Dead("channel_not_found")), Outside()
    await put(store, here, 1, 2, lane="C1")
    worker = Worker(store, {"alert": outside, DEAD_JOB: told}, lane_gap=at_once)
    await worker.start()
    await worker.idle()
    await worker.stop()

    assert outside.numbers == [1, 2]
    assert len(told.seen) == 1


async def test_a_job_called_off_while_it_runs_is_stopped(store: Store, here: str) -> None:
    began, stopped = asyncio.Event(), asyncio.Event()

    async def long(_job: Job) -> Outcome:
        began.set()
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()
        return Done()

    async with store.begin(here) as work:
        await work.outbox.put("alert", dedup="sla:L-1")
    worker = Worker(store, {"alert": long}, heartbeat=timedelta(seconds=0.05))
    await worker.start()
    await began.wait()
    async with store.begin(here) as work:
        assert await work.outbox.cancel("sla:L-1") == 1
    async with asyncio.timeout(10):
        await stopped.wait()
    await worker.stop()


async def test_stopping_lets_running_jobs_finish_and_starts_no_more(store: Store, here: str) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_job: Job) -> Outcome:
        began.set()
        await go_on.wait()
        return Done()

    await put(store, here, 1, 2)
    worker = Worker(store, {"alert": slow}, slots=1)
    await worker.start()
    await began.wait()
    stopping = asyncio.create_task(worker.stop())
    await asyncio.sleep(0.05)
    go_on.set()
    await stopping

    assert await left_open(store, here) == 1
    assert not worker.healthy


async def test_what_does_not_finish_in_time_keeps_its_lease(store: Store, here: str) -> None:
    """Its call may still reach Slack: nobody may repeat it before the lease ends."""
    began = asyncio.Event()

    async def stuck(_job: Job) -> Outcome:
        began.set()
        await asyncio.sleep(60)
        return Done()

    await put(store, here, 1)
    worker = Worker(store, {"alert": stuck})
    await worker.start()
    await began.wait()
    assert worker.healthy
    await worker.stop(grace=0.01)

    outside = Outside()
    second = Worker(store, {"alert": outside})
    await second.start()
    await asyncio.sleep(0.2)
    await second.stop()
    assert outside.seen == []
    assert await left_open(store, here) == 1


async def test_two_workers_do_each_job_once(store: Store, here: str) -> None:
    outside, other_store = Outside(), Store(store.url.render_as_string(hide_password=False))
    stores = (store, store) if store.is_sqlite else (store, other_store)
    await put(store, here, *range(200))
    await put(store, here, *range(200, 220), lane="C1")
    workers = [Worker(each, {"alert": outside}, lane_gap=at_once, slots=4) for each in stores]
    for worker in workers:
        await worker.start()
    for worker in workers:
        await worker.idle()
        await worker.stop()
    await other_store.close()

    assert sorted(outside.numbers) == list(range(220))
    assert [number for number in outside.numbers if number >= 200] == list(range(200, 220))


async def test_what_ends_while_the_database_is_away_is_left_to_its_lease_without_alarm(
    postgres_url: str, postgres_server: str, caplog: pytest.LogCaptureFixture
) -> None:
    store, name = Store(postgres_url), make_url(postgres_url).database
    here, ended = await store.workspace(), asyncio.Event()
    seen: list[int] = []

    async def wait(job: Job) -> Outcome:
        seen.append(job.payload["number"])
        await ended.wait()
        return Done()

    await put(store, here, *range(16))
    worker = Worker(store, {"alert": wait}, lease=timedelta(seconds=2))
    await worker.start()
    await until(lambda: len(seen) == 16)
    await admin(postgres_server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    gone = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    await admin(postgres_server, gone)
    with caplog.at_level(logging.INFO):
        ended.set()
        await until(lambda: caplog.text.count("is left to its lease") == 16)
    await admin(postgres_server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]

    await until(lambda: len(seen) == 32)
    await worker.idle()
    await worker.stop()
    assert await left_open(store, here) == 0
    await store.close()


KILLED = """
import asyncio, sys
from datetime import timedelta
from bot.worker import Worker
from store.store import Store

async def hang(job):
    print("started", job.id, flush=True)
    await asyncio.sleep(600)

async def main():
    beat = timedelta(seconds=0.5)
    await Worker(Store(sys.argv[1]), {"alert": hang}, lease=timedelta(seconds=3), heartbeat=beat).start()
    await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_a_killed_workers_job_is_done_by_another(database_url: str) -> None:
    store = Store(database_url)
    here = await store.workspace()
    await put(store, here, 1)
    victim = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", KILLED, database_url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert victim.stdout is not None
    assert (await asyncio.to_thread(victim.stdout.readline)).startswith("started")
    outside = Outside()
    worker = Worker(store, {"alert": outside}, poll=timedelta(seconds=0.1))
    await worker.start()
    await asyncio.sleep(0.5)
    assert outside.seen == [], "someone alive has it"

    victim.kill()
    victim.wait()
    await until(lambda: len(outside.seen) == 1)
    await worker.idle()
    await worker.stop()
    assert [job.attempts for job in outside.seen] == [2], "so it looks for what the first attempt posted"
    assert await left_open(store, here) == 0
    await store.close()


async def left_open(store: Store, here: str) -> int:
    async with store.read(here) as work:
        return (await counts(work)).open
