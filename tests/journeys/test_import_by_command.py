"""`/lead import`: a file is shown as it would be taken, and taken only then."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.house import House, house
from tests.journeys.test_lead_command import answer
from tests.numbers import all_numbers

LEADS = """email,first_name,company,consent,owner,stage
ada@acme.example,Ada,Acme,true,ben,mql
bo@beta.example,Bo,Beta,true,nobody,lead
nonsense,Cy,Gamma,true,,
"""
SPEND = """source,campaign,from,to,amount,currency
linkedin,spring,2026-10-01,2026-10-31,1200.50,EUR
"""


async def shown(h: House, who: str = "mark") -> Any:
    await h.bot.reception.finish_errands(20)
    view = await h.slack.view(who)
    assert view is not None
    return view


async def chosen(h: House, name: str, content: str, *, who: str = "mark", **more: Any) -> Any:
    await answer(h, who, "/lead import")
    sent = await h.slack.submit(who, {"File": {"name": name, "content": content}, **more})
    assert sent["ok"], sent
    return await shown(h, who)


async def test_a_file_is_planned_then_taken_and_nothing_floods(database_url: str) -> None:
    async with house(database_url) as h:
        plan = await chosen(h, "leads.csv", LEADS)
        text = str(plan["blocks"])
        assert "3 rows: *2 would be created*" in text
        assert "1 refused" in text
        assert "row 4" in text
        async with h.bot.store.read(h.bot.where) as work:
            assert await all_numbers(work) == []

        assert (await h.slack.submit("mark"))["ok"]
        done = await shown(h)
        assert "3 rows: *2 created*" in str(done["blocks"])
        assert "The import is done." in str(await h.slack.seen_by("mark"))
        async with h.bot.store.read(h.bot.where) as work:
            assert len(await all_numbers(work)) == 2
        assert await h.cards() == []
        assert "1 lead waits for a rep" in await answer(h, "ana", "/lead queue")

        again = await chosen(h, "leads.csv", LEADS)
        assert "2 known already" in str(again["blocks"])
        assert again.get("submit") is None


async def test_a_spend_file_is_told_apart_by_its_columns(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        plan = await chosen(h, "spend.csv", SPEND)
        assert "1 would be added" in str(plan["blocks"])
        assert "1,200.50 EUR" in str(plan["blocks"])
        await h.slack.submit("mark")
        assert "1 added" in str((await shown(h))["blocks"])


async def test_spend_is_imported_only_by_those_who_may_enter_it(sqlite_url: str) -> None:
    async with house(sqlite_url, greenlight_marketers="") as h:
        told = await chosen(h, "spend.csv", SPEND)
        assert "entered by marketers and managers" in str(told["blocks"])
        assert told.get("submit") is None

        await named(h, "mark")
        assert "1 would be added" in str((await chosen(h, "spend.csv", SPEND))["blocks"])
        # Who is no marketer any more when they press is refused too.
        await named(h, "ana")
        await h.slack.submit("mark")
        assert "entered by marketers and managers" in str((await shown(h))["blocks"])
        async with h.bot.store.read(h.bot.where) as work:
            assert await work.intake.spend_touching(date(2026, 1, 1), date(2026, 12, 31)) == []


async def named(h: House, marketer: str) -> None:
    async with h.bot.store.begin(h.bot.where) as work:
        await work.house.set({"marketers": [marketer]})
    h.bot.office.forget_rules()


async def test_what_is_no_table_is_said(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        told = await chosen(h, "leads.csv", "colour,size\nred,2\n")
        assert "No column of" in str(told["blocks"])
        assert told.get("submit") is None


async def test_a_file_that_names_owner_and_stage_of_a_lead_without_a_card_posts_none(
    database_url: str,
) -> None:
    async with house(database_url) as h:
        permitted = {"granted": True, "purposes": ["contact"]}
        quiet = {"action": "newsletter_signup", "message": None, "consent": permitted, "phone": None}
        await h.form(email="bo@bolt.example", title=None, employees=None, **quiet)
        told = "email,action,consent,owner,stage\nbo@bolt.example,event_badge,true,ben,sql\n"

        await chosen(h, "leads.csv", told)
        assert (await h.slack.submit("mark"))["ok"]
        await shown(h)

        lead = await h.lead(1001)
        assert (lead.stage, lead.owner, lead.approved_by) == ("sql", "UBEN", "UBEN")
        assert (await h.cards(), await h.cards("sales-alerts")) == ([], [])
