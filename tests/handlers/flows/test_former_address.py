"""Somebody changes their address: whoever writes from the old one, or looks for it, still finds them."""

from __future__ import annotations

from handlers.flows.erase import erase_person
from handlers.flows.find import find_leads
from handlers.flows.whose import find_whose
from tests.behaviour.calls import hears, identify, leads, track
from tests.behaviour.test_shared_browser import MINUTE
from tests.office import Desk, open_office
from tests.store.rebuild import wrong_columns

KNOWN = {"userId": "P1"}
NEW, OLD = "p1@new.example", "p1@old.example"


async def moved(desk: Desk) -> None:
    """They asked for a demo under one address and then told another."""
    now = desk.clock()
    await hears(desk, identify(now - 9 * MINUTE, {"email": OLD}, **KNOWN))
    await hears(desk, track("Demo Requested", now - 8 * MINUTE, **KNOWN))
    await hears(desk, identify(now - 7 * MINUTE, {"email": NEW}, **KNOWN))
    assert (await desk.lead(1001)).profile.email == NEW


async def test_the_old_address_still_leads_to_them(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await moved(desk)
        for address in (OLD, NEW):
            found = await find_leads(desk.office, desk.where, address)
            assert [seen.lead.number for seen in found.leads] == [1001], address
        form = await desk.form(email=OLD, phone=None, action="chat", message="Hello?")
        assert (form.status, form.lead) == ("updated", "L-1001")
        assert await leads(desk) == [1001]
        async with desk.office.store.read(desk.where) as work:
            rules = await desk.office.rules(desk.where)
            assert not await wrong_columns(work, 1001, rules.definition, rules.setup.country)


async def test_whoever_has_that_address_by_now_is_who_it_means(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        await desk.form(email=NEW, phone=None, first_name="Nora", last_name="Neu")
        await desk.form(email=OLD, phone=None, first_name="Otto", last_name="Alt")
        assert (await desk.form(email=OLD, phone=None, action="chat")).lead == "L-1002"


async def test_an_erasure_takes_the_way_there_along(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await moved(desk)
        await erase_person(desk.office, desk.where, OLD, "UADAM")
        assert (await desk.lead(1001)).erased
        assert not (await find_whose(desk.office, desk.where, NEW)).held
        assert not (await find_leads(desk.office, desk.where, OLD)).leads
        assert (await desk.form(email=OLD, phone=None)).status == "not_a_lead"
