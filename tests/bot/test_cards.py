"""When a lead gets its first card, and which redraws may wait for each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import select

from bot.deliveries.card import CardDeliveries
from bot.deliveries.daily import Daily
from bot.deliveries.desk import Desk as Deliveries
from bot.slack_out import SlackOut
from handlers.flows.claim import claim_lead
from store.outcomes import Done, Job, Outcome
from store.tables.jobs import is_open, jobs
from tests.office import Desk, open_office

PERMITTED = {"granted": True, "purposes": ["contact"]}
NEWSLETTER = {"action": "newsletter_signup", "message": None, "consent": PERMITTED}


def deliveries(desk: Desk) -> Deliveries:
    """Without Slack: what is told here only asks for more jobs."""
    return Deliveries(desk.office, cast(SlackOut, None))


def job(desk: Desk, topic: str, **payload: Any) -> Job:
    return Job(1, desk.where, topic, payload, 1, desk.clock(), None, None, None, "token")


async def done(desk: Desk, outcome: Outcome) -> None:
    assert isinstance(outcome, Done)
    if outcome.save:
        async with desk.office.store.begin(desk.where) as work:
            await outcome.save(work)


async def open_jobs(desk: Desk, topic: str) -> list[str | None]:
    """The lanes of the open jobs of this topic."""
    async with desk.office.store.reading() as connection:
        query = select(jobs.c.lane).where(is_open(), jobs.c.topic == topic)
        return list((await connection.execute(query)).scalars())


async def test_a_click_s_redraw_never_waits_behind_the_night(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form()
        async with desk.office.store.begin(desk.where) as work:
            await work.cards.posted(1001, "card", "CLEADS", "1.0", "", desk.clock())
        await done(desk, await Daily(deliveries(desk)).redraw_cards(job(desk, "cards.nightly")))
        assert await open_jobs(desk, "card.refresh") == ["redraw:night"]

        await claim_lead(desk.office, desk.where, 1001, "UANA")
        assert await open_jobs(desk, "card.redraw") == [None]
        await done(desk, await Daily(deliveries(desk)).redraw_card(job(desk, "card.refresh", lead=1001)))
        assert await open_jobs(desk, "card.redraw") == [None], "one redraw for both"


async def test_a_form_after_a_click_does_not_cost_the_lead_its_first_card(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form(**NEWSLETTER)
        cards = CardDeliveries(deliveries(desk))
        await done(desk, await cards.redraw(job(desk, "card.redraw", lead=1001)))
        assert await open_jobs(desk, "card.post") == [], "nobody has touched it yet"

        await claim_lead(desk.office, desk.where, 1001, "UANA")
        before = (desk.clock() - timedelta(hours=1)).isoformat()
        await desk.form(**NEWSLETTER, occurred_at=before)
        async with desk.office.store.reading() as connection:
            query = select(jobs.c.payload).where(is_open(), jobs.c.topic == "card.redraw")
            (payload,) = (await connection.execute(query)).scalars()
        await done(desk, await cards.redraw(job(desk, "card.redraw", **payload)))
        assert await open_jobs(desk, "card.post") == ["post:leads"]
