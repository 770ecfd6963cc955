"""The outbox's promises, told on both databases with a clock turned by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain

import pytest

from store.cron import WORKDAYS, Rule, ensure_cron
from store.finish import DEAD_JOB, Ending, Patience, finish
from store.job_care import counts, dead, replay, sweep
from store.jobs import Jobs
from store.outbox import NewJob
from store.outcomes import Dead, Done, Hold, Job, Outcome, Retry
from store.store import Store
from store.work import Work
from tests.clock import Clock

TOPICS = ["card.redraw", "alert", "sla", "digest", DEAD_JOB]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(database_url: str, clock: Clock) -> AsyncIterator[Store]:
    store = Store(database_url, clock)
    yield store
    await store.close()


@pytest.fixture
def jobs(store: Store) -> Jobs:
    return Jobs(store, TOPICS)


async def end(store: Store, job: Job, outcome: Outcome) -> bool:
    return (await finish(store, [Ending(job, outcome)]))[0]


async def put_each(store: Store, here: str, lane: str, numbers: Sequence[int]) -> None:
    for number in numbers:
        async with store.begin(here) as work:
            await work.outbox.put("alert", lane=lane, number=number)


def numbers(claimed: Sequence[Job]) -> list[int]:
    return [job.payload["number"] for job in claimed]


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
        await _make(work)
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


async def test_a_timer_in_a_lane_does_not_hold_up_what_is_due_now(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    async with store.begin(here) as work:
        await work.outbox.put("alert", lane="C1", due=clock.moment + timedelta(minutes=5), number=1)
    await put_each(store, here, "C1", [2])

    assert numbers(await jobs.claim(10)) == [2]


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
        first = await work.outbox.put_once("card.redraw", "card:L-1", lead=1)
        second = await work.outbox.put_once("card.redraw", "card:L-1", lead=1, why="claimed")
        await work.outbox.put_once("card.redraw", "card:L-2", lead=2)

    assert first == second
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


async def soon(jobs: Jobs, store: Store) -> list[Job]:
    """What can be claimed when the lane's turn has come."""
    clock = store.clock
    assert isinstance(clock, Clock)
    clock.forward(1)
    return await jobs.claim(10)


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
    store: Store, here: str, clock: Clock
) -> None:
    """On PostgreSQL the one that took the lower number may commit later."""
    if store.is_sqlite:
        pytest.skip("SQLite has one writer: nothing overlaps")
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


async def test_two_transactions_that_use_two_lanes_crosswise_both_commit(store: Store, here: str) -> None:
    async def both(first: str, second: str) -> None:
        async with store.begin(here) as work:
            await work.outbox.put("alert", lane=first, number=1)
            await asyncio.sleep(0)
            await work.outbox.put("alert", lane=second, number=2)

    await asyncio.gather(*(both(*pair) for _ in range(10) for pair in (("A", "B"), ("B", "A"))))

    async with store.read(here) as work:
        assert (await counts(work)).open == 40


async def test_topics_of_a_newer_version_are_left_alone(store: Store, here: str, jobs: Jobs) -> None:
    async with store.begin(here) as work:
        await work.outbox.put("hologram.send")
        await work.outbox.put("hologram.send", lane="C1")

    assert await jobs.claim(10) == []
    assert await jobs.next_due() is None
    assert await jobs.unfinished() == 0


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
    assert (left.done, left.dead, left.open) == (0, 1, 2), "running, and the news of the dead one"
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


# Cron: one row per occurrence.

BERLIN = Rule(time(2, 30), "Europe/Berlin")


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        ((2026, 3, 28), (2026, 3, 28, 1, 30)),
        # 02:30 doesn't exist; the clocks say 03:30, summer time.
        ((2026, 3, 29), (2026, 3, 29, 1, 30)),
        ((2026, 3, 30), (2026, 3, 30, 0, 30)),
        # 02:30 comes twice; the first is still summer time.
        ((2026, 10, 25), (2026, 10, 25, 0, 30)),
        ((2026, 10, 26), (2026, 10, 26, 1, 30)),
    ],
)
def test_a_local_time_when_the_clocks_change(day: tuple[int, int, int], utc: tuple[int, ...]) -> None:
    assert BERLIN.on(date(*day)) == datetime(*utc, tzinfo=UTC)  # type: ignore[misc]


