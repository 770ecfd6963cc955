"""Every stage change reaches the other system: signed, and repeated under one key until it is taken."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp import web

from handlers.flows.claim import claim_lead
from tests.house import House, house
from tests.journeys.test_nothing_lost_nothing_twice import eventually, qualify

SECRET = "webhook-secret"


@dataclass
class Receiver:
    """Another system: keeps what it takes and answers as it is told."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    """Statuses for the next requests; 200 afterwards."""
    retry_after: str = "30"
    moved_to: str = "/"
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((dict(request.headers), await request.read()))
        status = self.answers.pop(0) if self.answers else 200
        headers = {"Retry-After": self.retry_after} if status == 429 else {}
        return web.Response(
            status=status, headers=headers | ({"Location": self.moved_to} if status < 400 else {})
        )

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(raw) for _, raw in self.got]

    def keys(self) -> list[str]:
        return [headers["Idempotency-Key"] for headers, _ in self.got]


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    there = Receiver()
    application = web.Application()
    application.router.add_post("/hook", there.take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    there.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield there
    finally:
        await runner.cleanup()


def hooked(there: Receiver) -> dict[str, Any]:
    return {"greenlight_webhook_url": there.url, "greenlight_webhook_secret": SECRET}


async def later(h: House, there: Receiver, seen: int) -> None:
    """Time goes by until so many requests came."""

    async def came() -> bool:
        h.clock.ahead += timedelta(minutes=1)
        h.bot.store.wake()
        return len(there.got) >= seen

    await eventually(came, 15)
    await h.quiet()


async def test_every_stage_change_is_sent_signed_and_without_contact_data(database_url: str) -> None:
    async with receiver() as there, house(database_url, **hooked(there)) as h:
        await h.form(external_id="crm-881")
        await h.cards()
        assert (await qualify(h.slack))["ok"]
        await h.quiet()

        assert [(b["from"], b["to"]) for b in there.bodies] == [("lead", "mql"), ("mql", "sql")]
        mql, sql = there.bodies
        assert (sql["lead"], sql["external_id"], sql["by"], sql["source"]) == (
            "L-1001",
            "crm-881",
            "UANA",
            "linkedin",
        )
        assert mql["id"] != sql["id"]
        assert sql["definition_version"] == 1
        for headers, raw in there.got:
            wanted = hmac.new(SECRET.encode(), f"{headers['X-Timestamp']}.".encode() + raw, hashlib.sha256)
            assert headers["X-Signature"] == f"sha256={wanted.hexdigest()}"
            assert abs(int(headers["X-Timestamp"]) - h.clock().timestamp()) < 300
            for personal in (b"acme.example", b"Ada", b"901820", b"Need it"):
                assert personal not in raw


async def test_what_is_not_taken_comes_again_under_the_same_key(sqlite_url: str) -> None:
    async with receiver() as there, house(sqlite_url, **hooked(there)) as h:
        there.answers = [500, 429, 503]
        await h.form()
        await later(h, there, 4)

        assert len(there.got) == 4
        assert len(set(there.keys())) == 1
        assert {body["id"] for body in there.bodies} == {"L-1001:" + there.bodies[0]["id"].split(":")[1]}
        await later(h, there, 4)
        assert len(there.got) == 4, "taken is taken"


async def test_a_webhook_that_refuses_for_good_is_reported(sqlite_url: str) -> None:
    async with receiver() as there, house(sqlite_url, **hooked(there)) as h:
        there.answers = [410]
        await h.form()
        await h.quiet()

        assert len(there.got) == 1
        (said,) = [message["text"] for message in await h.slack.told("adam")]
        assert "call the webhook" in said
        assert "410" in said
        assert len(await h.cards()) == 1, "nobody else waits for it"


async def test_a_webhook_that_is_away_holds_nobody_up(sqlite_url: str) -> None:
    async with receiver() as there:
        away = {**hooked(there), "greenlight_webhook_url": "http://127.0.0.1:9/hook"}
        async with house(sqlite_url, **away) as h:
            assert (await h.form())["http"] == 202
            assert len(await h.cards()) == 1
            await claim_lead(h.bot.office, h.bot.where, 1001, "UANA")
            assert (await h.lead(1001)).owner == "UANA"
            assert there.got == []


async def test_a_lead_s_moves_arrive_in_their_order_also_when_one_has_to_be_repeated(
    database_url: str,
) -> None:
    async with receiver() as there, house(database_url, **hooked(there)) as h:
        there.answers = [500]
        await h.form()
        await h.cards()
        assert (await qualify(h.slack))["ok"]
        await h.quiet()
        await later(h, there, 3)

        assert [body["to"] for body in there.bodies] == ["mql", "mql", "sql"]
