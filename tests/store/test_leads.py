"""Leads in the database: who is found, in which order they wait, and that two at once never both win."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import literal, select, update

from handlers.flows.claim import claim_lead
from handlers.flows.receive import take_in
from qualification.errors import Refused
from qualification.events import Event, Kind
from qualification.ownership import claim, snooze, touch
from qualification.qualify import Call, save_call
from qualification.stages import opt_out
from store.leads import Overtaken
from store.tables.base import Json
from store.tables.lead_body import BODY
from store.tables.leads import leads
from tests.clock import Clock
from tests.numbers import all_numbers
from tests.office import Desk, open_office


async def lead(desk: Desk, name: str, **fields: object) -> int:
    """A lead of this name and address; its number."""
    person = {"first_name": name, "last_name": None, "email": f"{name.lower()}@acme.example", "phone": None}
    verdict = await desk.form(**{**person, **fields})
    assert verdict.lead is not None
    return int(verdict.lead.removeprefix("L-"))


async def names(desk: Desk, of: str, *args: object) -> list[str]:
    """The first names a question gives, in order."""
    async with desk.office.store.read(desk.where) as work:
        found = await getattr(work.lists, of)(*args)
    return [one.profile.first_name for one in found]


async def test_two_bots_at_once_give_a_lead_to_one_rep(database_url: str) -> None:
    async with open_office(database_url) as one, open_office(database_url) as other:
        number = await lead(one, "Ada")
        reps = [f"U{n:02}" for n in range(20)]

        async def press(place: int, rep: str) -> str | None:
            desk = (one, other)[place % 2]
            try:
                return (await claim_lead(desk.office, desk.where, number, rep)).lead.owner
            except Refused as first:
                assert "already has" in str(first)
                return None

        owners = {who for who in await asyncio.gather(*(press(n, rep) for n, rep in enumerate(reps))) if who}
        assert owners == {(await one.lead(number)).owner}
        async with one.office.store.read(one.where) as work:
            history = await work.leads.history(number)
        assert [event.kind for event in history].count(Kind.CLAIMED) == 1


async def test_two_bots_at_once_make_one_lead_of_a_new_person(database_url: str) -> None:
    async with open_office(database_url) as one, open_office(database_url) as other:
        forms = [
            await one.new(action=action) for action in ("demo_request", "contact_form") for _ in range(5)
        ]
        forms = [replace(f, occurred_at=f.occurred_at - timedelta(minutes=n)) for n, f in enumerate(forms)]
        verdicts = await asyncio.gather(
            *(
                take_in(desk.office, desk.where, [form])
                for form, desk in zip(forms, (one, other) * 5, strict=True)
            )
        )

        told = [verdict for (verdict,) in verdicts]
        assert [v.status for v in told].count("created") == 1
        assert {v.lead for v in told} == {next(v.lead for v in told if v.status == "created")}
        async with one.office.store.read(one.where) as work:
            (number,) = await all_numbers(work)
            assert len(await work.leads.history(number)) == (await one.lead(number)).revision
        assert len((await one.lead(number)).activities) == 10


async def test_a_save_on_an_older_state_is_refused(database_url: str) -> None:
    async with open_office(database_url) as desk:
        number = await lead(desk, "Ada")
        old = await desk.lead(number)
        await claim_lead(desk.office, desk.where, number, "UANA")
        rules = (await desk.office.rules(desk.where)).definition
        now = desk.clock()

        with pytest.raises(Overtaken):
            async with desk.office.store.begin(desk.where) as work:
                await work.leads.record(
                    old, claim(old, "UBEN", now), (), step="s", definition=rules, country="DE", now=now
                )
        kept = await desk.lead(number)
        assert (kept.owner, kept.revision) == ("UANA", old.revision + 1)


async def test_the_queue_shows_inquiries_by_their_clock_then_the_rest_by_score(database_url: str) -> None:
    # A Monday morning, so that every clock runs.
    clock = Clock(datetime.fromisoformat("2026-11-02T09:30:00+00:00"))
    async with open_office(database_url, clock) as desk:
        asks_not = {"message": None, "consent": {"granted": True}}
        await lead(desk, "Webinar", action="webinar_attended", title="CEO", **asks_not)
        await lead(desk, "Reader", action="content_download", title="intern", employees=None, **asks_not)
        clock.forward(60)
        await lead(desk, "Second")
        clock.forward(60)
        first = await lead(desk, "Third")
        for gone in ("Claimed", "Asleep", "Never"):
            number = await lead(desk, gone)
            async with desk.office.at_lead(desk.where, number) as at:
                does = {
                    "Claimed": lambda: claim(at.lead, "UANA", at.now),
                    "Asleep": lambda: snooze(at.lead, "UANA", at.now + timedelta(days=1), at.now),
                    "Never": lambda: opt_out(at.lead, "UANA", at.now),
                }
                await at.record(does[gone]())
        assert first

        assert await names(desk, "queue", clock()) == ["Second", "Third", "Webinar", "Reader"]
        async with desk.office.store.read(desk.where) as work:
            assert await work.lists.queue_length(clock()) == 4
            assert await work.lists.queue_length(clock() + timedelta(days=2)) == 5, "the snooze is over"
        assert await names(desk, "queue", clock(), 1) == ["Second"]


async def test_my_leads_come_by_what_needs_me_next(database_url: str) -> None:
    async with open_office(database_url) as desk:
        rules = (await desk.office.rules(desk.where)).definition
        for name in ("Touched", "Fresh", "Planned"):
            async with desk.office.at_lead(desk.where, await lead(desk, name)) as at:
                events: list[Event] = claim(at.lead, "UANA", at.now)
                await at.record(events)
                if name == "Touched":
                    await at.record(touch(at.lead, "UANA", "call", at.now))
                if name == "Planned":
                    plan = Call(answers={}, inquiry=None, next_step_at=at.now + timedelta(days=1))
                    await at.record(save_call(at.lead, "UANA", plan, at.now, rules, []))
        await lead(desk, "Nobodys")

        assert await names(desk, "mine", "UANA") == ["Planned", "Fresh", "Touched"]
        assert await names(desk, "mine", "UBEN") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100%", ["Percent"]),
        ("a_c", ["Under"]),
        ("back\\slash", ["Slash"]),
        ("%", ["Percent"]),
        ("ACME percent", ["Percent"]),
        ("müller", ["Müller"]),
        ("MÜLLER", ["Müller"]),
        ("nobody", []),
        ("  ", []),
        ("'; DROP TABLE leads; --", []),
    ],
)
async def test_find_takes_every_character_as_it_is(database_url: str, text: str, found: list[str]) -> None:
    async with open_office(database_url) as desk:
        await lead(desk, "Percent", company="100% Acme")
        await lead(desk, "Under", company="a_c")
        await lead(desk, "Plain", company="abc")
        await lead(desk, "Slash", company="back\\slash")
        await lead(desk, "Müller", company="Bäcker", email="m@acme.example")

        assert await names(desk, "find", text) == found


async def test_a_lead_is_stored_without_its_empty_fields_and_read_with_or_without_them(
    database_url: str,
) -> None:
    async with open_office(database_url) as desk:
        number = await lead(desk, "Ada", message="By March")
        written = await desk.lead(number)
        here = (leads.c.workspace == desk.where, leads.c.number == number)
        async with desk.office.store.begin(desk.where) as work:
            said = (await work.execute(select(leads.c.body).where(*here))).scalar_one()
            assert "owner" not in said
            assert said["message"] == "By March"
            # As they were stored before: every field said.
            full = literal(BODY.dump_python(written, mode="json"), Json)
            await work.execute(update(leads).where(*here).values(body=full))
        assert await desk.lead(number) == written
