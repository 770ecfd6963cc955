"""The page of somebody who was held under two numbers: one state, whichever link they follow."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.flows.erase import erase_when_due
from handlers.flows.merge import merge_leads, split_leads
from handlers.flows.own_page import (
    OwnPage,
    ask_erasure,
    keep_after_all,
    make_link,
    opt_out_by_link,
    see_own_page,
    withdraw_by_link,
)
from handlers.views.own_page import own_data, own_page
from qualification.errors import Refused
from store.tables.jobs import jobs
from tests.behaviour.calls import YES, hears, identify
from tests.office import Desk, open_office

AT_WORK = {"email": "ada@acme.de", "phone": None, "message": "From the office"}
AT_HOME = {"email": "ada@gmail.com", "phone": None, "message": "From my sofa"}
ALL = {"granted": True, "purposes": ["contact", "marketing"], "text_version": "2026-05"}


async def link_of(desk: Desk, number: int) -> str:
    """The token of a fresh link."""
    url = await make_link(desk.office, desk.where, number, "UADAM", "https://x")
    return url.rpartition("/")[2]


async def merged(desk: Desk) -> tuple[tuple[str, str], str]:
    """Ada from work and Ada from home, a link for each, then merged; and the merge's step."""
    await desk.form(**AT_WORK, consent=ALL)
    desk.clock.forward(60)
    await desk.form(**AT_HOME, consent=ALL)
    links = await link_of(desk, 1001), await link_of(desk, 1002)
    return links, (await merge_leads(desk.office, desk.where, 1001, 1002, "UANA")).saved.step


async def pages(desk: Desk, links: tuple[str, str]) -> list[OwnPage]:
    return [await see_own_page(desk.office, desk.where, link) for link in links]


async def test_both_links_show_one_person_with_what_they_said_under_either_number(database_url: str) -> None:
    async with open_office(database_url) as desk:
        links, _ = await merged(desk)
        for page in await pages(desk, links):
            assert page.lead.number == 1001
            said = [told.get("message") for _, told in page.told]
            assert said == ["From the office", "From my sofa"]
            assert [one.purpose for one in page.receipts] == ["contact", "marketing"] * 2
            assert all(one.granted for one in page.receipts), "one number's Yes took nothing from the other"
            assert len(page.did) == 2


async def test_what_they_decide_by_one_link_shows_on_both(database_url: str) -> None:
    async with open_office(database_url) as desk:
        links, _ = await merged(desk)
        await withdraw_by_link(desk.office, desk.where, links[1], "marketing")
        assert [page.lead.permission.marketing for page in await pages(desk, links)] == [False, False]
        await opt_out_by_link(desk.office, desk.where, links[1])
        for page in await pages(desk, links):
            assert (page.lead.permission.opted_out, page.lead.permission.contact) == (True, False)


@pytest.mark.parametrize("number", [1001, 1002])
async def test_a_deletion_asked_by_either_link_is_asked_once_and_may_be_kept(
    database_url: str, number: int
) -> None:
    async with open_office(database_url) as desk:
        links, _ = await merged(desk)
        for link in reversed(links):
            await ask_erasure(desk.office, desk.where, link)
        async with desk.office.store.reading() as connection:
            topics = [row.topic for row in (await connection.execute(jobs.select())).all()]
        assert topics.count("erase.due") == 1
        assert [page.asked.state for page in await pages(desk, links) if page.asked] == ["asked", "asked"]

        await keep_after_all(desk.office, desk.where, number, "UADAM", "contract")
        assert [page.asked.state for page in await pages(desk, links) if page.asked] == ["kept", "kept"]
        with pytest.raises(Refused):
            await keep_after_all(desk.office, desk.where, number, "UADAM", "contract")


async def test_split_again_before_the_grace_is_over_only_who_asked_is_erased(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        links, step = await merged(desk)
        await ask_erasure(desk.office, desk.where, links[1])
        await split_leads(desk.office, desk.where, 1001, step, "UANA", for_good=True)
        desk.clock.forward(8 * 86_400)
        async with desk.office.store.reading() as connection:
            rows = (await connection.execute(jobs.select())).all()
        (due,) = [row.payload for row in rows if row.topic == "erase.due"]
        await erase_when_due(desk.office, desk.where, due["lead"], due["erasure"])
        assert [(await desk.lead(number)).erased for number in (1001, 1002)] == [False, True]


async def test_an_address_they_gave_before_is_held_and_so_it_is_shown(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        now = desk.clock()
        await desk.form(email="ada@acme.de", phone=None)
        await hears(desk, identify(now, {"email": "ada@acme.de", "consent": YES}, userId="u7"))
        later = now + timedelta(seconds=1)
        await hears(desk, identify(later, {"email": "ada@new.de"}, userId="u7"))
        page = await see_own_page(desk.office, desk.where, await link_of(desk, 1001))
        assert own_data(page)["about_you"]["email"] == "ada@new.de"
        said = own_page(page, ZoneInfo("UTC"))
        assert "ada@acme.de" in said
        assert said.count("ada@new.de") == 1, "what stands above is not said twice"
