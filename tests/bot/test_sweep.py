"""The daily sweep."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from bot.deliveries.daily import Daily
from bot.deliveries.desk import Desk as Deliveries
from bot.slack_out import SlackOut
from store.outcomes import Done, Job
from store.tables.intake import waiting
from tests.office import open_office


async def test_what_expired_goes_also_while_slack_is_down(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form(action="newsletter_signup", message=None, consent=None)
        desk.clock.moment += timedelta(days=400)
        sweep = Daily(Deliveries(desk.office, cast(SlackOut, None)))
        job = Job(1, desk.where, "house.sweep", {}, 1, desk.clock(), None, None, None, "token")
        outcome = await sweep.sweep(job)
        assert isinstance(outcome, Done)
        assert outcome.save
        async with desk.office.store.begin(desk.where) as work:
            assert (await work.execute(waiting.select())).all()
            await outcome.save(work)
            assert not (await work.execute(waiting.select())).all()
