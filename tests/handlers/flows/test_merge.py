"""Two leads that are one person: merged they are one lead, split they are what they were."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers.flows.claim import claim_lead
from handlers.flows.disqualify import opt_out_lead
from handlers.flows.log import log_touch
from handlers.flows.merge import merge_leads, split_leads
from handlers.flows.nurture import nurture_lead
from qualification.errors import Refused
from qualification.events import Kind
from qualification.history import steps_gone
from qualification.lead import Lead, Stage
from qualification.scoring import score
from store.tables.jobs import jobs
from tests.numbers import all_numbers
from tests.office import Desk, open_office
from tests.store.rebuild import wrong_columns

ADA = {"email": "ada@acme.de", "phone": None, "company": "Acme"}
HOME = {"email": "ada.lovelace@gmail.com", "phone": "+49 30 901820", "company": None, "title": "CTO"}
PERMISSION = {"granted": True, "purposes": ["contact", "marketing"]}


async def two_leads(desk: Desk) -> tuple[Lead, Lead]:
    """Ada from work, who wanted a paper, and a day later Ada from home, who wants a demo."""
    await desk.form(**ADA, action="content_download", message=None, consent=PERMISSION)
    desk.clock.forward(86_400)
    await desk.form(**HOME)
    return await desk.lead(1001), await desk.lead(1002)


async def raw(desk: Desk, number: int) -> Lead:
    """A number as it is kept, also one that only redirects."""
    async with desk.office.store.read(desk.where) as work:
        lead = await work.leads.get(number)
    assert lead is not None
    return lead


def unlike(a: Lead, b: Lead) -> dict[str, tuple[object, object]]:
    """What differs, but for how many events there were."""
    one, two = vars(a), vars(b)
    return {name: (one[name], two[name]) for name in one if name != "revision" and one[name] != two[name]}


async def test_the_older_number_stays_and_holds_what_both_did(database_url: str) -> None:
    async with open_office(database_url) as desk:
        paper, demo = await two_leads(desk)
        assert (paper.stage, demo.stage) == (Stage.LEAD, Stage.MQL)

        merged = await merge_leads(desk.office, desk.where, 1002, 1001, "UANA")

        lead = merged.saved.lead
        assert (lead.number, lead.merged, merged.other) == (1001, (1002,), 1002)
        assert [a.action for a in lead.activities] == ["content_download", "demo_request"]
        assert (lead.stage, lead.mql_at, lead.created_at) == (Stage.MQL, demo.mql_at, paper.created_at)
        assert (lead.profile.company, lead.profile.title, lead.profile.email) == (
            "Acme",
            "CTO",
            HOME["email"],
        )
        assert not lead.permission.marketing, "only what both allow"
        assert (await raw(desk, 1002)).merged_into == 1001
        assert (await desk.lead(1002)).number == 1001, "every road to the other number leads here"


async def test_the_score_is_replayed_not_summed(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        rules = await desk.office.rules(desk.where)
        await two_leads(desk)
        await merge_leads(desk.office, desk.where, 1001, 1002, "UANA")
        lead = await desk.lead(1001)
        await desk.form(**{**ADA, "email": "x@acme.de", "first_name": "Xenia"}, action="content_download")
        shown = score(lead, rules.definition, desk.clock())
        assert shown.engagement == 30, "10 and 30 points are more than there can be"
        assert shown.fit <= rules.definition.fit.max


async def test_forms_find_the_survivor_by_either_address_number_and_id(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form(**ADA, external_id="crm-1")
        await desk.form(**HOME, external_id="crm-2")
        await merge_leads(desk.office, desk.where, 1001, 1002, "UANA")

        desk.clock.forward(60)
        by_home = await desk.form(email=HOME["email"], action="pricing_request", phone=None)
        by_work = await desk.form(email=ADA["email"], action="quote_request", phone=None)
        by_phone = await desk.form(email=None, phone=HOME["phone"], action="call_request")
        by_id = await desk.form(email="new@acme.de", external_id="crm-2")
        assert [v.lead for v in (by_home, by_work, by_phone, by_id)] == ["L-1001"] * 4
        assert by_id.status == "duplicate"


async def test_split_again_restores_both_exactly(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await two_leads(desk)
        await claim_lead(desk.office, desk.where, 1002, "UBEN")
        before = await raw(desk, 1001), await raw(desk, 1002)
        merged = await merge_leads(desk.office, desk.where, 1001, 1002, "UANA")
        assert merged.saved.lead.owner == "UBEN"

        for _ in range(2):  # doing it twice does it once
            split = await split_leads(
                desk.office, desk.where, 1001, merged.saved.step, "UANA", for_good=False
            )
        assert not split.saved.step
        after = await raw(desk, 1001), await raw(desk, 1002)
        assert [unlike(*pair) for pair in zip(before, after, strict=True)] == [{}, {}]


async def test_what_was_done_since_stays_with_the_survivor(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await two_leads(desk)
        merged = await merge_leads(desk.office, desk.where, 1001, 1002, "UANA")
        await log_touch(desk.office, desk.where, 1002, "UBEN", "call", "spoke", "t1")
        await split_leads(desk.office, desk.where, 1001, merged.saved.step, "UANA", for_good=True)
        first, second = await desk.lead(1001), await desk.lead(1002)
        assert (first.owner, first.touches, first.notes) == ("UBEN", 1, "spoke")
        assert (second.owner, second.touches) == (None, 0)


async def test_an_opt_out_of_either_wins(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await two_leads(desk)
        await opt_out_lead(desk.office, desk.where, 1001, "UANA")
        merged = await merge_leads(desk.office, desk.where, 1001, 1002, "UANA")
        lead = merged.saved.lead
        assert lead.permission.opted_out and lead.stage is Stage.DISQUALIFIED and lead.reason == "opted_out"
        with pytest.raises(Refused):
            await claim_lead(desk.office, desk.where, 1002, "UANA")


async def test_three_numbers_and_the_middle_one_goes(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await two_leads(desk)
        await desk.form(email="ada@zuse.de", phone=None, action="webinar_signup", consent=PERMISSION)
        alone = [await raw(desk, number) for number in (1001, 1002, 1003)]
        low = await merge_leads(desk.office, desk.where, 1002, 1003, "UANA")
        await merge_leads(desk.office, desk.where, 1001, 1003, "UANA")
        lead = await desk.lead(1003)
        assert (lead.number, lead.merged, len(lead.activities)) == (1001, (1002, 1003), 3)

        await split_leads(desk.office, desk.where, 1002, low.saved.step, "UANA", for_good=True)

        lead = await desk.lead(1002)
        assert (lead.number, lead.merged, len(lead.activities)) == (1001, (1002,), 2)
        assert not unlike(await raw(desk, 1003), alone[2])
        rules = await desk.office.rules(desk.where)
        async with desk.office.store.read(desk.where) as work:
            for number in await all_numbers(work):
                assert not await wrong_columns(work, number, rules.definition, rules.setup.country)


async def test_what_both_did_can_earn_a_rep(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form(**ADA, action="webinar_signup", message=None, consent=PERMISSION)
        await desk.form(**HOME, action="content_download", message=None, consent=PERMISSION)
        assert (await desk.lead(1001)).stage is (await desk.lead(1002)).stage is Stage.LEAD
        merged = await merge_leads(desk.office, desk.where, 1001, 1002, "UANA")
        assert merged.saved.lead.stage is Stage.MQL
        await split_leads(desk.office, desk.where, 1001, merged.saved.step, "UANA", for_good=True)
        assert (await desk.lead(1001)).stage is (await desk.lead(1002)).stage is Stage.LEAD


async def test_the_survivors_owner_keeps_it(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        await two_leads(desk)
        await claim_lead(desk.office, desk.where, 1002, "UBEN")
        await claim_lead(desk.office, desk.where, 1001, "UANA")
        merged = await merge_leads(desk.office, desk.where, 1001, 1002, "UMAYA")
        assert merged.saved.lead.owner == "UANA"


async def test_two_replicas_merge_split_and_work_at_once_and_nothing_is_lost(postgres_url: str) -> None:
    async with open_office(postgres_url) as here, open_office(postgres_url, here.clock) as there:
        await two_leads(here)
        await here.form(email="ada@zuse.de", phone=None, action="quote_request")
        desks = (here, there)

        pairs = ((1001, 1002), (1002, 1003))
        both = await asyncio.gather(
            *(merge_leads(d.office, d.where, *pair, "UANA") for d in desks for pair in pairs)
        )
        assert sum(bool(one.saved.step) for one in both) == 2, "each pair was merged once"
        lead = await there.lead(1003)
        assert (lead.number, lead.merged) == (1001, (1002, 1003))

        here.clock.forward(60)  # at the same moment it would be 1002's own request once more
        async with here.office.store.read(here.where) as work:
            merges = [
                (n, e.step)
                for n in (1001, 1002)
                for e in await work.leads.history(n)
                if e.kind is Kind.MERGED and "other" in e.data
            ]
        said = await asyncio.gather(
            *(split_leads(d.office, d.where, *m, "UANA", for_good=True) for d in desks for m in merges),
            *(log_touch(d.office, d.where, 1003, "UBEN", "call", None, "t1") for d in desks),
            *(d.form(email="ada@zuse.de", phone=None, action="demo_request") for d in desks),
            return_exceptions=True,
        )
        assert not [one for one in said if isinstance(one, BaseException)], said
        async with here.office.store.read(here.where) as work:
            stories = {n: await work.leads.history(n) for n in (1001, 1002, 1003)}
            rules = await here.office.rules(here.where)
            for n in stories:
                assert not await wrong_columns(work, n, rules.definition, rules.setup.country)
        told = [event for events in stories.values() for event in events]
        assert sum(e.kind is Kind.TOUCHED for e in told) in (1, 2), "twice at one lead is once"
        gone = {step for events in stories.values() for step in steps_gone(events)}
        standing = [e for e in told if e.data.get("action") == "demo_request" and e.step not in gone]
        assert len(standing) == 2, "the first, and one now, wherever it stands by now"
        assert [(await there.lead(n)).merged for n in stories] == [(), (), ()]


async def test_a_date_that_came_while_it_was_merged_still_brings_it_back(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        await two_leads(desk)
        until = desk.clock() + timedelta(days=3)
        await nurture_lead(desk.office, desk.where, 1002, "UBEN", until)
        await claim_lead(desk.office, desk.where, 1001, "UANA")
        merged = await merge_leads(desk.office, desk.where, 1001, 1002, "UANA")
        desk.clock.forward(5 * 86_400)
        await split_leads(desk.office, desk.where, 1001, merged.saved.step, "UANA", for_good=True)
        async with desk.office.store.reading() as connection:
            query = select(jobs.c.payload).where(jobs.c.topic == "lead.back", jobs.c.dedup.contains(":1002:"))
            due = [row.payload["lead"] for row in (await connection.execute(query)).all()]
        assert due == [1002, 1002], "the first when it was handed back, the second when it was split"


async def test_promises_that_rang_for_somebody_else_ring_again_once_split(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        await two_leads(desk)
        await claim_lead(desk.office, desk.where, 1002, "UBEN")
        await claim_lead(desk.office, desk.where, 1001, "UANA")
        merged = await merge_leads(desk.office, desk.where, 1001, 1002, "UMAYA")
        desk.clock.forward(5 * 86_400)
        await split_leads(desk.office, desk.where, 1001, merged.saved.step, "UMAYA", for_good=True)
        assert (await desk.lead(1002)).owner == "UBEN"
        async with desk.office.store.reading() as connection:
            query = (
                select(jobs.c.payload, jobs.c.due).where(jobs.c.topic == "clock.touch").order_by(jobs.c.id)
            )
            rung = (await connection.execute(query)).all()
        promised = [row.payload for row in rung[:2]]
        assert [one["lead"] for one in promised] == [1002, 1001]
        again = [row.payload for row in rung[2:]]
        assert sorted(again, key=str) == sorted(promised, key=str), "of the same events, under both numbers"
