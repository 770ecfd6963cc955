"""Visitors become known people, with consent; without it they stay traffic. On both databases."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

from qualification.events import Event, Kind
from qualification.lead import Stage
from qualification.scoring import is_direct_inquiry, score
from store.tables.intake import traffic
from tests.behaviour.calls import (
    ADA,
    ANALYTICS,
    NO_ANALYTICS,
    YES,
    call,
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

MINUTE = timedelta(minutes=1)


async def seen(desk: Desk, number: int):
    rules = await desk.office.rules(desk.where)
    return score(await desk.lead(number), rules.definition, desk.clock())


async def test_anonymous_activity_joins_the_lead_with_consent(database_url: str) -> None:
    async with open_office(database_url) as desk:
        now = desk.clock()
        await hears(desk, page("/pricing", now - 30 * MINUTE), page("/blog/x", now - 20 * MINUTE))
        assert await leads(desk) == []
        kept = await everything_kept(desk)
        # No word of the letters a to f alone: hashes of visitors hold "ada" by chance every now and then.
        for personal in ("anna-1", "acme", "http", "utm", "Prices"):
            assert personal not in kept, personal

        await hears(desk, identify(now - 10 * MINUTE, {**ADA, "consent": YES}, userId="u-7"))
        assert await leads(desk) == [], "who somebody is makes no lead"
        await hears(desk, track("Demo Requested", now - 5 * MINUTE, userId="u-7"))
        assert await leads(desk) == [1001]
        assert await did(desk, 1001) == [("pricing_page", ""), ("blog_page", ""), ("demo_request", "")]
        lead = await desk.lead(1001)
        assert (lead.stage, lead.profile.name_only, lead.permission.profiling) == (
            Stage.MQL,
            "Ada Lovelace",
            True,
        )
        assert is_direct_inquiry(lead, (await desk.office.rules(desk.where)).definition)
        assert await kept_visits(desk) == []
        assert "Lovelace" not in await everything_kept(desk), "what is personal stands with the lead"

        # From now on the anonymous id is hers, wherever she comes from.
        await hears(
            desk, page("/product/a", now - MINUTE), page("/product/b", now, anonymousId=None, userId="u-7")
        )
        assert (await did(desk, 1001))[3:] == [("product_page", ""), ("product_page", "")]


async def test_without_consent_it_stays_traffic_and_a_request_counts_all_the_same(database_url: str) -> None:
    async with open_office(database_url) as desk:
        now = desk.clock()
        await hears(desk, page("/pricing", now - 30 * MINUTE))
        await hears(desk, identify(now - 20 * MINUTE))
        await hears(desk, track("Demo Requested", now - 10 * MINUTE), page("/pricing", now - 5 * MINUTE))
        assert await did(desk, 1001) == [("demo_request", "")]
        assert not (await desk.lead(1001)).permission.profiling
        assert [visit.action for visit in await kept_visits(desk)] == ["pricing_page", "pricing_page"]


async def test_who_is_known_by_user_id_keeps_what_they_did_but_it_counts_only_with_profiling(
    database_url: str,
) -> None:
    async with open_office(database_url) as desk:
        now = desk.clock()
        await desk.form(email="ada@acme.example", message=None)
        await hears(desk, identify(now - 9 * MINUTE, userId="u-7", anonymousId=None))
        await hears(desk, page("/pricing", now - 8 * MINUTE, userId="u-7", anonymousId=None))
        assert ("pricing_page", "profiling") in await did(desk, 1001)
        before = (await seen(desk, 1001)).engagement
        assert before == 30
        await hears(desk, identify(now - 7 * MINUTE, {}, userId="u-7", anonymousId=None, context=ANALYTICS))
        assert (await desk.lead(1001)).permission.profiling
        await hears(desk, page("/blog/1", now - 6 * MINUTE, userId="u-7", anonymousId=None))
        assert ("blog_page", "") in await did(desk, 1001)


async def test_what_the_banner_forbids_is_counted_and_not_kept(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await hears(desk, page("/pricing", desk.clock(), context=NO_ANALYTICS))
        assert await kept_visits(desk) == []
        await hears(desk, page("/pricing", desk.clock()), track("Order Completed", desk.clock()))
        async with desk.office.store.read(desk.where) as work:
            rows = (await work.execute(traffic.select())).all()
        counted = {(row.source, row.why): row.count for row in rows}
        assert counted == {("newsletter", "anonymous"): 2, ("unknown", "anonymous"): 1}


async def test_the_request_may_come_before_the_name(database_url: str) -> None:
    async with open_office(database_url) as desk:
        now = desk.clock()
        await hears(desk, track("Pricing Requested", now - 9 * MINUTE))
        assert await leads(desk) == []
        await hears(desk, identify(now - 8 * MINUTE))
        assert await did(desk, 1001) == [("pricing_request", "")]
        assert (await desk.lead(1001)).permission.basis == "their request"


async def test_a_signup_without_permission_waits_and_identify_can_bring_it(database_url: str) -> None:
    async with open_office(database_url) as desk:
        now = desk.clock()
        await hears(desk, track("Webinar Registered", now - 9 * MINUTE, {"email": "ada@acme.example"}))
        assert await leads(desk) == []
        await hears(desk, identify(now - 8 * MINUTE, {**ADA, "consent": YES}))
        (number,) = await leads(desk)
        assert await did(desk, number) == [("webinar_signup", "")]


async def test_a_refusal_takes_back_what_was_given(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form(email="ada@acme.example")
        await hears(desk, identify(desk.clock(), {**ADA, "consent": {"granted": False}}))
        assert (await desk.lead(1001)).permission.opted_out
        assert "acme" not in await everything_kept(desk)


async def test_a_message_sent_again_changes_nothing(database_url: str) -> None:
    async with open_office(database_url) as desk:
        now = desk.clock()
        demo = track("Demo Requested", now, {"email": "ada@acme.example"})
        assert await hears(desk, demo, demo) == ["taken", "duplicate"]
        assert await hears(desk, demo) == ["duplicate"]
        assert len(await did(desk, 1001)) == 1


async def test_two_bots_hear_a_message_once(database_url: str) -> None:
    async with open_office(database_url) as one, open_office(database_url) as other:
        calls = [track("Demo Requested", one.clock(), {"email": f"a{n}@acme.example"}) for n in range(6)]
        told = await asyncio.gather(*(hears(desk, call) for call in calls for desk in (one, other)))
        assert sorted(answer for (answer,) in told) == ["duplicate"] * 6 + ["taken"] * 6
        assert [len(await did(one, number)) for number in await leads(one)] == [1] * 6


async def test_a_user_called_by_their_address_is_that_person(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        await desk.form(email="ada@acme.example")
        await hears(desk, page("/pricing", desk.clock(), userId="Ada@acme.example", anonymousId=None))
        assert ("pricing_page", "profiling") in await did(desk, 1001)


async def test_who_was_erased_is_nobody_we_know(database_url: str) -> None:
    async with open_office(database_url) as desk:
        known = {"userId": "u-7", "anonymousId": None}
        await hears(desk, track("Demo Requested", desk.clock(), {**ADA, "consent": YES}, **known))
        async with desk.office.at_lead(desk.where, 1001) as at:
            await at.record([Event(Kind.ERASED, at.now, "UADAM")], refold=True)
        before = (await desk.lead(1001)).revision
        await hears(
            desk, page("/pricing", desk.clock(), **known), identify(desk.clock(), {"title": "CEO"}, **known)
        )
        assert (await desk.lead(1001)).revision == before
        assert [visit.action for visit in await kept_visits(desk)] == ["pricing_page"]


async def test_two_people_at_one_browser_stay_two(database_url: str) -> None:
    async with open_office(database_url) as desk:
        now = desk.clock()
        ben = {"email": "ben@acme.example", "firstName": "Ben", "consent": YES}
        await hears(
            desk, track("Demo Requested", now - 9 * MINUTE, ADA, context={"traits": {**ADA, "consent": YES}})
        )
        await hears(desk, identify(now - 8 * MINUTE, ben, userId="u-ben"))
        await hears(desk, track("Demo Requested", now - 7 * MINUTE, userId="u-ben"))
        assert await leads(desk) == [1001, 1002]
        assert (await desk.lead(1001)).profile.first_name == "Ada"
        assert (await desk.lead(1002)).profile.email == "ben@acme.example"


async def test_the_way_here_and_the_arm_they_saw_come_with_the_request(database_url: str) -> None:
    async with open_office(database_url) as desk:
        now = desk.clock()
        ad = {"campaign": {"name": "spring", "source": "LinkedIn"}, **ANALYTICS}
        arm = {"experiment_name": "hero", "variation_name": "B", "experiment_id": "1"}
        await hears(
            desk,
            page("/pricing", now - 30 * MINUTE, context=ad),
            track("Experiment Viewed", now - 29 * MINUTE, arm),
            track("Demo Requested", now, {"email": "ada@acme.example"}, context=ANALYTICS),
        )
        lead = await desk.lead(1001)
        assert (lead.source, lead.campaign, lead.variant) == ("linkedin", "spring", "hero: B")


async def test_clicks_of_mail_gateways_are_kept_and_never_counted(database_url: str) -> None:
    async with open_office(database_url) as desk:
        now = desk.clock()
        known = {"userId": "u-7", "anonymousId": None}
        await hears(desk, track("Demo Requested", now - 60 * MINUTE, {**ADA, "message": "Call me"}, **known))
        await hears(desk, identify(now - 59 * MINUTE, {**ADA, "consent": YES}, **known))
        mail = {"email_id": "m-1"}
        await hears(desk, track("Email Delivered", now - 9 * MINUTE, mail, **known))
        second = timedelta(seconds=1)
        await hears(desk, track("Email Link Clicked", now - 9 * MINUTE + second, mail, **known))
        await hears(desk, track("Email Link Clicked", now - 8 * MINUTE, mail, **known))
        agent = {"userAgent": "Mozilla/5.0 (compatible; Barracuda)"}
        await hears(desk, track("Email Link Clicked", now - 7 * MINUTE, mail, context=agent, **known))
        await hears(desk, track("Email Opened", now - 6 * MINUTE, mail, **known))
        assert (await did(desk, 1001))[1:] == [
            ("email_click", "too_fast"),
            ("email_click", ""),
            ("email_click", "scanner"),
            ("email_open", ""),
        ]


async def test_alias_and_group_tell_more_about_the_same_person(database_url: str) -> None:
    async with open_office(database_url) as desk:
        now = desk.clock()
        await hears(desk, track("Demo Requested", now - 9 * MINUTE, userId="old", context={"traits": ADA}))
        await hears(desk, call("alias", now - 8 * MINUTE, userId="new", previousId="old", anonymousId=None))
        size = {"name": "Acme", "employees": 250, "industry": "software"}
        await hears(
            desk, call("group", now - 7 * MINUTE, userId="new", anonymousId=None, groupId="g", traits=size)
        )
        lead = await desk.lead(1001)
        assert (lead.profile.company, lead.profile.employees, lead.profile.email) == (
            "Acme",
            250,
            ADA["email"],
        )


async def test_what_is_old_is_forgotten(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await hears(desk, page("/pricing", desk.clock()), identify(desk.clock()))
        for days, left in ((8, "pricing"), (91, "")):
            async with desk.office.store.begin(desk.where) as work:
                await work.visitors.expire(desk.clock() + timedelta(days=days))
            kept = await everything_kept(desk)
            assert "acme" not in kept.lower()
            assert ("pricing" in kept) == bool(left)
        assert "message" not in await everything_kept(desk)


async def test_any_order_of_arrival_ends_the_same(database_url: str) -> None:
    """A visit told in order and, by others, shuffled and in batches of any size: the same lead each time."""
    async with open_office(database_url) as desk:
        now, ends = desk.clock(), []
        for seed in range(8):
            dice = random.Random(seed)
            ids = {"anonymousId": f"anna-{seed}", "userId": f"u-{seed}"}
            who = {**ADA, "email": f"ada{seed}@acme.example", "consent": YES}
            calls = [
                *(page("/pricing", now - (60 - n) * MINUTE, anonymousId=f"anna-{seed}") for n in range(2)),
                page("/product/x", now - 40 * MINUTE, anonymousId=f"anna-{seed}"),
                identify(now - 30 * MINUTE, who, **ids),
                track("Webinar Registered", now - 20 * MINUTE, userId=f"u-{seed}", anonymousId=None),
                page("/blog/1", now - 10 * MINUTE, **ids),
                page("/careers", now - 5 * MINUTE, **ids),
            ]
            if seed:
                dice.shuffle(calls)
            while calls:
                size = dice.randint(1, len(calls))
                await hears(desk, *calls[:size])
                del calls[:size]
            number = (await leads(desk))[-1]
            lead = await desk.lead(number)
            moments = (lead.stage, lead.mql_at, lead.created_at)
            ends.append((await did(desk, number), (await seen(desk, number)).total, moments))
        assert len(ends[0][0]) == 6
        assert ends[0][1:] == (15 + 23, (Stage.MQL, now - 20 * MINUTE, now - 20 * MINUTE))
        assert ends == [ends[0]] * 8
