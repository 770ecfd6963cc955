"""A rep hands in a lead: typed, or made from a message; permission is asked, and twice is once."""

from __future__ import annotations

from typing import Any

from tests.house import House, house

TYPED = {
    "Name": "Grace Hopper",
    "E-mail": "grace@navy.example",
    "Company": "Navy",
    "Title": "CTO",
    "What they asked for": "Asked for a demo",
    "Message": "Met at the fair, wants to see it",
    "How they gave permission to be contacted": "They agreed on the phone or in person",
    "Source": "Fair",
}


async def shown(h: House, who: str) -> str:
    await h.bot.reception.finish_errands()
    return str(await h.slack.view(who))


async def test_a_typed_lead_is_a_lead_like_any_other(database_url: str) -> None:
    async with house(database_url) as h:
        assert (await h.slack.command("ana", "/lead new Grace Hopper"))["ok"]
        await h.bot.reception.finish_errands()
        view = await h.slack.view("ana")
        assert view is not None
        assert view["values"]["Name"] == "Grace Hopper"
        sent = await h.slack.submit("ana", TYPED)
        assert sent["ok"], sent
        assert "L-1001" in await shown(h, "ana")
        assert "waits in the queue" in await shown(h, "ana")
        card = (await h.cards())[0]
        assert card["text"] == "Demo request: Grace Hopper, CTO, Navy"
        lead = await h.lead(1001)
        assert (lead.stage, lead.source, lead.captured_by) == ("mql", "fair", "slack:UANA")
        assert lead.permission.basis == "on the phone or in person"

        # Ben met her too: he learns that she is known, and whose she is.
        await h.slack.click("ana", "Claim", channel="leads")
        await h.slack.shortcut("ben", "new_lead")
        await h.bot.reception.finish_errands()
        await h.slack.submit("ben", TYPED)
        told = await shown(h, "ben")
        assert "We know them already" in told
        assert "<@UANA> has it" in told


async def test_who_types_it_in_may_take_it(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.slack.shortcut("ana", "new_lead")
        await h.bot.reception.finish_errands()
        await h.slack.submit("ana", {**TYPED, "Who takes it": "Me"})
        assert "It is yours" in await shown(h, "ana")
        assert (await h.lead(1001)).owner == "UANA"


async def test_mistakes_stand_on_their_fields(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.slack.shortcut("ana", "new_lead")
        await h.bot.reception.finish_errands()
        nothing = {**TYPED, "E-mail": ""}
        await h.slack.submit("ana", nothing)
        assert "reachable" in (await errors(h))["E-mail"]
        await h.slack.submit("ana", {"E-mail": "grace@", "Phone": "12"})
        assert set(await errors(h)) == {"E-mail", "Phone"}
        how = {"How they gave permission to be contacted": "Another way (say how below)"}
        await h.slack.submit("ana", {**TYPED, "Phone": "", **how})
        assert "Say how" in (await errors(h))["In their words"]
        await h.slack.submit("ana", {"In their words": "By post"})
        assert "L-1001" in await shown(h, "ana")


async def errors(h: House) -> dict[str, str]:
    view = await h.slack.view("ana")
    assert view is not None
    return dict(view["errors_by_label"])


async def test_without_permission_it_waits(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.slack.shortcut("ana", "new_lead")
        await h.bot.reception.finish_errands()
        waits = {
            "What they asked for": "Met us at an event",
            "How they gave permission to be contacted": "Not yet: wait until they give it",
        }
        await h.slack.submit("ana", {**TYPED, **waits})
        assert "Waiting for permission" in await shown(h, "ana")
        assert await h.cards() == []


async def test_a_message_becomes_a_lead_once_and_says_so_in_its_thread(database_url: str) -> None:
    async with house(database_url) as h:
        text = "Call from Ada Lovelace, VP Engineering at Acme. <mailto:ada@acme.example|ada@acme.example>"
        said = await post(h, text)
        await h.slack.shortcut("ana", "make_lead", channel="leads", ts=said["ts"])
        await h.bot.reception.finish_errands()
        view = await h.slack.view("ana")
        assert view is not None
        guessed = view["values"]
        assert (guessed["Name"], guessed["Company"], guessed["Title"]) == (
            "Ada Lovelace",
            "Acme",
            "VP Engineering",
        )
        assert guessed["E-mail"] == "ada@acme.example"
        chosen = {
            "What they asked for": "Asked for a call",
            "How they gave permission to be contacted": "They asked us to contact them",
        }
        await h.slack.submit("ana", chosen)
        assert "L-1001" in await shown(h, "ana")
        assert await h.thread(said["ts"]) == ["L-1001: <@UANA> made this a lead."]
        lead = await h.lead(1001)
        assert "slack_message" in dict(lead.extra)

        await h.slack.shortcut("ben", "make_lead", channel="leads", ts=said["ts"])
        await h.bot.reception.finish_errands()
        await h.slack.submit("ben", chosen)
        assert "exactly this already" in await shown(h, "ben")
        assert len((await h.lead(1001)).activities) == 1
        assert len(await h.thread(said["ts"])) == 1


async def post(h: House, text: str) -> dict[str, Any]:
    await h.slack.say("ben", text)
    return (await h.slack.messages("leads"))[-1]
