"""Lanes: one at a time, in the order of the commits, at the lane's pace, for all replicas."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import chain

from sqlalchemy import select

from store.finish import Ending, finish
from store.job_care import counts
from store.jobs import Jobs
from store.outbox import NewJob
from store.outcomes import Done, Hold
from store.store import Store
from store.tables.jobs import jobs as table
from tests.clock import Clock
from tests.store.outbox import TOPICS, end, numbers, put_each


async def test_a_timer_in_a_lane_does_not_hold_up_what_is_due_now(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    async with store.begin(here) as work:
        await work.outbox.put("alert", lane="C1", due=clock.moment + timedelta(minutes=5), number=1)
    await put_each(store, here, "C1", [2])

    assert numbers(await jobs.claim(10)) == [2]


async def test_a_lane_keeps_its_order_and_one_second_between(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    await put_each(store, here, "C1", [1, 2, 3])
    await put_each(store, here, "C2", [11, 12])

    first = await jobs.claim(10)
    assert sorted(numbers(first)) == [1, 11]
    await finish(store, [Ending(job, Done()) for job in first])
    assert await jobs.next_due() == 1
    clock.forward(0.99)
    assert await jobs.claim(10) == []
    clock.forward(0.01)
    second = await jobs.claim(10)
    assert sorted(numbers(second)) == [2, 12]

    clock.forward(1)
    assert await jobs.claim(10) == [], "2 still runs, so 3 waits"
    await end(store, second[0], Done())
    assert numbers(await jobs.claim(10)) == [3]


async def test_retry_after_moves_the_whole_lane_and_costs_no_attempt(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    await put_each(store, here, "C1", [1, 2])
    await put_each(store, here, "C2", [11])
    claimed = {job.lane: job for job in await jobs.claim(10)}
    await end(store, claimed["C1"], Hold(30))
    await end(store, claimed["C2"], Done())

    assert await jobs.next_due() == 30
    clock.forward(29.9)
    assert await jobs.claim(10) == []
    clock.forward(0.1)
    (again,) = await jobs.claim(10)
    assert (again.payload["number"], again.attempts) == (1, 1)


async def test_a_job_without_a_lane_waits_as_long_as_it_was_told(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    async with store.begin(here) as work:
        await work.outbox.put("alert")
    (job,) = await jobs.claim(10)
    await end(store, job, Hold(30))

    assert await jobs.next_due() == 30
    clock.forward(30)
    assert [job.attempts for job in await jobs.claim(10)] == [1]


async def test_two_workers_share_the_work_and_repeat_nothing(store: Store, here: str) -> None:
    async with store.begin(here) as work:
        await work.outbox.put_many([NewJob("alert", {"number": number}) for number in range(300)])
        await work.outbox.put_many([NewJob("alert", {"number": 300 + n}, lane=f"C{n}") for n in range(50)])

    async def empty() -> list[int]:
        mine, taken = Jobs(store, TOPICS), []
        while claimed := await mine.claim(7):
            taken += numbers(claimed)
            await finish(store, [Ending(job, Done()) for job in claimed])
        return taken

    shares = await asyncio.gather(*(empty() for _ in range(3)))
    assert sorted(chain.from_iterable(shares)) == list(range(350))


async def test_commits_of_one_lane_keep_their_order_however_they_overlap(
    postgres_url: str, clock: Clock
) -> None:
    """The one that took the lower number may commit later. (SQLite has one writer: nothing overlaps.)"""
    store = Store(postgres_url, clock)
    here = await store.workspace()
    early_put, late_committed = asyncio.Event(), asyncio.Event()

    async def early() -> None:
        async with store.begin(here) as work:
            await work.outbox.put("alert", lane="C1", number=2)
            early_put.set()
            await late_committed.wait()

    first = asyncio.create_task(early())
    await early_put.wait()
    await put_each(store, here, "C1", [1])
    late_committed.set()
    await first

    jobs = Jobs(store, TOPICS, lane_gap=lambda _lane: timedelta(0))
    order = []
    while claimed := await jobs.claim(10):
        order += numbers(claimed)
        await finish(store, [Ending(job, Done()) for job in claimed])
    assert order == [1, 2]
    await store.close()


async def test_two_transactions_that_use_two_lanes_crosswise_both_commit(store: Store, here: str) -> None:
    async def both(first: str, second: str) -> None:
        async with store.begin(here) as work:
            await work.outbox.put("alert", lane=first, number=1)
            await asyncio.sleep(0)
            await work.outbox.put("alert", lane=second, number=2)

    await asyncio.gather(*(both(*pair) for _ in range(10) for pair in (("A", "B"), ("B", "A"))))

    async with store.read(here) as work:
        assert (await counts(work)).open == 40


async def test_a_claim_waits_for_nobody_who_may_want_the_lane_next(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    """Whoever asks for a redraw once more holds its row, and joins the lane at the end of its transaction."""
    if store.is_sqlite:
        return  # one writes at a time
    await put_each(store, here, "C1", [1])
    async with store.writing() as somebody:
        await somebody.execute(select(table.c.id).with_for_update())
        assert await asyncio.wait_for(jobs.claim(10), 30) == []
    (job,) = await jobs.claim(10)
    async with store.writing() as somebody:
        await somebody.execute(select(table.c.id).with_for_update())
        assert await asyncio.wait_for(jobs.heartbeat([job]), 30) == {job.id}
    clock.forward(40)
    assert await jobs.heartbeat([job]) == {job.id}
    clock.forward(40)
    assert await jobs.heartbeat([job]) == {job.id}, "kept by the second"


async def test_two_that_ask_for_the_same_things_in_another_order_both_get_them(
    store: Store, here: str, jobs: Jobs
) -> None:
    both = asyncio.Barrier(2)

    async def ask(*keys: str) -> None:
        async with store.begin(here) as work:
            for key in keys:
                await work.outbox.put_once("card.redraw", key, asked=key)
                if not store.is_sqlite:
                    await both.wait()

    await asyncio.wait_for(asyncio.gather(ask("card:1", "card:2"), ask("card:2", "card:1")), 30)
    assert [job.payload for job in await jobs.claim(10)] == [{"asked": "card:1"}, {"asked": "card:2"}]
