"""Undo: ten minutes to take back what was just done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.handlers.slack.desk import (
    LEAD,
    came_in,
    card_text,
    claimed,
    echo,
    handed_over,
    menu,
    qualified,
    text_of,
)
from tests.house import House, house


async def undo(h: House, who: str) -> dict[str, object]:
    """Press Undo in the newest message to this person that has it."""
    await h.quiet()
    told = next(one for one in await h.slack.told(who) if "Undo" in text_of(one))
    return await h.slack.click(who, "Undo", channel=told.get("channel", "leads"), ts=told["ts"])


async def test_a_claim_is_taken_back(database_url: str) -> None:
    async with house(database_url) as h:
        card = await claimed(h)
        await undo(h, "ana")

        assert (await h.lead(LEAD)).owner is None
        assert await echo(h, "ana") == "Taken back: L-1001 is as it was before."
        assert "Nobody has it yet" in await card_text(h)
        assert (await h.thread(card["ts"]))[-1] == "Ana Torres took back the last step."


@pytest.mark.parametrize(("choice", "fields"), [("nurture", {}), ("disqualify", {"Reason": "No budget"})])
async def test_what_was_handed_back_or_closed_is_with_its_rep_again(
    sqlite_url: str, choice: str, fields: dict[str, str]
) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        before = await h.lead(LEAD)
        await menu(h, "ana", choice)
        await h.slack.submit("ana", fields)
        await undo(h, "ana")

        after = await h.lead(LEAD)
        assert after.but(revision=before.revision) == before
        h.clock.ahead += timedelta(days=100)
        await h.quiet()
        assert (await h.lead(LEAD)).stage == "mql"


async def test_a_hand_over_is_taken_back_and_the_alert_says_so(database_url: str) -> None:
    async with house(database_url) as h:
        await handed_over(h)
        assert await echo(h, "ana") == "Saved. 93 points: L-1001 is an SQL now, Ben Okafor is told."
        await undo(h, "ana")

        assert (await h.lead(LEAD)).stage == "mql"
        alert = (await h.cards("sales-alerts"))[0]
        assert "No longer an SQL" in text_of(alert)
        assert "Taken back by Ana Torres" in text_of(alert)
        assert "Take it" not in text_of(alert)
        assert "The alert says that it was taken back." in await echo(h, "ana")
        assert "took the hand-over back" in await echo(h, "ben")


async def test_handing_over_again_after_undo_alerts_again(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await handed_over(h)
        await undo(h, "ana")
        await qualified(h)

        alerts = await h.cards("sales-alerts")
        assert len(alerts) == 2
        assert "Take it" in text_of(alerts[-1])


async def test_after_ten_minutes_it_is_too_late(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        h.clock.ahead += timedelta(minutes=11)
        await undo(h, "ana")

        assert (await h.lead(LEAD)).owner == "UANA"
        assert "Undo works for ten minutes" in await echo(h, "ana")


async def test_what_somebody_built_upon_stays(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await handed_over(h)
        await h.slack.click("ben", "Take it", channel="sales-alerts")
        await undo(h, "ana")

        assert (await h.lead(LEAD)).stage == "sql"
        assert "has changed L-1001 since" in await echo(h, "ana")


async def test_pressing_undo_twice_takes_back_once(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await came_in(h)
        await h.slack.click("ana", "Claim", channel="leads")
        await h.quiet()
        told = (await h.slack.told("ana"))[0]
        await h.slack.click("ana", "Undo", channel="leads", ts=told["ts"])
        await h.slack.click("ana", "Undo", channel="leads", ts=told["ts"], stale=True)

        lead = await h.lead(LEAD)
        assert lead.owner is None
        assert len([e for e in await events(h) if e == "undone"]) == 1


async def events(h: House) -> list[str]:
    async with h.bot.store.read(h.bot.where) as work:
        return [event.kind.value for event in await work.leads.history(LEAD)]
