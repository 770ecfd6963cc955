"""Taking leads in: whoever comes, in whatever batch, ends as the same leads."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers.flows.claim import claim_lead
from handlers.flows.receive import BURST
from qualification.lead import Stage
from qualification.stages import nurture
from store.tables.jobs import is_open, jobs
from tests.numbers import all_numbers
from tests.office import Desk, open_office

GRANTED = {"granted": True, "purposes": ["contact"]}


async def topics(desk: Desk) -> list[str]:
    """What is still to be done, by topic."""
    async with desk.office.store.reading() as connection:
        return list(
            (await connection.execute(select(jobs.c.topic).where(is_open()).order_by(jobs.c.id))).scalars()
        )


async def test_one_batch_or_many_gives_the_same_leads(database_url: str) -> None:
    async with open_office(database_url) as desk:
        arriving = [
            await desk.new(
                email=f"p{person}@acme.example",
                phone=None,
                action=action,
                occurred_at=(desk.clock() - timedelta(hours=hours)).isoformat(),
                consent=GRANTED,
            )
            for person, (action, hours) in itertools.product(
                "ab", (("webinar_attended", 3), ("content_download", 2), ("demo_request", 1))
            )
        ]
        together = await desk.take_in(*arriving)
        assert [v.status for v in together] == ["created", "updated", "updated"] * 2
        for again in arriving:
            assert [v.status for v in await desk.take_in(again)] == ["duplicate"]
        first = [await desk.lead(int(v.lead.removeprefix("L-"))) for v in together if v.lead]
        assert {lead.stage for lead in first} == {Stage.MQL}
        assert {len(lead.activities) for lead in first} == {3}


async def test_two_people_with_one_phone_stay_two_unless_nothing_speaks_against_it(database_url: str) -> None:
    async with open_office(database_url) as desk:
        one, other, third = await desk.take_in(
            await desk.new(),
            await desk.new(email="grace@acme.example", first_name="Grace", last_name="Hopper"),
            await desk.new(email=None, first_name=None, last_name=None, action="call_request"),
        )
        assert (one.status, other.status, third.status) == ("created", "created", "updated")
        assert not [why for why in other.reasons if "same person" in why], "nobody is asked about colleagues"
        assert third.lead == one.lead, "of two with this phone the oldest"


async def test_a_national_number_of_another_country_is_the_same_number_next_time(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        first = await desk.form(email=None, phone="020 7946 0958", country="GB", action="call_request")
        desk.clock.forward(60)
        again = await desk.form(email=None, phone="+44 20 7946 0958", country=None, action="call_request")
        assert (first.status, again.status, again.lead) == ("created", "updated", first.lead)


async def test_an_opt_out_may_name_only_the_record_it_is_about(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form(external_id="crm-7")
        desk.clock.forward(60)
        says_no = {"email": None, "phone": None, "first_name": None, "last_name": None, "consent": False}
        answered = await desk.form(**says_no, external_id="crm-7")
        assert (answered.status, answered.lead) == ("updated", "L-1001")
        assert (await desk.lead(1001)).permission.opted_out

        assert (await desk.form(**says_no, external_id="crm-8")).status == "not_a_lead"


async def test_a_burst_folds_into_one_digest_and_a_few_do_not(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.take_in(*[await desk.new(email=f"few{n}@acme.example", phone=None) for n in range(BURST)])
        assert (await topics(desk)).count("card.post") == BURST

        many = [await desk.new(email=f"many{n}@acme.example", phone=None) for n in range(BURST + 40)]
        assert {v.status for v in await desk.take_in(*many)} == {"created"}
        assert (await topics(desk)).count("card.post") == BURST
        assert (await topics(desk)).count("cards.digest") == 1
        assert (await topics(desk)).count("clock.claim") == 2 * BURST + 40, "their clocks run all the same"


async def test_what_waited_for_permission_counts_once_it_comes(database_url: str) -> None:
    async with open_office(database_url) as desk:
        quiet = {"action": "webinar_attended", "message": None}
        assert (await desk.form(**quiet)).status == "not_a_lead"
        desk.clock.forward(60)
        granted = await desk.form(**quiet, consent=GRANTED)
        assert granted.status == "created" and granted.lead
        assert len((await desk.lead(int(granted.lead.removeprefix("L-")))).activities) == 2

        await desk.form(**quiet, email="late@acme.example", phone=None)
        desk.clock.forward(8 * 86_400)
        later = await desk.form(**quiet, email="late@acme.example", phone=None, consent=GRANTED)
        assert later.lead
        assert len((await desk.lead(int(later.lead.removeprefix("L-")))).activities) == 1, (
            "seven days are over"
        )


async def test_a_colleagues_permission_does_not_release_what_waits_with_the_same_phone(
    database_url: str,
) -> None:
    grace = {"email": "grace@acme.example", "first_name": "Grace", "last_name": "Hopper"}
    async with open_office(database_url) as desk:
        assert (await desk.form(**grace, action="webinar_attended")).status == "not_a_lead"
        desk.clock.forward(60)
        ada = await desk.form()
        assert ada.lead
        hers = await desk.lead(int(ada.lead.removeprefix("L-")))
        assert [a.action for a in hers.activities] == ["demo_request"]
        assert hers.profile.email == "ada@acme.example"

        desk.clock.forward(60)
        agreed = await desk.form(**grace, action="content_download", consent=GRANTED)
        assert agreed.lead
        assert sorted(
            a.action for a in (await desk.lead(int(agreed.lead.removeprefix("L-")))).activities
        ) == ["content_download", "webinar_attended"], "it still waited for her"


@pytest.mark.parametrize("days_late", [0, 2])
async def test_a_late_lead_has_no_clock(sqlite_url: str, days_late: int) -> None:
    async with open_office(sqlite_url) as desk:
        happened = desk.clock() - timedelta(days=days_late)
        await desk.form(occurred_at=happened.isoformat())

        assert ("clock.claim" in await topics(desk)) == (days_late == 0)
        assert (await desk.lead(1001)).late == (days_late > 0)


async def test_an_inquiry_reopens_nurture_for_the_queue(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form()
        await claim_lead(desk.office, desk.where, 1001, "UANA")
        async with desk.office.at_lead(desk.where, 1001) as at:
            await at.record(nurture(at.lead, "UANA", at.now + timedelta(days=30), at.now))
        desk.clock.forward(3600)

        assert (await desk.form(action="pricing_request")).status == "updated"
        lead = await desk.lead(1001)
        assert (lead.stage, lead.owner, lead.previous_owner, lead.until) == (Stage.MQL, None, "UANA", None)
        assert {"card.post", "dm.send"} <= set(await topics(desk))


async def test_nothing_of_a_batch_is_saved_when_it_fails(database_url: str) -> None:
    async with open_office(database_url) as desk:
        good = await desk.new()
        with pytest.raises(AttributeError):
            await desk.take_in(good, None)  # type: ignore[arg-type]
        async with desk.office.store.read(desk.where) as work:
            assert await all_numbers(work) == []
        assert await topics(desk) == []
        assert (await desk.take_in(good))[0].status == "created"
