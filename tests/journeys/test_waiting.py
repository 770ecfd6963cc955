"""Waiting for permission: seen by form, decided anew by form, gone after a week."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.flows.receive import take_in
from handlers.flows.waiting import AT_ONCE, decide_page, decision, form_asks, key_of
from handlers.http.lead_body import Reader, read_lead
from qualification.errors import Refused
from store.waiting_forms import forms_waiting
from tests.handlers.slack.desk import text_of
from tests.house import DEMO, House, house
from tests.office import open_office
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
        assert "0 of 2 are decided" in text_of(await h.slack.view("mark"))
        await a_moment_later(h)

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


async def test_a_thousand_are_decided_a_page_at_a_time_and_the_end_is_told(database_url: str) -> None:
    """Whoever closes the dialog is told by message; what other forms brought stays where it is."""
    async with house(database_url) as h:
        many = 2 * AT_ONCE + 3
        office, where = h.bot.office, h.bot.where
        rules = await office.rules(where)
        reader = Reader(rules.definition, rules.setup.country, rules.setup.zone, h.clock(), "intake")
        people = [{**DEMO, **NEWS, "email": f"p{n}@firm{n}.example", "phone": ""} for n in range(many)]
        arriving = [read_lead({k: v for k, v in one.items() if v}, reader) for one in people]
        await take_in(office, where, arriving)
        await h.form(email="eve@other.example", phone=None, action="webinar_signup", message=None)
        await h.slack.open_home("mark")
        await h.quiet()
        await h.slack.click("mark", f"Waiting for permission ({many + 1})")
        await h.slack.click("mark", "This form asks…", value="Footer newsletter")
        await h.slack.submit("mark", {"This form asks for it:": "A tick box under the form"})
        await h.slack.close("mark")
        async with office.store.read(where) as work:
            assert await work.intake.waiting_length() == many + 1, "nothing of it happens in the click"
        await a_moment_later(h)

        async with office.store.read(where) as work:
            assert [one.form for one in await forms_waiting(work)] == ["webinar signup by intake"]
            assert await decision(work, key_of("Footer newsletter")) is None, "told, so forgotten"
        (told,) = [text_of(one) for one in await h.slack.told("mark") if "Footer" in text_of(one)]
        assert f"{many} are leads now." in told
        with pytest.raises(Refused, match="Nothing of this form waits"):
            await form_asks(office, where, "UMARK", "Footer newsletter", "A tick box under the form")


async def test_a_decision_survives_a_crash_and_a_second_press(database_url: str) -> None:
    """Killed inside a page it goes on with that page; pressed twice it is one decision."""
    async with open_office(database_url) as desk:
        office, where = desk.office, desk.where
        async with office.store.begin(where) as work:
            await work.house.set({"marketers": ["UMARK"]})
        office.forget_rules()
        many = AT_ONCE + 5
        for n in range(many):
            await desk.form(email=f"p{n}@firm{n}.example", phone=None, **NEWS)
        form = "Footer newsletter"
        first = await form_asks(office, where, "UMARK", form, "A tick box")
        assert await form_asks(office, where, "UMARK", form, "Another") == first
        key = key_of(form)
        with pytest.raises(ZeroDivisionError):
            async with office.store.begin(where) as work:
                await decide_page(work, office, key, first.run)
                raise ZeroDivisionError
        for done in (AT_ONCE, many, many):
            async with office.store.begin(where) as work:
                await decide_page(work, office, key, first.run)
            async with office.store.read(where) as work:
                now = await decision(work, key)
                assert now
                assert (now.leads, now.ended) == (done, done == many)
                assert await work.intake.waiting_length() == many - done
        async with office.store.read(where) as work:
            number = (await work.leads.by_person(["p0@firm0.example"], []))[0]["p0@firm0.example"]
        assert (await desk.lead(number)).permission.basis.startswith("The form asks: A tick box (said by")


async def a_moment_later(h: House) -> None:
    h.clock.ahead += timedelta(seconds=2)
    h.bot.store.wake()
    await h.quiet()


async def test_after_a_week_only_the_count_is_left(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await three_wait(h)
        h.clock.ahead += timedelta(days=8)
        h.bot.store.wake()
        await h.quiet()
        assert await in_rows(h.bot.office.store, ("ada0@", "eve@")) == set()
        async with h.bot.office.store.read(h.bot.where) as work:
            assert await work.intake.waiting_length() == 0
