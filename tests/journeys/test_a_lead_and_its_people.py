"""Whole stories of one lead between several people, as each of them sees it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.handlers.slack.desk import LEAD, came_in, claimed, echo, handed_over, menu, qualified, text_of
from tests.house import house


async def test_from_the_message_to_ben_to_a_customer(database_url: str) -> None:
    """Ana hands over, Ben sends it back from his message, Ana asks again, Ben takes and wins it."""
    async with house(database_url) as h:
        card = await handed_over(h)
        told = (await h.slack.told("ben"))[0]
        await h.slack.click("ben", "Send back", channel=told["channel"], ts=told["ts"])
        await h.slack.submit("ben", {"Reason": "Who signs?"})
        assert await echo(h, "ben") == "L-1001 is an MQL again. Ana Torres has it and is told why."
        assert ">Who signs?" in text_of((await h.slack.told("ana"))[0])

        await qualified(h)
        told = (await h.slack.told("ben"))[0]
        await h.slack.click("ben", "Take it", channel=told["channel"], ts=told["ts"])
        await h.quiet()
        await h.slack.click("ben", "Won", channel="sales-alerts")
        await h.slack.submit("ben", {"Amount": "€12k"})

        lead = await h.lead(LEAD)
        assert (lead.stage, lead.owner, lead.amount_minor) == ("customer", "UBEN", 1_200_000)
        lines = await h.thread(card["ts"])
        assert [line.split(":")[0] for line in lines] == [
            "Ana Torres qualified",
            "Ben Okafor sent it back to <@UANA>",
            "Ana Torres qualified",
            "Ben Okafor took it over.",
            "Ben Okafor won it",
        ]
        assert len(await h.cards("sales-alerts")) == 2


async def test_an_sql_handed_to_somebody_else_tells_that_one(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await handed_over(h)
        await h.slack.command("ana", f"/lead L-{LEAD} qualify")
        await h.slack.submit("ana", {"Hand to": "mark"})
        await h.quiet()

        assert "over to you" in await echo(h, "mark")
        assert len(await h.cards("sales-alerts")) == 1


async def test_a_lead_is_not_given_to_somebody_who_left(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await claimed(h)
        await menu(h, "ana", "reassign")
        async with h.bot.store.begin(h.bot.where) as work:
            ben = await work.house.person("UBEN")
            assert ben is not None
            gone = type(ben)(ben.user, ben.handle, ben.name, ben.email, ben.zone, active=False)
            await work.house.remember([gone], h.clock())
        sent = await h.slack.submit("ana", {"To": "ben"})

        assert sent["ack"]["errors"] == {
            "reassign.to": "Ben Okafor has left this workspace. Choose somebody else."
        }
        assert (await h.lead(LEAD)).owner == "UANA"


async def test_whoever_follows_our_stages_hears_of_an_undo(sqlite_url: str) -> None:
    heard: list[dict[str, Any]] = []

    async def listen(request: web.Request) -> web.Response:
        heard.append(json.loads(await request.text()))
        return web.Response()

    application = web.Application()
    application.router.add_post("/", listen)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        async with house(sqlite_url, greenlight_webhook_url=url, greenlight_webhook_secret="s3cret") as h:
            await handed_over(h)
            told = next(one for one in await h.slack.told("ana") if "Undo" in text_of(one))
            await h.slack.click("ana", "Undo", channel="leads", ts=told["ts"])
            await h.quiet()
    finally:
        await runner.cleanup()
    heard.sort(key=lambda one: int(one["id"].partition(":")[2]))
    moves = [(one["from"], one["to"], one["reason"]) for one in heard]
    assert moves[-2:] == [
        ("mql", "sql", None),
        ("sql", "mql", "undone"),
    ]


async def test_a_reminder_names_the_moment_that_was_promised(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await came_in(h)
        due = (await h.lead(LEAD)).claim_due
        h.clock.ahead += timedelta(days=4)
        assert f"<!date^{int(due.timestamp())}^" in await echo(h, "maya")

        await h.slack.click("ana", "Claim", channel="leads")
        rules, since = await h.bot.office.rules(h.bot.where), (await h.lead(LEAD)).claimed_at
        h.clock.ahead += timedelta(days=4)
        promised = rules.week.due(since, rules.definition.clocks.claim_to_touch)
        assert f"<!date^{int(promised.timestamp())}^" in await echo(h, "ana")
