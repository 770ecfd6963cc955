"""What is put in the outbox, asked for again, or called off."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from store.jobs import Jobs
from store.outcomes import Done
from store.store import Store
from tests.clock import Clock
from tests.store.outbox import TOPICS, end, make_workspace, soon


async def test_what_is_put_is_claimed_once_with_what_it_needs(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    async with store.begin(here) as work:
        number = await work.outbox.put("alert", lead=7)

    (job,) = await jobs.claim(10)
    assert (job.id, job.topic, job.payload, job.workspace) == (number, "alert", {"lead": 7}, here)
    assert (job.attempts, job.first_claimed) == (1, clock.moment)
    assert await jobs.claim(10) == []


async def test_a_key_that_was_used_does_nothing_while_open_and_when_done(
    store: Store, here: str, jobs: Jobs
) -> None:
    async def alert() -> int | None:
        async with store.begin(here) as work:
            return await work.outbox.put("alert", dedup="alert:L-1")

    assert await alert() is not None
    assert await alert() is None
    (job,) = await jobs.claim(10)
    await end(store, job, Done())
    assert await alert() is None

    async with store.begin("W2") as work:
        await make_workspace(work)
        assert await work.outbox.put("alert", dedup="alert:L-1") is not None


async def test_twenty_at_once_with_one_key_are_one_job(store: Store, here: str, jobs: Jobs) -> None:
    async def alert() -> int | None:
        async with store.begin(here) as work:
            return await work.outbox.put("alert", dedup="alert:L-1")

    made = await asyncio.gather(*(alert() for _ in range(20)))

    assert len([number for number in made if number is not None]) == 1
    assert len(await jobs.claim(50)) == 1


async def test_a_timer_waits_for_its_moment(store: Store, here: str, jobs: Jobs, clock: Clock) -> None:
    async with store.begin(here) as work:
        await work.outbox.put("sla", due=clock.moment + timedelta(minutes=5))

    assert await jobs.next_due() == 300
    assert await jobs.claim(10) == []
    clock.forward(300)
    assert len(await jobs.claim(10)) == 1


async def test_a_cancelled_job_never_runs_and_frees_its_key(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    later = clock.moment + timedelta(minutes=5)
    async with store.begin(here) as work:
        await work.outbox.put("sla", dedup="sla:L-1:claim", due=later)
        await work.outbox.put("sla", dedup="sla:L-1:touch", due=later)
        await work.outbox.put("sla", dedup="sla:L-10:claim", due=later)
    async with store.begin(here) as work:
        assert await work.outbox.cancel("sla:L-1:claim") == 1
        assert await work.outbox.cancel(prefix="sla:L-1:") == 1
        assert await work.outbox.put("sla", dedup="sla:L-1:claim", due=later) is not None

    clock.forward(300)
    assert [job.dedup for job in await jobs.claim(10)] == ["sla:L-10:claim", "sla:L-1:claim"]


async def test_a_job_cancelled_while_it_runs_can_not_finish(store: Store, here: str, jobs: Jobs) -> None:
    async with store.begin(here) as work:
        await work.outbox.put("sla", dedup="sla:L-1")
    (job,) = await jobs.claim(10)
    async with store.begin(here) as work:
        await work.outbox.cancel("sla:L-1")

    assert await jobs.heartbeat([job]) == set()
    assert not await end(store, job, Done())


async def test_cancelling_nothing_in_particular_is_refused(store: Store, here: str) -> None:
    with pytest.raises(ValueError, match="which jobs"):
        async with store.begin(here) as work:
            await work.outbox.cancel(prefix="")


async def test_a_redraw_is_asked_for_often_and_done_once(store: Store, here: str, jobs: Jobs) -> None:
    async with store.begin(here) as work:
        await work.outbox.put_once("card.redraw", "card:L-1", lead=1)
        await work.outbox.put_once("card.redraw", "card:L-1", lead=1, why="claimed")
        await work.outbox.put_once("card.redraw", "card:L-2", lead=2)

    claimed = await jobs.claim(10)
    assert [job.payload for job in claimed] == [{"lead": 1, "why": "claimed"}, {"lead": 2}]
    assert [job.once for job in claimed] == ["card:L-1", "card:L-2"]


async def test_a_change_during_the_redraw_has_it_drawn_again(store: Store, here: str, jobs: Jobs) -> None:
    async def redraw(version: int) -> None:
        async with store.begin(here) as work:
            await work.outbox.put_once("card.redraw", "card:L-1", lane="C1", number=version)

    await redraw(1)
    (running,) = await jobs.claim(10)
    await redraw(2)
    await redraw(3)
    assert await jobs.claim(10) == []

    assert await end(store, running, Done())
    (again,) = await Jobs(store, TOPICS, lane_gap=lambda _lane: timedelta(0)).claim(10) or await soon(
        jobs, store
    )
    assert again.payload == {"number": 3}
    assert again.attempts == 1
    assert await end(store, again, Done())
    assert await jobs.next_due() is None


async def test_topics_of_a_newer_version_are_left_alone(store: Store, here: str, jobs: Jobs) -> None:
    async with store.begin(here) as work:
        await work.outbox.put("hologram.send")
        await work.outbox.put("hologram.send", lane="C1")

    assert await jobs.claim(10) == []
    assert await jobs.next_due() is None
    assert await jobs.unfinished() == 0
