"""What people said about being profiled, when they said it, and what of it we must not forget."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from handlers.flows.behaviour import hear
from handlers.flows.erase import erase_person
from handlers.flows.permission import withdraw
from handlers.http.event_body import read_signal
from handlers.http.events import make_ear
from handlers.http.lead_body import Reader
from qualification.lead import Stage
from qualification.scoring import score
from store.tables.leads import lead_events
from tests.behaviour.calls import (
    ADA,
    ANALYTICS,
    NO_ANALYTICS,
    YES,
    did,
    everything_kept,
    hears,
    identify,
    kept_visits,
    leads,
    page,
    track,
)
from tests.office import Desk, open_office

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
KNOWN = {"userId": "u-7", "anonymousId": None}
ALL = {"granted": True, "purposes": ["contact", "profiling", "sharing"]}


async def hears_privately(desk: Desk, *calls: dict[str, Any]) -> None:
    """The same by a browser that sends Sec-GPC: 1."""
    rules = await desk.office.rules(desk.where)
    reader = Reader(rules.definition, rules.setup.country, rules.setup.zone, desk.clock(), "events")
    ear = make_ear(reader, desk.where, {}, objects=True)
    async with desk.office.store.begin(desk.where) as work:
        await hear(work, [read_signal(dict(body), ear) for body in calls], rules, desk.clock())


async def engagement(desk: Desk, number: int = 1001) -> int:
    rules = await desk.office.rules(desk.where)
    return score(await desk.lead(number), rules.definition, desk.clock()).engagement


async def test_do_not_sell_is_kept_with_a_name_until_it_is_a_lead(database_url: str) -> None:
    async with open_office(database_url) as desk:
        now = desk.clock()
        await hears_privately(desk, identify(now - 9 * MINUTE, {**ADA, "consent": ALL}, userId="u-7"))
        await hears(desk, track("Demo Requested", now, userId="u-7"))
        held = (await desk.lead(1001)).permission
        assert (held.contact, held.profiling, held.sharing) == (True, False, False)
        assert held.objected_at == now - 9 * MINUTE

        # Their browser may say so while they only look around; and a newer yes wins, as for any lead.
        ben = {"anonymousId": "ben-1", "userId": "u-8"}
        traits = {"email": "ben@bolt.example", "consent": ALL}
        await hears(desk, identify(now - 9 * MINUTE, traits, **ben))
        await hears_privately(desk, page("/pricing", now - 8 * MINUTE, **ben))
        await hears(desk, track("Demo Requested", now - 7 * MINUTE, **ben))
        assert (await desk.lead(1002)).permission.objected_at == now - 8 * MINUTE
        assert not (await desk.lead(1002)).permission.profiling
        await hears(desk, identify(now - 6 * MINUTE, traits, **ben))
        assert (await desk.lead(1002)).permission.profiling


async def test_a_yes_said_before_somebody_is_a_lead_is_dated_when_it_was_said(database_url: str) -> None:
    async with open_office(database_url) as desk:
        now = desk.clock()
        await hears(desk, identify(now - 9 * MINUTE, {**ADA, "consent": YES}, **KNOWN))
        await hears(desk, track("Demo Requested", now - 5 * MINUTE, **KNOWN))
        assert (await desk.lead(1001)).permission.agreed_at == now - 9 * MINUTE


async def test_who_was_erased_is_not_remembered_by_name(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form()
        await erase_person(desk.office, desk.where, "ada@acme.example", "UADAM")
        desk.office.forget_rules()
        now = desk.clock()
        await hears(
            desk,
            identify(now, **KNOWN),
            track("Demo Requested", now, {"email": ADA["email"]}, userId="u-9", context={"traits": ADA}),
            page("/pricing", now, context={"traits": ADA}),
        )
        assert await leads(desk) == [1001]
        kept = (await everything_kept(desk)).lower()
        assert "acme" not in kept
        assert "lovelace" not in kept
        # What she asked for under that browser's id is not the next person's.
        ben = {"email": "ben@bolt.example", "consent": YES}
        await hears(desk, track("Demo Requested", now + SECOND, context={"traits": ben}))
        assert [name for name, _ in await did(desk, (await leads(desk))[-1]) if name == "demo_request"] == [
            "demo_request"
        ]


async def test_saying_ones_name_again_does_not_put_off_that_it_is_forgotten(database_url: str) -> None:
    async with open_office(database_url) as desk:
        for day in range(0, 12, 3):
            assert ("Lovelace" in await everything_kept(desk)) == (day in (3, 6))
            await hears(desk, identify(desk.clock(), **KNOWN))
            desk.clock.forward(3 * 86_400)
            async with desk.office.store.begin(desk.where) as work:
                await work.visitors.expire(desk.clock())


async def test_who_takes_profiling_back_becomes_no_mql_by_what_we_had_watched(database_url: str) -> None:
    async with open_office(database_url) as desk:
        news = {"email": "ada@acme.example", "phone": None, "action": "newsletter_signup", "message": None}
        await desk.form(**news, consent=YES)
        await hears(desk, identify(desk.clock(), **KNOWN))
        desk.clock.forward(60)
        await hears(desk, track("Product Video Watched", desk.clock(), **KNOWN))
        assert (await engagement(desk), (await desk.lead(1001)).stage) == (10, Stage.LEAD)
        await withdraw(desk.office, desk.where, 1001, "themselves", "profiling")
        desk.clock.forward(60)
        await desk.form(**news, consent={"granted": True, "purposes": ["contact"]})
        assert (await engagement(desk), (await desk.lead(1001)).stage) == (10, Stage.LEAD)
        # What they hand in themselves always counts.
        desk.clock.forward(60)
        await desk.form(**{**news, "action": "content_download"})
        assert (await desk.lead(1001)).stage is Stage.MQL


async def test_a_view_counts_by_what_they_allowed_when_they_made_it(database_url: str) -> None:
    """Before the consent it does not count, after it it does: whichever of them we hear of first."""
    async with open_office(database_url) as desk:
        now, ends = desk.clock(), []
        for person, order in enumerate(((0, 1, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))):
            ids = {"userId": f"u-{person}", "anonymousId": None}
            traits = {"email": f"a{person}@acme.example"}
            await desk.form(**traits, phone=None, action="newsletter_signup", message=None, consent=True)
            await hears(desk, identify(now - 60 * MINUTE, traits, **ids))
            calls = [
                page("/pricing", now - 50 * MINUTE, **ids),
                identify(now - 40 * MINUTE, {**traits, "consent": YES}, **ids),
                track("Product Video Watched", now - 30 * MINUTE, **ids),
            ]
            for one in order:
                await hears(desk, calls[one])
            number = 1001 + person
            ends.append((await did(desk, number), await engagement(desk, number)))
        assert ends[0][0][:2] == [("pricing_page", "profiling"), ("product_video", "")]
        assert ends == [ends[0]] * 4


async def test_the_banners_no_takes_back_the_banners_yes(database_url: str) -> None:
    async with open_office(database_url) as desk:
        now = desk.clock()
        await hears(desk, identify(now - 60 * MINUTE, {**ADA, "consent": YES}, **KNOWN))
        await hears(desk, track("Demo Requested", now - 50 * MINUTE, **KNOWN))
        await hears(desk, identify(now - 40 * MINUTE, {}, context=ANALYTICS, **KNOWN))
        assert (await desk.lead(1001)).permission.profiling
        for minute in (30, 29, 28):
            await hears(desk, page("/pricing", now - minute * MINUTE, context=NO_ANALYTICS, **KNOWN))
        await hears(desk, page("/pricing", now - 20 * MINUTE, **KNOWN))
        held = (await desk.lead(1001)).permission
        assert (held.contact, held.profiling, held.objected_at) == (True, False, None)
        assert await did(desk, 1001) == [("demo_request", ""), ("pricing_page", "profiling")]
        async with desk.office.store.read(desk.where) as work:
            rows = (
                await work.execute(select(lead_events.c.data).where(lead_events.c.kind == "permission"))
            ).all()
        noes = [row.data for row in rows if row.data.get("profiling") is False]
        assert len(noes) == 1, "one no, however many pages it came with"
        # A yes is as easy again.
        await hears(desk, identify(now - 10 * MINUTE, {}, context=ANALYTICS, **KNOWN))
        assert (await desk.lead(1001)).permission.profiling


async def test_a_banners_no_before_somebody_is_a_lead_counts_too(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        now = desk.clock()
        await hears(desk, identify(now - 9 * MINUTE, {**ADA, "consent": YES}, **KNOWN))
        await hears(desk, page("/pricing", now - 8 * MINUTE, context=NO_ANALYTICS, **KNOWN))
        await hears(desk, track("Demo Requested", now - 7 * MINUTE, **KNOWN))
        held = (await desk.lead(1001)).permission
        assert (held.contact, held.profiling) == (True, False)


@pytest.mark.parametrize("seed", range(4))
async def test_a_click_is_a_machines_whichever_we_hear_first(database_url: str, seed: int) -> None:
    """Delivery and clicks in batches of any order: the first click came within two seconds, the other not."""
    dice = random.Random(seed)
    async with open_office(database_url) as desk:
        at = desk.clock() - 30 * MINUTE
        await hears(desk, identify(at - MINUTE, {**ADA, "consent": YES}, **KNOWN))
        await hears(desk, track("Demo Requested", at - MINUTE, **KNOWN))
        calls = [*_mail("m-1", at, KNOWN), *_mail("m-2", at + timedelta(seconds=0.5), KNOWN)]
        dice.shuffle(calls)
        if not seed:
            calls.sort(key=lambda one: one["event"], reverse=True)  # all clicks before any delivery
        while calls:
            size = dice.randint(1, 3) if seed else 1
            await hears(desk, *calls[:size])
            del calls[:size]
        clicks = [why for name, why in await did(desk, 1001) if name == "email_click"]
        assert clicks == ["too_fast", "too_fast", "", ""]


def _mail(name: str, at: datetime, ids: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        track("Email Delivered", at, {"email_id": name}, **ids),
        track("Email Link Clicked", at + SECOND, {"email_id": name}, **ids),
        track("Email Link Clicked", at + 5 * SECOND, {"email_id": name}, **ids),
    ]


async def test_a_machines_click_is_known_also_while_nobody_knows_whose_it_is(database_url: str) -> None:
    async with open_office(database_url) as desk:
        at = desk.clock() - 30 * MINUTE
        delivered, fast, slow = _mail("m-1", at, {})
        await hears(desk, fast, slow)
        other = track("Email Delivered", at, {"email_id": "m-2"})
        await hears(desk, other)
        assert [visit.uncounted for visit in await kept_visits(desk)] == ["", ""], "another mail's delivery"
        await hears(desk, delivered)
        assert [visit.uncounted for visit in await kept_visits(desk)] == ["too_fast", ""]


async def test_an_mql_by_a_machines_click_is_none(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        at = desk.clock() - 30 * MINUTE
        await hears(desk, identify(at - MINUTE, {**ADA, "title": "CEO", "consent": YES}, **KNOWN))
        await hears(desk, track("Webinar Registered", at - MINUTE, **KNOWN))
        delivered, fast, _ = _mail("m-1", at, KNOWN)
        await hears(desk, fast)
        assert (await desk.lead(1001)).stage is Stage.MQL
        await hears(desk, delivered)
        lead = await desk.lead(1001)
        assert (lead.stage, lead.mql_at, await engagement(desk)) == (Stage.LEAD, None, 10)
