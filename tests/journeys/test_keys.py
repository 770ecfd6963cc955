"""An admin makes, replaces and revokes keys from Slack; each is shown once and opens one thing."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from handlers.flows.guessing import MOST_WRONG
from handlers.http.keys import signature
from store.tables.keys import keys
from tests.handlers.slack.desk import text_of
from tests.house import DEMO, KEY, House, house
from tests.journeys.test_forged_clicks import claim_payload, signed, slack_request

LEAD, EVENT = "/intake/leads", "/intake/events"
TRACK = {"type": "track", "event": "Clicked", "anonymousId": "b1", "messageId": "m1"}


async def opened(h: House) -> None:
    """Adam looks at the keys."""
    await h.slack.open_home("adam")
    await h.quiet()
    await h.slack.click("adam", "Keys…")
    await h.quiet()


async def made(h: House, name: str, opens: str, sends: str = "The key itself") -> str:
    """A new key, as it is shown to whoever made it."""
    await h.slack.click("adam", "New key")
    await h.slack.submit("adam", {"Who uses it": name, "For": opens, "It sends": sends})
    await h.quiet()
    return shown(await h.slack.view("adam"))


def shown(view: dict[str, Any] | None) -> str:
    return next(part for part in text_of(view).split("`") if part.startswith("gl_"))


async def post(h: House, key: str, path: str, body: dict[str, Any]) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    async with h.http.post(f"{h.url}{path}", json=body, headers=headers) as answer:
        return answer.status


async def post_signed(h: House, key: str) -> int:
    body, stamp = json.dumps(DEMO).encode(), str(int(h.clock().timestamp()))
    headers = {"X-Timestamp": stamp, "X-Signature": signature(key, stamp, body)}
    async with h.http.post(f"{h.url}{LEAD}", data=body, headers=headers) as answer:
        return answer.status


async def test_a_key_opens_what_it_was_made_for_until_it_is_replaced_or_revoked(database_url: str) -> None:
    async with house(database_url) as h:
        await opened(h)
        website = await made(h, "Website", "Leads (/intake/leads)")
        await h.slack.close("adam")
        browser = await made(h, "Browser", "What visitors do (/intake/events)")
        await h.slack.close("adam")
        assert [await post(h, website, path, body) for path, body in ((LEAD, DEMO), (EVENT, TRACK))] == [
            202,
            401,
        ]
        assert [await post(h, browser, path, body) for path, body in ((LEAD, DEMO), (EVENT, TRACK))] == [
            401,
            200,
        ]
        assert await post(h, KEY, LEAD, DEMO) == 202, "the environment's key opens as before"

        listed = text_of(await h.slack.view("adam"))
        assert "Website" in listed
        assert website not in listed, "shown once"

        # Twice does it once: the second press is on a list that Slack did not draw anew.
        number = await number_of(h, "Website")
        await h.slack.misbehave("views.update", "500", times=1_000)
        await h.slack.click("adam", action_id="keys.replace", value=number)
        newer = shown(await h.slack.view("adam"))
        await h.slack.close("adam")
        await h.slack.click("adam", action_id="keys.replace", value=number)
        assert "replaced or revoked already" in text_of(await h.slack.view("adam"))
        await h.slack.close("adam")
        await h.slack.misbehave("views.update", "500", times=0)
        assert [await post(h, key, LEAD, DEMO) for key in (website, newer)] == [202, 202]
        h.clock.ahead += timedelta(hours=24)
        assert [await post(h, key, LEAD, DEMO) for key in (website, newer)] == [401, 202]

        await h.slack.close("adam")
        await opened(h)
        await h.slack.click("adam", action_id="keys.revoke", value=await number_of(h, "Website"))
        assert await post(h, newer, LEAD, DEMO) == 401
        await h.quiet()
        assert "Website" not in text_of(await h.slack.view("adam"))


async def number_of(h: House, name: str) -> str:
    """The number of the key of this name that stands."""
    async with h.bot.store.reading() as connection:
        query = select(keys.c.id).where(keys.c.name == name, keys.c.until.is_(None))
        return str((await connection.execute(query)).scalar_one())


async def test_when_a_key_was_last_used_is_noted_once_an_hour(sqlite_url: str) -> None:
    async def used() -> list[Any]:
        async with h.bot.store.reading() as connection:
            return [row.used for row in await connection.execute(select(keys).order_by(keys.c.id))]

    async with house(sqlite_url) as h:
        await opened(h)
        bearer = await made(h, "Website", "Leads (/intake/leads)")
        await h.slack.close("adam")
        signing = await made(h, "HubSpot", "Leads (/intake/leads)", sends="A signature made with it")
        await h.slack.close("adam")
        assert text_of(await h.slack.view("adam")).count("not used yet") == 2
        assert await post(h, bearer, EVENT, TRACK) == 401, "it opens something else"
        assert await used() == [None, None]

        assert [await post(h, bearer, LEAD, DEMO), await post_signed(h, signing)] == [202, 202]
        first = await used()
        assert all(h.clock() - moment < timedelta(minutes=1) for moment in first)
        await h.slack.close("adam")
        await opened(h)
        listed = text_of(await h.slack.view("adam"))
        assert (listed.count("last used"), listed.count("not used yet")) == (2, 0)

        h.clock.ahead += timedelta(minutes=59)
        assert await post(h, bearer, LEAD, DEMO) == 202
        assert await used() == first
        h.clock.ahead += timedelta(minutes=2)
        assert await post(h, bearer, LEAD, DEMO) == 202
        again = await used()
        assert (again[0] > first[0], again[1]) == (True, first[1])


async def test_two_sources_may_name_their_requests_alike(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await opened(h)
        shops = []
        for name in ("Website", "Shop"):
            shops.append(await made(h, name, "Leads (/intake/leads)"))
            await h.slack.close("adam")
        for key, mail in zip(shops, ("ada@north.example", "bo@south.example"), strict=True):
            headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "order-1"}
            body = {**DEMO, "email": mail}
            async with h.http.post(f"{h.url}{LEAD}", json=body, headers=headers) as answer:
                assert (answer.status, (await answer.json())["status"]) == (202, "created")


async def test_the_key_is_kept_nowhere_and_its_hash_opens_nothing(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await opened(h)
        bearer = await made(h, "Website", "Leads (/intake/leads)")
        await h.slack.close("adam")
        signing = await made(h, "HubSpot", "Leads (/intake/leads)", sends="A signature made with it")
        async with h.bot.store.reading() as connection:
            rows = [row._asdict() for row in await connection.execute(select(keys).order_by(keys.c.id))]
        assert bearer not in str(rows)
        assert signing not in str(rows)
        for row in rows:
            assert await post(h, row["hash"], LEAD, DEMO) == 401

        assert await post_signed(h, signing) == 202
        assert await post_signed(h, KEY) == 202
        assert await post_signed(h, bearer) == 401, "made for sending, so its hash must sign nothing"


async def test_only_admins_see_and_change_keys(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await opened(h)
        key = await made(h, "Website", "Leads (/intake/leads)")
        number = await number_of(h, "Website")
        await h.slack.open_home("maya")
        await h.quiet()
        assert "Keys…" not in str(await h.slack.home("maya"))
        for action in ("home.keys", "keys.new", "keys.replace", "keys.revoke"):
            body = claim_payload(value=number, user="UMAYA", action=action, told_at=h.url)
            assert await slack_request(h, body, signed(body)) == 200
        assert await post(h, key, LEAD, DEMO) == 202
        assert await number_of(h, "Website") == number


async def test_an_address_that_guesses_is_held_up_and_who_is_known_there_is_not(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await opened(h)
        other = await made(h, "Website", "Leads (/intake/leads)")
        assert await post(h, KEY, LEAD, DEMO) == 202
        tried = [await post(h, f"guess-{n}", LEAD, DEMO) for n in range(MOST_WRONG + 1)]
        assert tried == [401] * MOST_WRONG + [429]
        assert await post(h, KEY, LEAD, DEMO) == 202, "known there"
        assert await post(h, other, LEAD, DEMO) == 429, "a right guess past the limit learns nothing"
        async with h.http.get(f"{h.url}/kpi/funnel.json", headers={"Authorization": "Bearer x"}) as answer:
            assert answer.status == 429
            assert 0 < int(answer.headers["Retry-After"]) <= 60
