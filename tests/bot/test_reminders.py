"""Reminders that wait in a lane, and what happens meanwhile."""

from __future__ import annotations

from typing import Any, cast

from bot.deliveries.clocks import Clocks
from bot.deliveries.desk import Desk as Deliveries
from bot.deliveries.dm import DirectMessages
from bot.slack_out import SlackOut
from handlers.flows.claim import claim_lead
from qualification.events import Kind
from store.outcomes import Done, Job
from tests.office import Desk, open_office


async def place_of(desk: Desk, kind: Kind) -> int:
    """Where in the history of L-1001 this happened last."""
    async with desk.office.store.read(desk.where) as work:
        history = await work.leads.history(1001)
    return max(place for place, event in enumerate(history, 1) if event.kind is kind)


def job(desk: Desk, topic: str, **payload: Any) -> Job:
    return Job(1, desk.where, topic, {"lead": 1001, **payload}, 1, desk.clock(), None, None, None, "token")


async def test_a_reminder_is_not_sent_about_a_promise_that_was_kept_meanwhile(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form()
        clock = await place_of(desk, Kind.CLOCK)
        await claim_lead(desk.office, desk.where, 1001, "UANA")

        # Without Slack: saying anything would fail.
        quiet = Deliveries(desk.office, cast(SlackOut, None))
        late = job(desk, "dm.send", event=clock, to="UMAYA", about="overdue")
        assert await DirectMessages(quiet).send(late) == Done()
        async with desk.office.store.begin(desk.where) as work:
            await work.cards.posted(1001, "card", "CLEADS", "1.0", "", desk.clock())
        assert await Clocks(quiet).overdue(job(desk, "thread.overdue", event=clock)) == Done()
