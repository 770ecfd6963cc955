"""How jobs end: done, retried, given up, taken over; and what is swept up."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, make_url, select

from store.finish import DEAD_JOB, Ending, Patience, finish
from store.job_care import counts, dead, replay, sweep
from store.jobs import Jobs
from store.outbox import NewJob
from store.outcomes import Dead, Done, Hold, Retry
from store.store import Store
from store.tables.jobs import jobs as table
from store.work import Work
from tests.clock import Clock
from tests.postgres import when_somebody_waits
from tests.store.outbox import TOPICS, end, put_each, soon


async def test_a_dead_head_lets_its_lane_go_on_and_the_operator_is_told(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    await put_each(store, here, "C1", [1, 2])
    (head,) = await jobs.claim(10)
    assert await end(store, head, Dead("channel_not_found"))

    clock.forward(1)
    told, following = sorted(await jobs.claim(10), key=lambda job: job.topic == "alert")
    assert following.payload == {"number": 2}
    assert (told.topic, told.payload) == (DEAD_JOB, {"job": head.id, "of": "alert"})
    async with store.read(here) as work:
        (gone,) = await dead(work)
    assert (gone.id, gone.error, gone.finished) == (
        head.id,
        "channel_not_found",
        clock.moment - timedelta(seconds=1),
    )


async def test_failures_are_retried_ever_later_and_then_given_up(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    async with store.begin(here) as work:
        await work.outbox.put("alert", lane="C1")
    patience = Patience(attempts=3, longest=timedelta(seconds=2))
    for attempt in (1, 2, 3):
        (job,) = await jobs.claim(10)
        assert job.attempts == attempt
        assert await finish(store, [Ending(job, Retry("HTTP 503"))], lambda _topic: patience) == [True]
        clock.forward(2)

    assert [job.topic for job in await jobs.claim(10)] == [DEAD_JOB]
    async with store.read(here) as work:
        assert [job.error for job in await dead(work)] == ["Gave up after 3 attempts: HTTP 503"]


async def test_a_retry_can_ask_for_a_longest_wait(store: Store, here: str, jobs: Jobs) -> None:
    async with store.begin(here) as work:
        await work.outbox.put("alert")
    (job,) = await jobs.claim(10)
    await end(store, job, Retry("timed out, and the history lags behind", after=15))

    assert await jobs.next_due() == 15


async def test_closing_redraws_and_asking_for_them_never_wait_for_each_other(postgres_url: str) -> None:
    # Of many jobs PostgreSQL reads some in the order they stand in; of two it would go by their keys.
    database = make_url(postgres_url).database
    store = Store(postgres_url, Clock())
    async with store.writing() as connection:
        await connection.exec_driver_sql(f"ALTER DATABASE {database} SET enable_indexscan = off")
    await store.close()
    store = Store(postgres_url, Clock())
    where, jobs = await store.workspace(), Jobs(store, TOPICS)
    redraws = {name: NewJob("card.redraw", {"of": name}, once=name) for name in ("card", "home")}
    for name in ("home", "card"):  # the rows stand in another order than their keys
        async with store.begin(where) as work:
            await work.outbox.put_many([redraws[name]])
    ended = [Ending(job, Done()) for job in await jobs.claim(10)]

    async with store.begin(where) as click:
        await click.outbox.put_many([redraws["card"]])
        await click.outbox.settle()
        closing = asyncio.create_task(finish(store, ended))
        await when_somebody_waits(store, closing)
        await click.outbox.put_many([redraws["home"]])

    assert await closing == [True, True]
    assert {job.payload["of"] for job in await jobs.claim(10)} == {"card", "home"}, "asked for once more"
    async with store.writing() as connection:
        await connection.exec_driver_sql(f"ALTER DATABASE {database} RESET ALL")
    await store.close()


async def test_an_operators_own_job_that_dies_tells_nobody(store: Store, here: str, jobs: Jobs) -> None:
    async with store.begin(here) as work:
        await work.outbox.put(DEAD_JOB, job=1, of="alert")
    (job,) = await jobs.claim(10)
    await end(store, job, Dead("nobody to tell"))

    assert await jobs.next_due() is None


async def test_a_dead_job_can_be_replayed_once(store: Store, here: str, jobs: Jobs, clock: Clock) -> None:
    async with store.begin(here) as work:
        await work.outbox.put("alert", lane="C1", dedup="alert:L-1")
    (job,) = await jobs.claim(10)
    await end(store, job, Dead("is_archived"))
    clock.forward(3600)
    async with store.begin(here) as work:
        assert await replay(work, job.id)
        assert not await replay(work, job.id)
        assert not await replay(work, 999)

    (again,) = [job for job in await jobs.claim(10) if job.topic == "alert"]
    assert (again.id, again.attempts) == (job.id, 2), "not a first attempt: it must look before it posts"
    assert again.first_claimed == job.first_claimed


async def test_a_dead_job_is_not_replayed_over_a_newer_one(store: Store, here: str, jobs: Jobs) -> None:
    async with store.begin(here) as work:
        await work.outbox.put("alert", dedup="alert:L-1")
    (job,) = await jobs.claim(10)
    await end(store, job, Dead("is_archived"))

    async with store.begin(here) as work:
        assert await work.outbox.put("alert", dedup="alert:L-1") is not None
        assert not await replay(work, job.id)


async def test_a_silent_workers_job_is_taken_over_and_its_late_end_changes_nothing(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    async def save(work: Work) -> None:
        await work.outbox.put("alert", who="zombie")

    async with store.begin(here) as work:
        await work.outbox.put("alert")
    (zombie,) = await jobs.claim(10)
    clock.forward(59)
    assert await jobs.claim(10) == []
    clock.forward(1)
    (taken,) = await Jobs(store, TOPICS).claim(10)
    assert (taken.id, taken.attempts, taken.first_claimed) == (zombie.id, 2, zombie.first_claimed)

    for outcome in (Done(save), Retry("late"), Hold(5), Dead("late")):
        assert not await end(store, zombie, outcome)
    assert await jobs.heartbeat([zombie, taken]) == {taken.id}
    assert await end(store, taken, Done(save))
    assert [job.payload for job in await jobs.claim(10)] == [{"who": "zombie"}]


async def test_a_job_that_ends_twice_in_one_commit_is_saved_once(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    def saying(word: str) -> Done:
        async def save(work: Work) -> None:
            await work.outbox.put("alert", who=word)

        return Done(save)

    async with store.begin(here) as work:
        await work.outbox.put("alert")
    (zombie,) = await jobs.claim(10)
    clock.forward(60)
    (taken,) = await jobs.claim(10)

    both = [Ending(taken, saying("taken")), Ending(zombie, saying("zombie"))]
    assert await finish(store, both) == [True, False]
    assert [job.payload for job in await jobs.claim(10)] == [{"who": "taken"}]


async def test_a_change_during_a_redraw_that_died_is_drawn_all_the_same(
    store: Store, here: str, jobs: Jobs
) -> None:
    async with store.begin(here) as work:
        await work.outbox.put_once("card.redraw", "card:L-1", text="before")
    (running,) = await jobs.claim(10)
    async with store.begin(here) as work:
        await work.outbox.put_once("card.redraw", "card:L-1", text="after")
    await end(store, running, Dead("invalid_blocks"))

    again = [job.payload for job in await jobs.claim(10) if job.topic == "card.redraw"]
    assert again == [{"text": "after"}]


async def test_a_heartbeat_keeps_a_long_job(store: Store, here: str, jobs: Jobs, clock: Clock) -> None:
    async with store.begin(here) as work:
        await work.outbox.put("alert")
    (job,) = await jobs.claim(10)
    for _ in range(10):
        clock.forward(20)
        assert await jobs.heartbeat([job]) == {job.id}

    assert await jobs.claim(10) == []
    assert await end(store, job, Done())


async def test_what_was_claimed_and_not_begun_is_given_back(store: Store, here: str, jobs: Jobs) -> None:
    await put_each(store, here, "C1", [1])
    claimed = await jobs.claim(10)
    await jobs.release(claimed)
    (again,) = await soon(jobs, store)

    assert (again.id, again.attempts) == (claimed[0].id, 1)
    assert not await end(store, claimed[0], Done())


async def test_a_save_that_fails_leaves_every_job_of_its_commit_open(
    store: Store, here: str, jobs: Jobs
) -> None:
    async def save(_work: Work) -> None:
        raise ZeroDivisionError

    async with store.begin(here) as work:
        await work.outbox.put_many([NewJob("alert", {"number": 1}), NewJob("alert", {"number": 2})])
    first, second = await jobs.claim(10)
    with pytest.raises(ZeroDivisionError):
        await finish(store, [Ending(first, Done()), Ending(second, Done(save))])

    assert await jobs.heartbeat([first, second]) == {first.id, second.id}


async def test_the_sweep_forgets_what_is_over_and_keeps_the_rest(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    await put_each(store, here, "C1", [1])
    await put_each(store, here, "C2", [2])
    await put_each(store, here, "C3", [3])
    done, gone, running = await jobs.claim(10)
    await end(store, done, Done())
    await end(store, gone, Dead("is_archived"))
    clock.forward(15 * 86400)

    assert await sweep(store, clock.moment - timedelta(days=14)) == 1
    async with store.read(here) as work:
        left = await counts(work)
        rows = (await work.execute(select(func.count()).select_from(table))).scalar_one()
    assert (rows, left.dead, left.open) == (3, 1, 2), "running, and the news of the dead one"
    assert [job.id for job in await jobs.claim(10) if job.lane] == [running.id], "C3 is still a lane"


async def test_numbers_never_come_back(store: Store, here: str, jobs: Jobs, clock: Clock) -> None:
    await put_each(store, here, "C1", [1])
    (job,) = await jobs.claim(10)
    await end(store, job, Done())
    clock.forward(1)
    await sweep(store, clock.moment)

    async with store.begin(here) as work:
        number = await work.outbox.put("alert")
    assert number is not None
    assert number > job.id
