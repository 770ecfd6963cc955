"""What a channel shows: everything, masked, or a number; guests and other companies see less."""

from __future__ import annotations

import asyncio

import pytest

from handlers.slack.places import learn_places
from qualification.masking import Level, masked_email, masked_phone, masked_text, strictest
from tests.handlers.slack.desk import LEAD, came_in, menu, qualified, text_of
from tests.house import House, house

REACH = ("ada@acme.example", "+49 30 901820", "30 901820", "mailto:", "tel:")
NAME = ("Ada", "Lovelace", "Acme")
WROTE = "Call 030 901820 or write to ada@acme.example"


async def learned(h: House) -> None:
    while not (await h.bot.office.rules(h.bot.where)).channels:
        await asyncio.sleep(0.01)
    await learn_places(h.bot.client, h.bot.office, h.bot.where)
    await h.quiet()


async def everything(h: House, channel: str, who: str | None = None) -> str:
    """All the app said in a channel and its threads."""
    await h.quiet()
    found = await h.slack.messages(channel, as_=who)
    threads = [m for one in found for m in await h.slack.messages(channel, thread_ts=one["ts"])]
    return "\n".join(f"{m['text']}\n{m['blocks']}" for m in (*found, *threads) if m["bot"])


def shows(said: str, words: tuple[str, ...]) -> list[str]:
    return [word for word in words if word in said]


@pytest.mark.parametrize("why", ["shared", "guest"])
async def test_outsiders_see_who_but_not_how_to_reach_them(sqlite_url: str, why: str) -> None:
    async with house(sqlite_url) as h:
        await came_in(h, message=WROTE)
        assert shows(await everything(h, "leads"), REACH)
        if why == "shared":
            for channel in ("leads", "sales-alerts"):
                await h.slack.act("share_channel", channel=channel)
        else:
            await h.slack.act("make_guest", **{"as": "ben"})
        await learned(h)
        said = await everything(h, "leads")
        assert shows(said, REACH) == [], "the card that stands is drawn anew"
        assert "a***@acme.example" in said
        assert "+49 ••• 20" in said

        await h.slack.click("ana", "Claim", channel="leads")
        await h.quiet()
        await h.slack.click("ana", "Log call", channel="leads")
        await h.slack.submit("ana", {"What happened": "Talked on the phone", "Note": WROTE})
        await qualified(h)
        await h.slack.command("ana", "/lead find lovelace")
        await h.slack.click("ana", "Share", channel="leads")
        await h.slack.command("ana", "/lead L-1001")
        await h.slack.command("ana", "/lead mine")
        for channel in ("leads", "sales-alerts"):
            said = await everything(h, channel, "ana")
            assert shows(said, REACH) == []
            assert "Ada Lovelace" in said
        told = text_of((await h.slack.told("ben"))[0])
        assert bool(shows(told, REACH)) is (why == "shared"), (
            "a member who must call is told how; a guest is not"
        )


async def test_reveal_shows_it_in_details_and_is_written_down(database_url: str) -> None:
    async with house(database_url) as h:
        await came_in(h, message=WROTE)
        await h.slack.act("share_channel", channel="leads")
        await learned(h)
        said = text_of(await menu(h, "ana", "details"))
        assert shows(said, REACH) == []
        await h.slack.click("ana", "Reveal")
        await h.quiet()
        said = text_of(await h.slack.view("ana"))
        assert shows(said, REACH[:2]) == list(REACH[:2])
        async with h.bot.office.store.read(h.bot.where) as work:
            events = [(e.kind, e.actor) for e in await work.leads.history(LEAD)]
        assert events[-1] == ("revealed", "UANA")
        assert "Looked at their contact data" in text_of(await menu(h, "maya", "details"))
        assert shows(await everything(h, "leads"), REACH) == []


async def test_an_admin_chooses_what_a_channel_shows(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await came_in(h, message=WROTE)
        await learned(h)
        await h.slack.open_home("adam")
        await h.quiet()
        await h.slack.click("adam", "Change people and channels")
        await h.slack.submit("adam", {"Leads channel shows": "The lead's number alone"})
        await h.quiet()
        card = (await h.cards())[0]
        said = f"{card['text']} {card['blocks']}"
        assert shows(said, (*REACH, *NAME)) == []
        assert "L-1001" in said
        assert "Claim" in said
        await h.form(email="b@b.example", phone=None, first_name="Bea", company="Beta", last_name="B")
        assert shows(await everything(h, "leads"), (*REACH, *NAME, "Bea", "Beta")) == []

        await h.slack.act("share_channel", channel="leads")
        await learned(h)
        await h.slack.click("adam", "Change people and channels")
        await h.slack.submit("adam", {"Leads channel shows": "Everything"})
        assert shows(await everything(h, "leads"), REACH), "what an admin chose wins"


@pytest.mark.parametrize("level", ["The lead's number alone", "No addresses and numbers; Details has Reveal"])
async def test_a_shared_search_does_not_tell_what_was_looked_for(sqlite_url: str, level: str) -> None:
    async with house(sqlite_url) as h:
        await came_in(h)
        await learned(h)
        await h.slack.open_home("adam")
        await h.quiet()
        await h.slack.click("adam", "Change people and channels")
        await h.slack.submit("adam", {"Leads channel shows": level})
        await h.quiet()
        for found in ("ada@acme.example", "nobody@acme.example"):
            await h.slack.command("ana", f"/lead find {found}")
        for answer in await h.slack.messages("leads", as_="ana"):
            if any("Share" in str(block) for block in answer["blocks"]):
                await h.slack.click("ana", "Share", channel="leads", ts=answer["ts"])
        said = await everything(h, "leads")
        assert "Shared by Ana" in said
        assert shows(said, REACH) == []


async def test_a_guest_may_reveal_only_what_they_work_on(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await came_in(h)
        await h.slack.act("make_guest", **{"as": "ben"})
        await learned(h)
        await menu(h, "ben", "details")
        await h.slack.click("ben", "Reveal")
        assert "Guests see how to reach only the leads they work on" in text_of(await h.slack.view("ben"))
        await h.slack.click("ben", "Claim", channel="leads")
        await menu(h, "ben", "details")
        await h.slack.click("ben", "Reveal")
        await h.quiet()
        assert shows(text_of(await h.slack.view("ben")), REACH)


def test_masks() -> None:
    assert masked_email("ada@acme.example") == "a***@acme.example"
    assert masked_phone("+49 30 901820") == "+49 ••• 20"
    assert masked_phone("030 901820") == "••• 20"
    assert masked_phone("911") == "•••"
    assert (
        masked_text(f"{WROTE}, on 2026-11-18.", "DE")
        == "Call ••• 20 or write to a***@acme.example, on 2026-11-18."
    )
    assert strictest(Level.FULL, Level.NUMBER, Level.MASKED) is Level.NUMBER
