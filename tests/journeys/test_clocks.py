"""What happens when nobody does anything: reminders once, and leads that come back on their day."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.flows.claim import claim_lead, snooze_lead
from qualification.ownership import touch
from qualification.stages import nurture
from tests.house import House, house

DAYS = timedelta(days=1)


def at(h: House, moment: str) -> None:
    """Turn the story's clock to this moment."""
    h.clock.ahead += datetime.fromisoformat(moment) - h.clock()


async def pass_time(h: House, **how_long: int) -> None:
    """Let time go by, and everything that falls due in it happen."""
    h.clock.ahead += timedelta(**how_long)
    await h.quiet()


async def told(h: House, who: str) -> list[str]:
    """What a person was told alone, newest first."""
    await h.quiet()
    return [message["text"] for message in await h.slack.told(who)]


async def overdue_lines(h: House) -> list[str]:
    card = (await h.cards())[0]
    return [line for line in await h.thread(card["ts"]) if "UANA" not in line]


async def test_an_inquiry_nobody_claims_is_called_out_once(database_url: str) -> None:
    async with house(database_url) as h:
        at(h, "2026-11-30T10:00:00+01:00")  # a Monday
        await h.form()
        await h.cards()
        await pass_time(h, minutes=4)
        assert (await overdue_lines(h), await told(h, "maya")) == ([], [])

        await pass_time(h, minutes=2)
        assert len(await overdue_lines(h)) == 1
        assert len(await told(h, "maya")) == 1
        assert await told(h, "mark") == [], "only managers"
        await pass_time(h, hours=5)
        assert (len(await overdue_lines(h)), len(await told(h, "maya"))) == (1, 1)


async def test_the_clock_stands_still_when_nobody_works(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        at(h, "2026-11-28T10:00:00+01:00")  # a Saturday
        await h.form()
        await pass_time(h, hours=40)
        assert await told(h, "maya") == []
        at(h, "2026-11-30T09:06:00+01:00")
        assert len(await told(h, "maya")) == 1


async def test_who_claimed_in_time_is_not_reminded(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        at(h, "2026-11-30T10:00:00+01:00")
        await h.form()
        await h.cards()
        await h.slack.click("ana", "Claim", channel="leads")
        await pass_time(h, minutes=30)
        assert (await overdue_lines(h), await told(h, "maya")) == ([], [])


async def test_an_owner_who_is_not_in_touch_for_a_day_is_reminded(database_url: str) -> None:
    async with house(database_url) as h:
        at(h, "2026-11-30T10:00:00+01:00")
        await h.form()
        await h.form(email="grace@acme.example", phone=None)
        for number in (1001, 1002):
            await claim_lead(h.bot.office, h.bot.where, number, "UANA")
        async with h.bot.office.at_lead(h.bot.where, 1002) as lead:
            await lead.record(touch(lead.lead, "UANA", "call", lead.now))
        await h.quiet()

        await pass_time(h, days=2)
        assert await told(h, "ana") == [], "24 working hours are more than two days"
        await pass_time(h, days=2)
        reminders = await told(h, "ana")
        assert len(reminders) == 1
        assert "Ada Lovelace" in reminders[0] or "L-1001" in reminders[0]


async def test_a_snoozed_lead_wakes_on_its_day(database_url: str) -> None:
    async with house(database_url) as h:
        at(h, "2026-11-30T10:00:00+01:00")
        await h.form()
        await claim_lead(h.bot.office, h.bot.where, 1001, "UANA")
        await snooze_lead(h.bot.office, h.bot.where, 1001, "UANA", h.clock() + 3 * DAYS)
        await h.quiet()
        asleep = str((await h.cards())[0]["blocks"])

        await pass_time(h, days=2)
        assert await told(h, "ana") == []
        await pass_time(h, days=1, minutes=1)
        assert len(await told(h, "ana")) >= 1
        assert str((await h.cards())[0]["blocks"]) != asleep


async def test_a_snooze_pauses_the_clock_and_does_not_end_it(database_url: str) -> None:
    async with house(database_url) as h:
        at(h, "2026-11-30T10:00:00+01:00")
        await h.form()
        await claim_lead(h.bot.office, h.bot.where, 1001, "UANA")
        await snooze_lead(h.bot.office, h.bot.where, 1001, "UANA", h.clock() + 3 * DAYS)
        await pass_time(h, days=3, minutes=1)
        woken = len(await told(h, "ana"))

        at(h, "2026-12-07T15:50:00+01:00")
        assert len(await told(h, "ana")) == woken, "24 working hours from when it woke"
        at(h, "2026-12-07T16:10:00+01:00")
        assert len(await told(h, "ana")) == woken + 1
        assert len(await overdue_lines(h)) == 1


async def test_a_snoozed_inquiry_is_called_out_once_it_woke_and_its_minutes_are_over(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        at(h, "2026-11-30T10:00:00+01:00")
        await h.form()
        await pass_time(h, minutes=2)
        await snooze_lead(h.bot.office, h.bot.where, 1001, "UANA", h.clock() + timedelta(hours=2))
        await pass_time(h, hours=2, minutes=1)
        assert await told(h, "maya") == []
        await pass_time(h, minutes=3)
        assert len(await told(h, "maya")) == 1


async def test_nurture_comes_back_to_the_queue_on_its_date(database_url: str) -> None:
    async with house(database_url) as h:
        at(h, "2026-11-30T10:00:00+01:00")
        await h.form()
        await claim_lead(h.bot.office, h.bot.where, 1001, "UANA")
        async with h.bot.office.at_lead(h.bot.where, 1001) as lead:
            await lead.record(nurture(lead.lead, "UANA", lead.now + 30 * DAYS, lead.now))
        await h.quiet()

        await pass_time(h, days=29)
        assert (await h.lead(1001)).stage == "nurture"
        await pass_time(h, days=1, minutes=1)
        lead_now = await h.lead(1001)
        assert (lead_now.stage, lead_now.owner) == ("mql", None)
        assert any("L-1001" in text or "Ada" in text for text in await told(h, "ana"))
        cards = await h.cards()
        assert len(cards) == 2, "a fresh card, for the old one is a month up"
        assert (await h.slack.click("ben", "Claim", channel="leads", ts=cards[-1]["ts"]))["ok"]
        assert (await h.lead(1001)).owner == "UBEN"
