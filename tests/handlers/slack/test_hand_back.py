"""Nurture, Disqualify, Snooze, Reassign: what the card's menu does."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.handlers.slack.desk import LEAD, card_text, claimed, echo, handed_over, menu
from tests.house import house


async def test_a_nurtured_lead_leaves_its_rep_and_comes_back_on_its_date(database_url: str) -> None:
    async with house(database_url) as h:
        card = await claimed(h)
        view = await menu(h, "ana", "nurture")
        assert view["title"]["text"] == "Nurture L-1001"
        sent = await h.slack.submit("ana", {"Note": "New budget in spring"})
        assert sent["ack"] in ({}, "", None)

        lead = await h.lead(LEAD)
        assert (lead.stage, lead.owner, lead.notes) == ("nurture", None, "New budget in spring")
        assert "It comes back on" in await echo(h, "ana")
        assert "In nurture until" in await card_text(h)
        assert (await h.thread(card["ts"]))[-1].startswith("Ana Torres handed it back until")

        h.clock.ahead += timedelta(days=31)
        await h.quiet()
        lead = await h.lead(LEAD)
        assert (lead.stage, lead.owner) == ("mql", None)
        assert "Nobody has it yet" in await card_text(h)
        assert "back in the queue, as agreed" in await echo(h, "ana")


async def test_a_day_that_has_passed_is_refused_on_the_field(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        await menu(h, "ana", "nurture")
        sent = await h.slack.submit("ana", {"Until": "2020-01-01"})

        assert sent["ack"]["errors"] == {
            "nurture.until": "That date has passed. Choose a day from tomorrow on."
        }
        assert (await h.lead(LEAD)).stage == "mql"


async def test_a_closed_lead_says_why_and_when_it_may_come_back(database_url: str) -> None:
    async with house(database_url) as h:
        card = await claimed(h)
        await menu(h, "ana", "disqualify")
        await h.slack.submit("ana", {"Reason": "No budget", "Note": "Froze everything"})

        lead = await h.lead(LEAD)
        assert (lead.stage, lead.reason, lead.disqualified_by) == ("disqualified", "no_budget", "UANA")
        said = await echo(h, "ana")
        assert said.startswith("L-1001 is closed: no budget. It comes back on")
        assert "Closed: no budget" in await card_text(h)
        assert "closed it: no budget" in (await h.thread(card["ts"]))[-1]

        h.clock.ahead += timedelta(days=91)
        await h.quiet()
        lead = await h.lead(LEAD)
        assert (lead.stage, lead.cycle) == ("mql", 2)


async def test_closing_twice_for_the_same_reason_closes_once(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        card = await claimed(h)
        await menu(h, "ana", "disqualify")
        await asyncio.gather(*[h.slack.submit("ana", {"Reason": "No budget"}) for _ in range(2)])

        assert len([line for line in await h.thread(card["ts"]) if "closed it" in line]) == 1


async def test_a_closed_lead_cannot_be_handed_back(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        await menu(h, "ana", "nurture")
        await h.slack.click("ben", action_id="lead.more", channel="leads", value=f"disqualify:{LEAD}")
        await h.slack.submit("ben", {"Reason": "Spam"})
        sent = await h.slack.submit("ana")

        assert "disqualified" in sent["ack"]["errors"]["nurture.until"]


async def test_a_snoozed_lead_sleeps_and_reminds_its_owner(database_url: str) -> None:
    async with house(database_url) as h:
        await claimed(h)
        await menu(h, "ana", "snooze")
        await h.slack.submit("ana", {"For": "1 hour"})

        assert (await h.lead(LEAD)).snoozed_until is not None
        assert "You are reminded then." in await echo(h, "ana")
        assert "Snoozed until" in await card_text(h)

        h.clock.ahead += timedelta(minutes=61)
        assert "is due now" in await echo(h, "ana")
        assert "Snoozed until" not in await card_text(h)


async def test_whoever_gets_a_lead_is_told_and_the_giver_is_not_called(database_url: str) -> None:
    async with house(database_url) as h:
        card = await claimed(h)
        await menu(h, "ana", "reassign")
        await h.slack.submit("ana", {"To": "ben"})

        assert (await h.lead(LEAD)).owner == "UBEN"
        assert await echo(h, "ana") == "Ben Okafor has L-1001 now and is told."
        assert "gave you Ada Lovelace" in await echo(h, "ben")
        assert (await h.thread(card["ts"]))[-1] == "Ana Torres gave it to <@UBEN>."


async def test_a_reassigned_sql_stays_with_sales(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await handed_over(h)
        await h.slack.click("ben", "Take it", channel="sales-alerts")
        await menu(h, "maya", "reassign")
        await h.slack.submit("maya", {"To": "mark"})

        lead = await h.lead(LEAD)
        assert (lead.stage, lead.owner, lead.taken_by) == ("sql", "UMARK", "UMARK")
