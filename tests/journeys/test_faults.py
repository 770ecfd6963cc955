"""Slack on a bad day, people who left, channels and cards gone: nothing is lost, and somebody is told."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import make_url, select

from bot.app import Greenlight
from bot.cli.jobs import replay_jobs
from handlers.flows.claim import claim_lead, reassign_lead
from qualification.money import Money
from qualification.stages import nurture, won
from sandbox.people import Channel
from store.tables.jobs import jobs
from tests.house import DEMO, KEY, House, house
from tests.journeys.test_forged_clicks import claim_payload, signed
from tests.journeys.test_nothing_lost_nothing_twice import eventually, qualify
from tests.postgres import admin


async def told(h: House, who: str) -> list[str]:
    """What a person was told alone, newest first."""
    await h.quiet()
    return [message["text"] for message in await h.slack.told(who)]


async def posts(h: House) -> int:
    """How often the app tried to post."""
    return len(await h.slack.calls(0, "chat.postMessage"))


async def posted_once(h: House) -> None:
    """Somebody asks, and the app tries to post their card, with whatever luck."""
    await h.form()

    async def asked() -> bool:
        return await posts(h) == 1

    await eventually(asked, 10)


async def batch(h: House, count: int, name: str = "lead") -> list[dict[str, Any]]:
    """So many demo requests of different people in one request."""
    leads = [
        {**DEMO, "email": f"{name}{n}@acme.example", "phone": None, "first_name": f"{name}{n}"}
        for n in range(count)
    ]
    async with h.http.post(
        f"{h.url}/intake/leads", json={"leads": leads}, headers={"Authorization": f"Bearer {KEY}"}
    ) as answer:
        assert answer.status == 202
        found: list[dict[str, Any]] = (await answer.json())["results"]
        return found


async def test_ten_minutes_without_slack_end_in_a_few_cards_and_a_digest(database_url: str) -> None:
    async with house(database_url) as h:
        await h.slack.misbehave("*", "500", times=1_000_000)
        for n in range(50):
            assert (await h.form(email=f"n{n}@acme.example", phone=None, first_name=f"N{n}"))["http"] == 202
        async with h.http.get(f"{h.url}/readyz") as ready:
            assert ready.status == 200, "it can still do its part"
        assert await h.slack.messages("leads") == []

        await h.slack.misbehave("*", "500", times=0)
        h.clock.ahead += timedelta(minutes=10)
        texts = [card["text"] for card in await h.cards()]
        cards = [text for text in texts if text.startswith("Demo request")]
        assert [text.split()[2] for text in cards] == [f"N{n}" for n in range(len(cards))]
        assert len(cards) == 20
        assert len(texts) == 21, "the other thirty stand in one digest"


async def test_slack_asks_to_wait_and_is_obeyed(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.slack.misbehave("chat.postMessage", "429", times=1, retry_after=60)
        await posted_once(h)
        await h.form(email="grace@acme.example", phone=None, first_name="Grace")
        h.clock.ahead += timedelta(seconds=30)
        h.bot.store.wake()
        assert (await posts(h), await h.slack.messages("leads")) == (1, [])
        h.clock.ahead += timedelta(seconds=31)
        assert [card["text"].split()[2] for card in await h.cards()] == ["Ada", "Grace"]


async def test_an_answer_that_got_lost_posts_nothing_twice(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.slack.misbehave("chat.postMessage", "drop", times=1)
        await posted_once(h)
        h.clock.ahead += timedelta(minutes=1)
        assert len(await h.cards()) == 1
        assert (await h.slack.click("ana", "Claim", channel="leads"))["ok"], "we know where it stands"
        assert (await h.lead(1001)).owner == "UANA"


async def test_what_was_posted_while_our_clock_was_fast_is_found_before_it_is_posted_again(
    sqlite_url: str,
) -> None:
    async with house(sqlite_url) as h:
        slacks = h.workspace.clock
        h.workspace.clock = lambda: slacks() - timedelta(hours=1).total_seconds()
        await h.slack.misbehave("chat.postMessage", "drop", times=1)
        await posted_once(h)
        h.clock.ahead += timedelta(minutes=1)
        assert (len(await h.cards()), await posts(h)) == (1, 1)


async def test_a_token_that_is_refused_costs_nothing_once_it_is_right_again(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        right, h.workspace.bot_token = h.workspace.bot_token, "xoxb-changed"
        await h.form()

        async def refused() -> bool:
            async with h.bot.store.reading() as connection:
                return "invalid_auth" in set((await connection.execute(select(jobs.c.error))).scalars())

        await eventually(refused, 10)
        h.workspace.bot_token = right
        h.clock.ahead += timedelta(minutes=2)
        assert len(await h.cards()) == 1
        assert await told(h, "adam") == [], "nothing was given up"


async def test_after_a_restart_without_slack_we_still_know_whose_bot_we_are(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await h.cards()
        await h.bot.stop()
        await h.slack.misbehave("*", "500", times=1_000_000)
        again = Greenlight(h.bot.settings, h.clock)
        await again.start()
        try:
            url = f"http://127.0.0.1:{again.port}/slack/events"
            body = claim_payload(team="TOTHER")
            async with h.http.post(url, data=body, headers=signed(body)) as answer:
                assert answer.status == 200
            assert (await again.office.look(again.where, 1001)).lead.owner is None
        finally:
            await h.slack.misbehave("*", "500", times=0)
            await again.stop()


@pytest.mark.parametrize("how", ["archived", "deleted"])
async def test_a_channel_that_is_gone_is_reported_once_and_made_good(
    sqlite_url: str, how: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    async with house(sqlite_url) as h:
        h.clock.ahead = timedelta()  # the command line goes by the real time
        await h.form(email="before@acme.example", phone=None)
        await h.cards()
        await h.slack.act("archive_channel", channel="leads", deleted=how == "deleted")
        for n in range(5):
            assert (await h.form(email=f"n{n}@acme.example", phone=None))["status"] == "created"

        (said,) = await told(h, "adam")
        assert "post a lead's card" in said
        assert "channel" in said
        assert "jobs replay" in said
        async with h.bot.store.read(h.bot.where) as work:
            assert await work.lists.queue_length(h.clock()) == 6, "the leads stand in the queue meanwhile"

        if how == "deleted":
            h.workspace.add_channel(Channel("CNEW", "leads", list(h.workspace.channels["CALERTS"].members)))
        else:
            h.workspace.channels["CLEADS"].is_archived = False
        assert await replay_jobs("all") == 0
        assert "5 will be tried again" in capsys.readouterr().out
        there = [card for card in await h.cards() if card["text"].startswith("Demo request")]
        assert len(there) == (5 if how == "deleted" else 6)
        assert len(await told(h, "adam")) == 1


async def test_a_card_deleted_by_hand_is_not_missed(database_url: str) -> None:
    async with house(database_url) as h:
        await h.form()
        card = (await h.cards())[0]
        await h.slack.act("delete_message", channel="leads", ts=card["ts"])
        await h.form(
            action="pricing_page", message=None, consent={"granted": True, "purposes": ["profiling"]}
        )
        assert await h.cards() == [], "nobody who works with it has missed it yet"

        calls = await posts(h)
        await claim_lead(h.bot.office, h.bot.where, 1001, "UANA")
        fresh = await h.cards()
        assert (await h.lead(1001)).owner == "UANA"
        assert await told(h, "adam") == [], "nothing an admin could do"
        assert len(fresh) == 1
        assert fresh[0]["ts"] != card["ts"]

        await h.slack.act("delete_message", channel="leads", ts=fresh[0]["ts"])
        await reassign_lead(h.bot.office, h.bot.where, 1001, "UANA", "UBEN")
        fresh = await h.cards()
        assert len(fresh) == 1, "back on the first thing somebody does"
        assert "UBEN" in json.dumps(fresh[0]["blocks"])
        assert await posts(h) - calls <= 6, "nothing goes round in circles"


async def test_who_left_is_reported_to_who_can_give_the_lead_away(database_url: str) -> None:
    async with house(database_url) as h:
        await h.form()
        await h.cards()
        await h.slack.click("ana", "Claim", channel="leads")
        await h.quiet()
        await h.slack.act("deactivate", **{"as": "ben"})
        await reassign_lead(h.bot.office, h.bot.where, 1001, "UANA", "UBEN")

        (said,) = await told(h, "maya")
        assert "UBEN" in said
        assert "L-1001" in said
        await reassign_lead(h.bot.office, h.bot.where, 1001, "UMAYA", "UANA")
        assert len(await told(h, "maya")) == 1
        assert len(await told(h, "ana")) >= 1


async def test_handing_over_to_somebody_who_left_still_alerts_sales(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await h.cards()
        await h.slack.act("deactivate", **{"as": "maya"})
        assert (await qualify(h.slack))["ok"]
        assert len(await h.cards("sales-alerts")) == 1
        await h.slack.act("deactivate", **{"as": "ben"})
        await h.form(email="grace@acme.example", phone=None)
        await h.cards()
        assert (await qualify(h.slack))["ok"]
        assert len(await h.cards("sales-alerts")) == 2
        assert any("UBEN" in said for said in await told(h, "adam")), "no manager is left: the admin hears it"


async def test_a_burst_is_one_digest_and_a_folded_lead_gets_its_card_when_somebody_acts(
    database_url: str,
) -> None:
    async with house(database_url) as h:
        results = await batch(h, 60)
        assert {r["status"] for r in results} == {"created"}
        (digest,) = await h.cards()
        assert "60" in digest["text"]
        assert "Open queue" in json.dumps(digest["blocks"])

        number = int(results[30]["lead"].removeprefix("L-"))
        await claim_lead(h.bot.office, h.bot.where, number, "UANA")
        cards = await h.cards()
        assert len(cards) == 2
        assert "lead30" in cards[1]["text"]
        assert "UANA" in json.dumps(cards[1]["blocks"])


async def test_a_known_lead_asks_again(database_url: str) -> None:
    async with house(database_url) as h:
        await h.form()
        old = (await h.cards())[0]
        await h.slack.click("ana", "Claim", channel="leads")
        await h.quiet()
        h.clock.ahead += timedelta(hours=1)
        assert (await h.form(action="pricing_request"))["status"] == "updated"

        pointer, fresh = await h.cards()
        assert pointer["ts"] == old["ts"]
        assert fresh["ts"] in json.dumps(pointer["blocks"]).replace(".", "") or "Go to" in str(
            pointer["blocks"]
        )
        assert len(await told(h, "ana")) == 2, "the echo of her claim and the news"
        assert (await h.lead(1001)).owner == "UANA"

        async with h.bot.office.at_lead(h.bot.where, 1001) as at:
            await at.record(nurture(at.lead, "UANA", at.now + timedelta(days=30), at.now))
        h.clock.ahead += timedelta(hours=1)
        await h.form(action="call_request")
        lead = await h.lead(1001)
        assert (lead.stage, lead.owner) == ("mql", None)
        assert len([c for c in await h.cards() if "Go to" not in str(c["blocks"])]) == 1


async def test_a_customer_who_asks_stays_a_customer_and_the_owner_hears(database_url: str) -> None:
    async with house(database_url) as h:
        await h.form()
        await h.cards()
        await h.slack.click("ana", "Claim", channel="leads")
        await h.quiet()
        assert (await qualify(h.slack))["ok"]
        async with h.bot.office.at_lead(h.bot.where, 1001) as at:
            await at.record(won(at.lead, "UANA", Money(1_200_000, "EUR"), at.now))
        heard, cards = len(await told(h, "ana")), len(await h.cards())
        h.clock.ahead += timedelta(hours=1)

        assert (await h.form(action="quote_request"))["status"] == "updated"
        lead = await h.lead(1001)
        assert (lead.stage, len(lead.activities)) == ("customer", 2)
        assert len(await told(h, "ana")) == heard + 1
        assert len(await h.cards()) == cards, "no new card"


async def test_a_dialog_slack_does_not_open_is_explained(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await h.cards()
        await h.slack.misbehave("views.open", "500", times=1)
        assert (await h.slack.click("ana", "Qualify", channel="leads"))["status"] == 200
        (said,) = await told(h, "ana")
        assert "nothing was saved" in said
        assert await h.slack.view("ana") is None
        await h.slack.click("ana", "Qualify", channel="leads")
        assert await h.slack.view("ana") is not None


@pytest.mark.parametrize("kind", ["429", "500", "drop"])
async def test_the_first_click_counts_while_slack_does_not_say_who_we_are(sqlite_url: str, kind: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await h.cards()
        await h.slack.misbehave("auth.test", kind, times=1_000_000)
        assert (await h.slack.click("ana", "Claim", channel="leads"))["ack"] is None
        assert (await h.lead(1001)).owner == "UANA"


async def test_without_its_database_everybody_is_told_and_nothing_is_half_saved(
    postgres_url: str, postgres_server: str
) -> None:
    async with house(postgres_url) as h:
        await h.form()
        await h.cards()
        name = make_url(postgres_url).database
        await admin(postgres_server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await admin(
            postgres_server,
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )
        try:
            answer = await h.form(email="grace@acme.example", phone=None)
            assert answer["http"] == 503
            async with h.http.get(f"{h.url}/readyz") as ready:
                assert ready.status == 503
                told = await ready.json()
            assert (told["database"], told["schema"], told["slack"]) == ("down", "unknown", "ok")
            assert (await h.slack.click("ana", "Claim", channel="leads"))["status"] == 200
            (said,) = [message["text"] for message in await h.slack.told("ana")]
            assert "nothing was saved" in said
        finally:
            await admin(postgres_server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

        assert (await h.lead(1001)).owner is None
        assert (await h.form(email="grace@acme.example", phone=None))["status"] == "created"
        assert (await h.slack.click("ana", "Claim", channel="leads"))["ok"]
        assert len(await h.cards()) == 2, "the worker goes on too"
