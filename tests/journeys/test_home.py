"""App Home: what needs me next, the queue, the numbers, and setting the app up for the first time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from handlers.flows.admin_code import admin_code
from handlers.flows.claim import claim_lead, snooze_lead
from handlers.flows.guessing import MOST_WRONG
from handlers.flows.house_state import NotAllowed
from handlers.flows.setup import WrongCode, check_code, save_setup
from tests.house import House, house


async def home(h: House, who: str) -> str:
    """Open Home and read it."""
    await h.quiet()
    await h.slack.open_home(who)
    await h.quiet()
    view = await h.slack.home(who)
    assert view is not None
    return str(view["blocks"])


async def people_known(h: House) -> None:
    """Roles are given by handle: wait until the bot has read who is here."""
    while True:
        async with h.bot.store.read(h.bot.where) as work:
            if await work.house.people():
                break
        await asyncio.sleep(0.01)
    h.bot.office.forget_rules()


async def test_an_empty_home_makes_sense(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await people_known(h)
        shown = await home(h, "ana")
        assert "You have no open leads" in shown
        assert "Nobody is waiting" in shown
        assert "This month" not in shown
        assert "Installation" not in shown


async def test_a_rep_claims_at_home_and_the_other_rep_is_told_there(database_url: str) -> None:
    async with house(database_url) as h:
        await people_known(h)
        await h.form()
        assert "Queue: 1 waits for a rep" in await home(h, "ana")
        assert "Queue: 1 waits" in await home(h, "ben")
        assert (await h.slack.click("ana", "Claim"))["ok"]
        await h.quiet()
        assert (await h.lead(1001)).owner == "UANA"
        mine = str((await h.slack.home("ana") or {})["blocks"])
        assert "not touched yet" in mine
        assert "Nobody is waiting" in mine

        assert (await h.slack.click("ben", "Claim"))["ok"]  # his Home still shows it
        await h.quiet()
        assert "<@UANA> already has Acme" in str((await h.slack.home("ben") or {})["blocks"])


async def test_home_follows_what_happens_elsewhere(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await people_known(h)
        await h.form()
        await home(h, "ana")
        await h.slack.click("ana", "Claim", channel="leads")
        await h.quiet()
        assert "not touched yet" in str((await h.slack.home("ana") or {})["blocks"])
        # Ben never opened his: nothing is published for him.
        await h.slack.command("ana", "/lead L-1001 back")
        await h.slack.command("ben", "/lead L-1001 claim")
        await h.quiet()
        assert await h.slack.home("ben") is None


async def test_what_needs_me_next_stands_first(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await people_known(h)
        for name in ("first", "second"):
            await h.form(email=f"{name}@acme.example", phone=None, first_name=name.title())
        for number in (1001, 1002):
            await h.slack.command("ana", f"/lead L-{number} claim")
        shown = await home(h, "ana")
        assert shown.index("L-1001") < shown.index("L-1002")
        later = h.clock() + timedelta(days=2)
        await snooze_lead(h.bot.office, h.bot.where, 1001, "UANA", later)
        shown = await home(h, "ana")
        assert shown.index("L-1002") < shown.index("L-1001")
        assert "snoozed until" in shown


async def test_a_manager_sees_the_month_and_an_admin_the_installation(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await people_known(h)
        await h.form()
        await h.form(email="bo@beta.example", phone=None, action="newsletter_signup", consent=True)
        manager = await home(h, "maya")
        assert "Leads: *2*\\n" in manager
        assert "MQLs: *1*\\n" in manager
        assert "In brackets" not in manager, "there was no month before"
        assert "No leads in these weeks, so no share of customers." in manager
        assert "Installation" not in manager
        admin = await home(h, "adam")
        assert "Set up: complete" in admin
        assert "Change people and channels" in admin

        h.clock.ahead += timedelta(days=31)
        await h.form(email="cy@gamma.example", phone=None)
        manager = await home(h, "maya")
        assert "Leads: *1* (2)" in manager
        assert "In brackets" in manager


async def test_whoever_has_the_code_sets_the_app_up(database_url: str) -> None:
    unset = {
        "greenlight_admins": "",
        "greenlight_managers": "",
        "greenlight_leads_channel": "",
        "greenlight_alerts_channel": "sales-alerts",
    }
    async with house(database_url, **unset) as h:
        await people_known(h)
        code = await admin_code(h.bot.office, h.bot.where)
        await h.form()
        assert await h.cards() == []  # it has no place yet
        assert "not set up yet" in await home(h, "adam")
        await h.slack.click("adam", "Enter admin code")
        await h.slack.submit("adam", {"Admin code": "WRONGCODE2"})
        view = await h.slack.view("adam")
        assert view is not None
        assert "not the code" in view["errors_by_label"]["Admin code"]

        await h.slack.submit("adam", {"Admin code": f" {code.upper()} "})
        view = await h.slack.view("adam")
        assert view is not None
        assert "Sales alerts channel: sales-alerts" in str(view["blocks"])  # the environment decides that
        assert view["values"]["Admins"] == ["adam"] or "adam" in str(view["values"]["Admins"])
        sent = await h.slack.submit("adam", {"Leads channel": "leads", "Managers": ["maya"]})
        assert sent["ok"], sent
        await h.quiet()
        setup = (await h.bot.office.rules(h.bot.where)).setup
        assert (setup.leads_channel, setup.admins, setup.managers) == ("CLEADS", ("UADAM",), ("UMAYA",))
        assert await admin_code(h.bot.office, h.bot.where) != code  # spent

        assert len(await h.cards()) == 1  # what came in before has its place now
        assert "Installation" in await home(h, "adam")
        assert "Enter admin code" not in await home(h, "ben")


async def test_leads_that_waited_for_a_channel_get_one_card_each(database_url: str) -> None:
    unset = {"greenlight_admins": "", "greenlight_leads_channel": ""}
    async with house(database_url, **unset) as h:
        await people_known(h)
        await h.form()
        await h.form(email="bo@beta.example", phone=None, first_name="Bo")
        await h.quiet()
        await claim_lead(h.bot.office, h.bot.where, 1001, "UANA")  # from her Home: there is no card yet
        await h.form(email="bo@beta.example", phone=None, first_name="Bo", action="call_request")
        await h.quiet()

        first = {"admins": ["UADAM"], "leads_channel": "CLEADS"}
        await save_setup(h.bot.office, h.bot.where, "UADAM", first, has_code=True)
        cards = await h.cards()
        assert len(cards) == 2
        assert {("Ada" in card["text"], "Bo" in card["text"]) for card in cards} == {
            (True, False),
            (False, True),
        }

        # Once more, for nothing: what has its card since stays where it is.
        await save_setup(h.bot.office, h.bot.where, "UADAM", {"leads_channel": "CLEADS"}, has_code=False)
        assert [card["ts"] for card in await h.cards()] == [card["ts"] for card in cards]


async def test_who_guesses_the_code_is_held_up_and_nobody_else(sqlite_url: str) -> None:
    unset = {"greenlight_admins": "", "greenlight_leads_channel": "", "greenlight_alerts_channel": ""}
    async with house(sqlite_url, **unset) as h:
        code = await admin_code(h.bot.office, h.bot.where)
        for person in ("ben", "adam"):
            await h.slack.open_home(person)
            await h.quiet()
            await h.slack.click(person, "Enter admin code")

        async def tried(person: str, typed: str) -> str:
            await h.slack.submit(person, {"Admin code": typed})
            view = await h.slack.view(person)
            return str(view["errors_by_label"].get("Admin code")) if view else ""

        for n in range(MOST_WRONG):
            assert "not the code" in await tried("ben", f"guess{n:05}")
        assert "Too many wrong codes" in await tried("ben", code), (
            "a right guess past the limit learns nothing"
        )
        await h.slack.submit("adam", {"Admin code": code})
        assert "Set up" in str(await h.slack.view("adam"))


async def test_only_an_admin_or_whoever_has_the_code_changes_the_installation(sqlite_url: str) -> None:
    async with house(sqlite_url, greenlight_admins="", greenlight_leads_channel="") as h:
        office, where = h.bot.office, h.bot.where
        with pytest.raises(NotAllowed):
            await save_setup(office, where, "UBEN", {"admins": ["UBEN"]}, has_code=False)
        with pytest.raises(WrongCode):
            await check_code(office, where, "UBEN", "")  # none was made: nothing opens the door
        first = {"admins": ["UADAM"], "leads_channel": "CALERTS"}
        await save_setup(office, where, "UADAM", first, has_code=True)
        # Ben's dialog was open, too, and opened with the right code: the door is closed now.
        with pytest.raises(NotAllowed):
            await save_setup(office, where, "UBEN", {"admins": ["UBEN"]}, has_code=True)
        with pytest.raises(NotAllowed, match="Somebody has to be an admin"):
            await save_setup(office, where, "UADAM", {"admins": []}, has_code=False)
        await save_setup(office, where, "UADAM", {"leads_channel": "CLEADS"}, has_code=False)
        setup = (await office.rules(where)).setup
        assert (setup.admins, setup.leads_channel) == (("UADAM",), "CLEADS")
