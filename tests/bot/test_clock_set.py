"""Somebody sets the clock, or the machine slept: nothing stands still for an hour, nothing is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.worker import Done, Hold, Job, Outcome, Retry, Worker
from store.finish import Patience
from store.jobs import Jobs
from store.store import Store
from tests.clock import Clock

HOUR = 3600


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(database_url: str, clock: Clock) -> AsyncIterator[Store]:
    store = Store(database_url, clock)
    await store.open()
    yield store
    await store.close()


async def until_seen(seen: list[int], there: list[int]) -> None:
    async with asyncio.timeout(20):
        while seen != there:
            await asyncio.sleep(0.01)


async def seen_within_the_hour(seen: list[int], there: list[int], clock: Clock) -> None:
    for _ in range(HOUR // 2 // 10):
        if seen == there:
            return
        await asyncio.sleep(0.1)
        clock.forward(10)
    assert seen == there


async def put(store: Store, here: str, *numbers: int) -> None:
    async with store.begin(here) as work:
        for number in numbers:
            await work.outbox.put("alert", lane="post:alerts", number=number)


async def test_what_was_put_while_the_clock_was_fast_for_a_moment_is_found(
    store: Store, here: str, clock: Clock
) -> None:
    """Nobody looked at the clock between the two times it was set."""
    seen = list[int]()

    async def alert(job: Job) -> Outcome:
        seen.append(job.payload["number"])
        return Done()

    often = timedelta(milliseconds=50)
    worker = Worker(store, {"alert": alert}, poll=often, heartbeat=often, lane_gap=lambda _: often)
    await worker.start()
    await asyncio.sleep(0.2)
    clock.forward(HOUR)
    await put(store, here, 1)
    clock.forward(-HOUR)
    await seen_within_the_hour(seen, [1], clock)
    await worker.stop()


@pytest.mark.parametrize(
    "failure",
    [Hold(2), Hold(HOUR), Retry("no answer", after=30)],
    ids=["asked to wait", "asked to wait for an hour", "failed"],
)
async def test_a_clock_that_was_an_hour_fast_and_is_right_again_keeps_nobody_waiting(
    store: Store, here: str, clock: Clock, failure: Outcome
) -> None:
    seen, answers = list[int](), [failure, Done(), Done()]

    async def alert(job: Job) -> Outcome:
        seen.append(job.payload["number"])
        return answers.pop(0)

    rested = timedelta(milliseconds=20)
    worker = Worker(
        store, {"alert": alert}, poll=rested, patience={"alert": Patience()}, lane_gap=lambda _: rested
    )
    clock.forward(HOUR)
    await worker.start()
    await put(store, here, 1, 2)
    await until_seen(seen, [1])
    await asyncio.sleep(0.2)

    clock.forward(-HOUR)
    await seen_within_the_hour(seen, [1, 1, 2], clock)
    await worker.stop()


@pytest.mark.parametrize("lane", ["post:alerts", None], ids=["a lane", "no lane"])
async def test_who_asked_us_to_wait_for_an_hour_is_left_in_peace_for_an_hour(
    store: Store, here: str, clock: Clock, lane: str | None
) -> None:
    """A look after the clock, which every heartbeat and every start takes, is no reason to call again."""
    seen, answers = list[int](), [Hold(HOUR), Done()]

    async def alert(job: Job) -> Outcome:
        seen.append(job.payload["number"])
        return answers.pop(0)

    async def work_until(there: list[int]) -> None:
        often = timedelta(milliseconds=30)
        worker = Worker(store, {"alert": alert}, poll=often, heartbeat=often, lease=timedelta(seconds=3))
        await worker.start()
        await until_seen(seen, there)
        await asyncio.sleep(0.1)
        clock.forward(61)
        await asyncio.sleep(0.1)
        await worker.stop()

    async with store.begin(here) as work:
        await work.outbox.put("alert", lane=lane, number=1)
    await work_until([1])
    await work_until([1])
    assert seen == [1]
    clock.forward(HOUR - 2 * 61)
    await work_until([1, 1])


async def test_what_a_dead_process_held_while_the_clock_was_fast_is_done_after_the_start(
    store: Store, here: str, clock: Clock
) -> None:
    await put(store, here, 1)
    clock.forward(HOUR)
    assert len(await Jobs(store, ["alert"]).claim(1)) == 1  # and then it was killed
    clock.forward(-HOUR)

    seen = list[int]()

    async def alert(job: Job) -> Outcome:
        seen.append(job.payload["number"])
        return Done()

    worker = Worker(store, {"alert": alert}, poll=timedelta(milliseconds=20))
    await worker.start()
    await asyncio.sleep(0.2)
    assert seen == [], "its call may still be under way"
    for _ in range(8):
        clock.forward(61)
        await asyncio.sleep(0.1)
    await until_seen(seen, [1])
    await worker.stop()


async def test_a_job_that_runs_while_the_clock_is_set_on_is_not_begun_again(
    store: Store, here: str, clock: Clock
) -> None:
    seen, answered = list[int](), asyncio.Event()

    async def alert(job: Job) -> Outcome:
        seen.append(job.payload["number"])
        await answered.wait()
        return Done()

    worker = Worker(store, {"alert": alert}, poll=timedelta(milliseconds=20))
    await worker.start()
    await put(store, here, 1)
    await until_seen(seen, [1])
    clock.forward(HOUR)
    await asyncio.sleep(0.3)
    answered.set()
    await worker.idle()
    assert seen == [1]
    await worker.stop()
