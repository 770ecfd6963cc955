"""Waiting for permission: seen by form, decided anew by form, gone after a week."""

from __future__ import annotations

from datetime import timedelta

from tests.handlers.slack.desk import text_of
from tests.house import House, house
from tests.traces import in_rows

NEWS = {"action": "newsletter_signup", "message": None, "form_name": "Footer newsletter"}


async def three_wait(h: House) -> None:
    for n in range(2):
        told = await h.form(email=f"ada{n}@acme.example", phone=None, **NEWS)
        assert told["status"] == "not_a_lead"
    await h.form(email="eve@other.example", phone=None, action="webinar_signup", message=None)
    await h.quiet()


async def test_a_marketer_says_that_the_form_asks_and_they_are_leads(database_url: str) -> None:
    async with house(database_url) as h:
        await three_wait(h)
        for who, sees in (("ana", False), ("mark", True), ("adam", True)):
            await h.slack.open_home(who)
            await h.quiet()
            assert ("Waiting for permission (3)" in str(await h.slack.home(who))) is sees

        await h.slack.click("mark", "Waiting for permission (3)")
        said = text_of(await h.slack.view("mark"))
        assert "*Footer newsletter*: 2 since" in said
        assert "Waiting for permission: it is kept 7 days until they give it" in said
        assert "acme" not in said, "nobody is named"
        await h.slack.click("mark", "This form asks…", value="Footer newsletter")
        refused = await h.slack.submit("mark", {"This form asks for it:": "yes"})
        assert "so that it is a proof" in str(refused["ack"])
        await h.slack.submit("mark", {"This form asks for it:": "A tick box: “Write to me about news”, v3"})
        await h.quiet()

        assert "2 are leads now." in text_of(await h.slack.view("mark"))
        async with h.bot.office.store.read(h.bot.where) as work:
            number = (await work.leads.by_person(["ada0@acme.example"], []))[0]["ada0@acme.example"]
        lead = await h.lead(number)
        assert lead.permission.basis.startswith(
            "The form asks: A tick box: “Write to me about news”, v3 (said by"
        )
        async with h.bot.office.store.read(h.bot.where) as work:
            event = next(e for e in await work.leads.history(number) if e.kind == "permission")
            assert await work.intake.waiting_length() == 1
        assert (event.data["decided_by"], event.data["basis"]) == ("UMARK", "other")
        assert "Waiting for permission (1)" in str(await h.slack.home("mark"))


async def test_after_a_week_only_the_count_is_left(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await three_wait(h)
        h.clock.ahead += timedelta(days=8)
        h.bot.store.wake()
        await h.quiet()
        assert await in_rows(h.bot.office.store, ("ada0@", "eve@")) == set()
        async with h.bot.office.store.read(h.bot.where) as work:
            assert await work.intake.waiting_length() == 0
