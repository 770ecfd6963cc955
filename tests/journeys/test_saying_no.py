"""A no is taken for what it says: to marketing, to being contacted, or to nobody knows what."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from handlers.flows.details import whole_lead
from qualification.lead import Stage
from tests.behaviour.calls import hears, identify, track
from tests.handlers.slack.desk import text_of
from tests.house import House, house
from tests.office import Desk, open_office

ALL = {"granted": True, "purposes": ["contact", "marketing", "profiling"]}
MINUTE = timedelta(minutes=1)


async def receipts(desk: Desk, number: int = 1001) -> list[tuple[str, bool]]:
    told = await whole_lead(desk.office, desk.where, number, "UADAM")
    return [(one.purpose, one.granted) for one in told.receipts]


async def test_no_to_marketing_takes_back_marketing_and_closes_nothing(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form(consent=ALL)
        desk.clock.forward(60)
        no = {"granted": False, "purposes": ["marketing"]}
        assert (await desk.form(action="contact_form", consent=no)).status == "updated"
        lead = await desk.lead(1001)
        held = lead.permission
        assert (held.contact, held.marketing, held.profiling, held.opted_out) == (True, False, True, False)
        assert lead.stage is Stage.MQL and lead.activities[-1].action == "contact_form"
        assert ("marketing", False) in await receipts(desk)

        desk.clock.forward(60)
        await desk.form(action="contact_form", consent={**no, "purposes": ["profiling"]})
        assert not (await desk.lead(1001)).permission.profiling


async def test_somebody_new_may_ask_for_a_demo_and_want_no_mail(database_url: str) -> None:
    async with open_office(database_url) as desk:
        no = {"granted": False, "purposes": ["marketing", "profiling"]}
        assert (await desk.form(consent=no)).status == "created"
        held = (await desk.lead(1001)).permission
        assert (held.contact, held.marketing, held.basis) == (True, False, "their request")


async def sold(h: House) -> dict[str, Any]:
    """Ana has qualified Ada; gives the card."""
    await h.form(consent=ALL)
    await h.quiet()
    await h.slack.command("ana", "/lead L-1001 qualify")
    answers = {
        "Budget": "Approved and in range",
        "Authority": "Signs",
        "Need": "Deadline or measured cost",
        "Timeline": "Within 30 days",
    }
    await h.slack.submit("ana", answers)
    await h.quiet()
    assert (await h.lead(1001)).stage is Stage.SQL
    return (await h.cards())[0]


async def test_a_no_to_nobody_knows_what_closes_no_deal_and_its_rep_is_asked(database_url: str) -> None:
    async with house(database_url) as h:
        card = await sold(h)
        h.clock.ahead += MINUTE
        told = await h.form(action="newsletter_signup", message="I am Ada", consent={"granted": False})
        assert told["status"] == "updated"
        await h.quiet()
        lead = await h.lead(1001)
        held = lead.permission
        assert (lead.stage, held.contact, held.marketing, held.profiling) == (Stage.SQL, True, False, False)
        (asks,) = [text for text in await h.thread(card["ts"]) if "without saying to what" in text]
        assert "<@UANA>" in asks and "`/lead L-1001 optout`" in asks

        await h.slack.command("ana", "/lead L-1001 history")
        await h.slack.command("ana", "/lead L-1001 details")
        await h.quiet()
        view = text_of(await h.slack.view("ana"))
        assert "Gave permission: to contact them, marketing, profiling" in view
        assert "Said no without saying to what" in view and "permission: “" not in view

        await h.slack.close("ana")
        await h.slack.command("ana", "/lead L-1001 optout")
        assert (await h.lead(1001)).permission.opted_out


async def test_an_address_that_shares_a_phone_opts_nobody_out(database_url: str) -> None:
    async with open_office(database_url) as desk:
        paul = {"phone": "+49 171 1110001", "first_name": "Paul", "last_name": "Pohl"}
        await desk.form(**paul, email=None, action="call_request")
        no = {"granted": False}
        stranger = await desk.form(**paul, email="attacker@evil.example", action="chat", consent=no)
        assert stranger.status == "not_a_lead"
        assert not (await desk.lead(1001)).permission.opted_out
        await desk.form(**paul, email=None, action="chat", consent=no)
        assert (await desk.lead(1001)).permission.opted_out, "their own number is theirs"


async def test_unsubscribing_takes_marketing_back_with_a_receipt(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form(consent=ALL)
        desk.clock.forward(600)
        at = desk.clock() - MINUTE
        await hears(desk, track("Email Unsubscribed", at, {"email": "ada@acme.example"}, userId="u-7"))
        lead = await desk.lead(1001)
        assert not lead.permission.marketing and lead.permission.contact
        assert (await receipts(desk))[-1] == ("marketing", False)
        assert lead.activities[-1].action == "unsubscribe"


async def test_unsubscribing_before_somebody_is_a_lead_holds_too(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        now, ids = desk.clock(), {"userId": "u-7"}
        traits = {"email": "ada@acme.example", "consent": ALL}
        await hears(desk, identify(now - 9 * MINUTE, traits, **ids))
        await hears(desk, track("Email Unsubscribed", now - 8 * MINUTE, **ids))
        await hears(desk, track("Demo Requested", now - 7 * MINUTE, **ids))
        held = (await desk.lead(1001)).permission
        assert (held.contact, held.marketing, held.profiling) == (True, False, True)


async def test_a_withdrawal_in_details_reads_as_one(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form(consent=ALL)
        await h.quiet()
        await h.slack.command("ana", "/lead L-1001 details")
        await h.slack.click("ana", "Withdraw marketing")
        await h.quiet()
        view = json.dumps(await h.slack.view("ana"))
        assert "Withdrew permission: marketing" in view
