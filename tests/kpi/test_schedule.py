"""Numbers on a schedule: what can be scheduled, by whom, and what is sent on the day."""

from __future__ import annotations

from asyncio import gather
from datetime import UTC, date, datetime, timedelta

import pytest

from handlers.flows.kpi_schedule import after_digest, digest, order_digests, schedule, schedules, stop
from handlers.flows.office import Office, Setup
from qualification.errors import Refused
from qualification.kpi_schedule import Wish, first_day, is_wish, parse_wish, sendable
from store.kpi_schedules import running
from tests.kpi.firm import BERLIN, Firm, firm

# A Wednesday, 10:00 in Berlin.
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


def test_the_words_are_read_and_how_often_is_asked_for() -> None:
    assert parse_wish("funnel 90d schedule weekly <#C12|marketing>") == Wish("funnel 90d", "weekly", "C12")
    assert parse_wish("cpl by source schedule Monthly #sales-alerts") == Wish(
        "cpl by source", "monthly", "sales-alerts"
    )
    assert parse_wish("schedule weekly") == Wish("", "weekly", "")
    assert not is_wish("funnel 90d")
    assert not is_wish("schedules")
    for text in ("funnel schedule", "funnel schedule daily #x"):
        with pytest.raises(Refused, match="`weekly` or `monthly`"):
            parse_wish(text)


def test_weeks_end_on_a_monday_and_months_on_the_first() -> None:
    assert first_day("weekly", date(2026, 11, 18)) == MONDAY
    assert first_day("weekly", MONDAY) == date(2026, 11, 30)
    assert first_day("monthly", date(2026, 12, 1)) == date(2027, 1, 1)
    assert first_day("monthly", date(2024, 2, 29)) == date(2024, 3, 1)


def test_what_happened_is_told_of_the_week_or_month_that_is_over() -> None:
    assert sendable("", "weekly", NOW, BERLIN) == "overview last week"
    assert sendable("cpl by source", "monthly", NOW, BERLIN) == "cpl by source last month"
    assert sendable("win 12m", "monthly", NOW, BERLIN) == "win last month"
    assert sendable("win 90d", "weekly", NOW, BERLIN) == "win 90d"
    assert sendable("funnel by source", "weekly", NOW, BERLIN) == "funnel by source"
    for fixed in ("funnel 2026-07", "sla Q3 2026", "win 2026-01-01..2026-02-01", "win 30d against 2026-08"):
        with pytest.raises(Refused, match="never moves"):
            sendable(fixed, "weekly", NOW, BERLIN)
    for personal in ("funnel by rep", "reps", "funnel only rep=UANA"):
        with pytest.raises(Refused, match="single reps"):
            sendable(personal, "weekly", NOW, BERLIN)


async def ordered(f: Firm, today: date) -> list[date]:
    """The days for which digests were put on their way, one after another, when it is `today`."""
    async with f.office.store.begin(f.where) as work:
        due = [one.due for one in await running(work, until=today)]
        await order_digests(work, today)
        assert await running(work, until=today) == []
    return due


async def test_each_is_sent_once_also_after_weeks_without_us(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        await f.lead("ada")
        wish = Wish("funnel 90d", "weekly", "C1")
        first = await schedule(f.office, f.where, wish, "UMAYA", "")
        again = await schedule(f.office, f.where, wish, "UMAYA", "")
        assert (first.new, again.new, first.schedule.id) == (True, False, again.schedule.id)
        assert first.schedule.due == MONDAY
        assert await ordered(f, MONDAY - timedelta(days=1)) == []
        assert await ordered(f, MONDAY + timedelta(days=16)) == [MONDAY]
        async with f.office.store.read(f.where) as work:
            assert await work.outbox.waiting("kpi.digest") == 1
            (later,) = await running(work)
        assert later.due == date(2026, 12, 14)

        with pytest.raises(Refused, match="for managers and admins: <@UMAYA>"):
            await schedule(f.office, f.where, wish, "UANA", "")
        with pytest.raises(Refused, match="for managers and admins"):
            await stop(f.office, f.where, later.id, "UMARK")
        with pytest.raises(Refused, match="Into which channel"):
            await schedule(f.office, f.where, Wish("sla", "weekly", ""), "UMAYA", "")
        await stop(f.office, f.where, later.id, "UMAYA")
        assert await schedules(f.office, f.where, "UMAYA") == []
        assert await digest(f.office, f.where, later.id, MONDAY) is None


async def test_the_same_wish_at_the_same_time_is_one_schedule(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        wish = Wish("funnel 90d", "weekly", "C1")
        made = await gather(*(schedule(f.office, f.where, wish, "UMAYA", "") for _ in range(4)))
        assert sorted(one.new for one in made) == [False, False, False, True]
        (running_one,) = await schedules(f.office, f.where, "UMAYA")
        assert {one.schedule.id for one in made} == {running_one.id}
        await stop(f.office, f.where, running_one.id, "UMAYA")
        assert (await schedule(f.office, f.where, wish, "UMAYA", "")).new, (
            "stopped, it may be wished for again"
        )


async def test_a_quiet_week_is_said_once_and_ends_when_something_happens(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        await f.lead("ada")
        made = await schedule(f.office, f.where, Wish("funnel 90d", "weekly", "C1"), "UMAYA", "")
        said = []
        for week in range(5):
            due = MONDAY + timedelta(weeks=week)
            f.clock.moment = datetime(2026, 11, 23, 8, tzinfo=UTC) + timedelta(weeks=week)
            if week == 4:
                await f.lead("bo", at=f.clock() - timedelta(days=2))
            told = await digest(f.office, f.where, made.schedule.id, due)
            assert told is not None
            said.append("told" if told.told else "quiet" if told.quiet else "nothing")
            async with f.office.store.begin(f.where) as work:
                await after_digest(work, told, due, f.office)
        assert said == ["told", "quiet", "nothing", "nothing", "told"]
        (left,) = await schedules(f.office, f.where, "UMAYA")
        assert left.quiet_since is None


async def test_who_is_no_manager_any_more_sends_nothing(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        await f.lead("ada")
        made = await schedule(f.office, f.where, Wish("funnel", "weekly", "C1"), "UMAYA", "")
        f.office = Office(f.office.store, Setup(managers=("UBEN",), zone=BERLIN), f.clock)
        told = await digest(f.office, f.where, made.schedule.id, MONDAY)
        assert told is not None
        assert told.not_allowed
        assert told.told is None
        async with f.office.store.begin(f.where) as work:
            await after_digest(work, told, MONDAY, f.office)
        assert await schedules(f.office, f.where, "UBEN") == []