def test_each_day_has_exactly_one_occurrence_all_year() -> None:
    moment, days = datetime(2026, 1, 1, 12, tzinfo=UTC), []
    for _ in range(365):
        day, moment = BERLIN.after(moment)
        days.append(day)

    assert days == [date(2026, 1, 2) + timedelta(days=number) for number in range(365)]


def test_workdays_only() -> None:
    rule = Rule(time(8, 30), "America/New_York", WORKDAYS)

    friday_evening = datetime(2026, 11, 6, 23, tzinfo=UTC)
    assert rule.after(friday_evening) == (date(2026, 11, 9), datetime(2026, 11, 9, 13, 30, tzinfo=UTC))


DIGEST = Rule(time(9, 0), "Europe/Berlin")


async def test_each_occurrence_plans_the_next(store: Store, here: str, jobs: Jobs, clock: Clock) -> None:
    for _ in range(2):
        async with store.begin(here) as work:
            await ensure_cron(work, "digest", DIGEST)
    assert await jobs.next_due() == 22.5 * 3600

    clock.forward(22.5 * 3600)
    (job,) = await jobs.claim(10)
    assert job.payload["date"] == "2026-11-03"
    await end(store, job, Done())
    assert await jobs.next_due() == 24 * 3600

    clock.forward(24 * 3600)
    (job,) = await jobs.claim(10)
    await end(store, job, Dead("is_archived"))
    assert [job.topic for job in await jobs.claim(10)] == [DEAD_JOB]
    clock.forward(24 * 3600)
    assert "2026-11-05" in [job.payload.get("date") for job in await jobs.claim(10)]


async def test_of_many_missed_occurrences_one_is_made_up_for(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    async with store.begin(here) as work:
        await ensure_cron(work, "digest", DIGEST)
    clock.forward(10 * 86400)
    async with store.begin(here) as work:
        await ensure_cron(work, "digest", DIGEST)

    (missed,) = await jobs.claim(10)
    await end(store, missed, Done())
    assert await jobs.claim(10) == []
    assert await jobs.next_due() == 22.5 * 3600


async def test_a_worker_whose_clock_is_behind_does_not_end_the_chain(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    async with store.begin(here) as work:
        await ensure_cron(work, "digest", DIGEST)
    clock.forward(22.5 * 3600)
    (job,) = await jobs.claim(10)
    clock.forward(-1)
    await end(store, job, Done())

    assert await jobs.next_due() == 24 * 3600 + 1


async def test_a_rule_that_moves_takes_its_planned_occurrence_along(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    later = Rule(time(15, 0), "Europe/Berlin")
    async with store.begin(here) as work:
        await ensure_cron(work, "digest", DIGEST)
    async with store.begin(here) as work:
        await ensure_cron(work, "digest", later)
    assert await jobs.next_due() == 4.5 * 3600

    clock.forward(4.5 * 3600)
    (job,) = await jobs.claim(10)
    await end(store, job, Done())
    # Today had its digest; moved to a later hour of today it comes tomorrow.
    async with store.begin(here) as work:
        await ensure_cron(work, "digest", Rule(time(18, 0), "Europe/Berlin"))
    assert await jobs.next_due() == 27 * 3600


async def test_a_rule_that_changes_while_its_job_runs_counts_for_the_next(
    store: Store, here: str, jobs: Jobs, clock: Clock
) -> None:
    async with store.begin(here) as work:
        await ensure_cron(work, "digest", DIGEST)
    clock.forward(22.5 * 3600)
    (job,) = await jobs.claim(10)
    async with store.begin(here) as work:
        await ensure_cron(work, "digest", Rule(time(10, 0), "Europe/Berlin"))
    await end(store, job, Done())

    assert await jobs.next_due() == 25 * 3600


async def _make(work: Work) -> None:
    from store.tables.workspaces import workspaces

    await work.execute(work.insert(workspaces).values(id=work.workspace, created=work.now))
