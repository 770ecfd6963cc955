"""The daily sweep."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from bot.deliveries.daily import Daily
from bot.deliveries.desk import Desk as Deliveries
from bot.slack_out import SlackOut
from handlers.flows.forget import forget_the_old
from store.outcomes import Done, Job
from store.tables.intake import waiting
from tests.office import open_office


async def test_what_expired_goes_also_while_slack_is_down(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form(action="newsletter_signup", message=None, consent=None)
        desk.clock.moment += timedelta(days=400)
        sweep = Daily(Deliveries(desk.office, cast(SlackOut, None)))
        job = Job(1, desk.where, "house.sweep", {}, 1, desk.clock(), None, None, None, "token")
        async with desk.office.store.read(desk.where) as work:
            assert (await work.execute(waiting.select())).all()
        assert isinstance(await sweep.sweep(job), Done)
        async with desk.office.store.read(desk.where) as work:
            assert not (await work.execute(waiting.select())).all()


async def test_a_long_absence_leaves_more_than_one_page_to_forget(
    database_url: str,
) -> None:
    async with open_office(database_url) as desk:
        now = desk.clock()
        async with desk.office.store.begin(desk.where) as work:
            await work.visitors.remember({f"key-{n}": now for n in range(1_203)}, now)
            await work.visitors.remember({"fresh": now}, now + timedelta(hours=1))
            for _ in range(23):
                await work.intake.quarantined("leads", b"{}", "KeyError (1)", now - timedelta(days=31))

        assert await forget_the_old(desk.office, desk.where) == 1_226

        async with desk.office.store.begin(desk.where) as work:
            assert await work.visitors.heard(["fresh", "key-7"]) == {"fresh": now}
            assert await work.intake.quarantine_length() == 0
            await work.visitors.remember({f"key-{n}": now for n in range(501)}, now)
            assert await work.visitors.expire(now) == 500, "one transaction forgets a page, never everything"
