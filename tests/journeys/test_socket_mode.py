"""The same bot by Socket Mode: the same story, also while Slack makes it reconnect."""

from __future__ import annotations

from typing import Any

from bot.app import Greenlight
from tests.house import House, house
from tests.journeys.test_forged_clicks import claim_payload, signed, slack_request
from tests.journeys.test_nothing_lost_nothing_twice import eventually, qualify

SOCKET: dict[str, Any] = {"slack_app_token": "xapp-sandbox"}


async def connected(h: House) -> bool:
    return bool((await h.slack.state())["socket"])


async def opened(h: House) -> int:
    """How many connections were asked for so far."""
    return len(await h.slack.calls(0, "apps.connections.open"))


async def test_the_story_by_socket_alone(database_url: str) -> None:
    async with house(database_url, **SOCKET, slack_signing_secret="") as h:
        h.workspace.request_url = None
        await eventually(lambda: connected(h))
        async with h.http.post(f"{h.url}/slack/events", data="x") as answer:
            assert answer.status == 404, "without a secret nothing can be verified, so nothing is served"

        await h.form()
        assert len(await h.cards()) == 1
        assert (await h.slack.click("ana", "Claim", channel="leads"))["ok"]
        await h.quiet()
        assert (await qualify(h.slack))["ok"]

        assert (await h.lead(1001)).stage == "sql"
        assert len(await h.cards("sales-alerts")) == 1
        assert len(await h.slack.told("ben")) == 1


async def test_a_refreshed_connection_loses_nothing(sqlite_url: str) -> None:
    async with house(sqlite_url, **SOCKET) as h:
        await eventually(lambda: connected(h))
        for number in range(1001, 1005):
            await h.form(email=f"lead{number}@acme.example", phone=None)
        await h.cards()
        before = await opened(h)

        for number in range(1001, 1005):
            card = next(m for m in await h.slack.messages("leads") if f"lead{number}@" in str(m["blocks"]))
            await h.slack.act("refresh_sockets")
            # Pressed while the old connection goes and the new one comes.
            pressed = await h.slack.click("ana", "Claim", channel="leads", ts=card["ts"])
            assert pressed["ok"], pressed
            assert (await h.lead(number)).owner == "UANA"

        async def all_reopened() -> bool:
            return await opened(h) == before + 4 and await connected(h)

        await eventually(all_reopened, 20)


async def test_http_still_serves_beside_the_socket(sqlite_url: str) -> None:
    async with house(sqlite_url, **SOCKET) as h:
        await eventually(lambda: connected(h))
        await h.form()
        body = claim_payload()
        assert await slack_request(h, body, signed(body)) == 200
        assert (await h.lead(1001)).owner == "UANA"
        assert await slack_request(h, body, signed(body, secret="guessed")) == 401


async def test_a_socket_that_is_refused_at_first_is_asked_for_again(sqlite_url: str) -> None:
    async with house(sqlite_url, **SOCKET) as h:
        await eventually(lambda: connected(h))
        await h.bot.stop()
        await h.slack.misbehave("apps.connections.open", "500", times=1)
        again = Greenlight(h.bot.settings, h.clock)
        await again.start()
        try:
            await eventually(lambda: connected(h), 30)
        finally:
            await again.stop()
