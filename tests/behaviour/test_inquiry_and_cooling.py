"""A request by any road is a direct inquiry; a rep's word has a name and a date; what gets old is said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.flows.find import my_leads, the_queue
from handlers.views.lead_lists import lead_line
from qualification.ownership import claim
from qualification.qualify import Call
from qualification.scoring import is_direct_inquiry
from qualification.stages import Stage
from tests.behaviour.calls import ADA, hears, leads, track
from tests.office import open_office
from tests.qualification.stories import Story, after, form


@pytest.mark.parametrize(
    ("event", "properties"),
    [
        ("Demo Requested", {}),
        ("Pricing Requested", {}),
        ("Quote Requested", {}),
        ("Call Requested", {}),
        ("Email Replied", {"sentiment": "positive"}),
        ("Contact Form Submitted", {"message": "Do you deliver to Linz?"}),
    ],
)
async def test_what_asks_for_us_is_a_direct_inquiry_also_from_a_website(
    sqlite_url: str, event, properties
) -> None:
    async with open_office(sqlite_url) as desk:
        if event == "Email Replied":  # a reply asks for no permission by itself: we wrote to somebody we may
            await desk.form(
                email=ADA["email"], action="newsletter_signup", consent={"granted": True}, message=None
            )
        await hears(desk, track(event, desk.clock() - timedelta(minutes=1), {**ADA, **properties}))
        (number,) = await leads(desk)
        lead = await desk.lead(number)
        assert is_direct_inquiry(lead, (await desk.office.rules(desk.where)).definition)
        assert lead.stage is Stage.MQL
        assert lead.claim_due


def test_who_said_so_and_since_when_changes_only_with_the_word():
    story = Story()
    story.comes_in(form("webinar_attended"))
    story.qualifies("UANA", Call(inquiry=True), after(hours=1))
    story.qualifies("UBEN", Call(inquiry=True, notes="yes"), after(hours=2))
    assert (story.now_is.inquiry_by, story.now_is.inquiry_said_at) == ("UANA", after(hours=1))
    story.qualifies("UBEN", Call(inquiry=False), after(hours=3))
    assert (story.now_is.inquiry_by, story.now_is.inquiry_said_at) == ("UBEN", after(hours=3))
    story.qualifies("UBEN", Call(), after(hours=4))
    assert (story.now_is.inquiry_by, story.now_is.inquiry_said_at) == (None, None)


async def test_lists_say_who_is_cooling_and_the_stage_stays(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        ordinary = {"title": None, "employees": None, "industry": None, "country": None, "phone": None}
        await desk.form(**ordinary)
        await desk.form(**ordinary, email="bo@bolt.example", first_name="Bo")
        async with desk.office.at_lead(desk.where, 1002) as at:
            await at.record(claim(at.lead, "UANA", at.now))
        for days, cool in ((1, False), (70, True)):
            desk.clock.forward(days * 86_400)
            mine = (await my_leads(desk.office, desk.where, "UANA")).leads
            queue = (await the_queue(desk.office, desk.where)).leads
            for seen in (*mine, *queue):
                assert seen.cooling is cool
                assert ("cooling" in lead_line(seen, {})) is cool
                assert seen.lead.stage is Stage.MQL
