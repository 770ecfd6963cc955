"""Numbers nobody may merge: people somebody kept apart, whichever way they would meet, and the erased."""

from __future__ import annotations

import pytest

from handlers.flows.erase import erase_person
from handlers.flows.merge import merge_leads
from handlers.flows.same_person import around, keep_apart
from qualification.errors import Refused
from qualification.same_person import Alike
from tests.office import Desk, open_office

NAMES = ("Ada", "Bea", "Cyd")


async def colleagues(desk: Desk, count: int = 3) -> None:
    """Colleagues of whom any two may be one person."""
    for name in NAMES[:count]:
        await desk.form(email=f"{name}@acme.de", phone=None, first_name=name, last_name=f"{name}son")
    numbers = range(1001, 1001 + count)
    pairs = [Alike(older, newer, "company", 80) for older in numbers for newer in numbers if older < newer]
    async with desk.office.store.begin(desk.where) as work:
        await work.people.suggest(pairs, desk.clock())


async def test_two_kept_apart_do_not_meet_through_a_third(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await colleagues(desk)
        await keep_apart(desk.office, desk.where, 1001, 1002, "UANA")
        await merge_leads(desk.office, desk.where, 1002, 1003, "UBEN")

        for asked in ((1001, 1003), (1003, 1001), (1001, 1002)):
            with pytest.raises(Refused) as no:
                await merge_leads(desk.office, desk.where, *asked, "UBEN")
            assert "<@UANA> said that L-1001 and L-1002 are two people" in str(no.value)
            why = "L-1003 and L-1002 were merged" in str(no.value)
            assert why is (1003 in asked), "what the one has to do with the other"
        assert (await desk.lead(1001)).merged == ()


async def test_a_third_may_join_one_of_two_kept_apart_but_not_both(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        await colleagues(desk)
        await keep_apart(desk.office, desk.where, 1002, 1003, "UANA")
        await merge_leads(desk.office, desk.where, 1001, 1003, "UBEN")
        with pytest.raises(Refused, match="L-1002 and L-1003 are two people"):
            await merge_leads(desk.office, desk.where, 1001, 1002, "UBEN")
        assert (await desk.lead(1001)).merged == (1003,)


@pytest.mark.parametrize("erased", [1001, 1002])
async def test_whoever_was_erased_is_nobody_to_be_merged_with(database_url: str, erased: int) -> None:
    async with open_office(database_url) as desk:
        await colleagues(desk, 2)
        await erase_person(desk.office, desk.where, f"L-{erased}", "UADAM")

        left = 2003 - erased
        assert (await around(desk.office, desk.where, left)).pairs == (), "nobody is asked any more"
        with pytest.raises(Refused, match=f"L-{erased}: this person's data was erased"):
            await merge_leads(desk.office, desk.where, 1001, 1002, "UANA")
        lead = await desk.lead(left)
        assert (lead.number, lead.merged, lead.permission.opted_out) == (left, (), False)
        assert lead.profile.email
