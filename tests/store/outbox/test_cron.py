"""Things done daily at a local time: one row per occurrence."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from store.cron import WORKDAYS, Rule, ensure_cron
from store.finish import DEAD_JOB
from store.jobs import Jobs
from store.outcomes import Dead, Done, Outcome
from store.store import Store
from tests.clock import Clock
from tests.store.outbox import end

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


@pytest.mark.parametrize("outcome", [Done(), Dead("is_archived")])
async def test_a_worker_whose_clock_is_behind_neither_repeats_the_day_nor_ends_the_chain(
    store: Store, here: str, jobs: Jobs, clock: Clock, outcome: Outcome
) -> None:
    async with store.begin(here) as work:
        await ensure_cron(work, "digest", DIGEST)
    clock.forward(22.5 * 3600)
    (job,) = await jobs.claim(10)
    clock.forward(-1)
    await end(store, job, outcome)

    clock.forward(1)
    assert "digest" not in [job.topic for job in await jobs.claim(10)]
    clock.forward(24 * 3600)
    assert "digest" in [job.topic for job in await jobs.claim(10)]


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
