"""Single cases whose numbers anybody can check in their head."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from handlers.flows.admin_code import admin_code
from handlers.flows.claim import claim_lead
from handlers.flows.disqualify import disqualify_lead
from handlers.flows.kpi import ask
from handlers.flows.kpi_keys import holder, make_key
from handlers.flows.log import log_touch
from handlers.flows.nurture import nurture_lead
from handlers.flows.office import Office, Setup
from handlers.flows.undo import undo_last
from qualification.lead import Stage
from qualification.money import Money
from qualification.past import Past
from tests.kpi.firm import BERLIN, Firm, firm

# A Wednesday, 10:00 in Berlin.
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)


async def customer(f: Firm, name: str, created: datetime, days: float, source: str = "web") -> None:
    """An imported lead that was MQL and SQL after a day and bought after so many."""
    day = timedelta(days=1)
    past = Past(
        Stage.CUSTOMER,
        mql_at=created + day,
        sql_at=created + day,
        won_at=created + timedelta(days=days),
        amount_minor=10_000,
        currency="EUR",
    )
    await f.lead(name, at=created, source=source, past=past)


async def test_a_window_ends_at_local_midnight(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        # 23:30 UTC on the 31st is half past midnight on 1 November in Berlin.
        await f.lead("late", at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
        await f.lead("early", at=datetime(2026, 10, 31, 22, 30, tzinfo=UTC))
        assert (await f.total("funnel", "2026-10"))["leads"] == 1
        assert (await f.total("funnel", "2026-11"))["leads"] == 1
        assert (await f.asks("funnel", "2026-11")).answer.to_json()["timezone"] == "Europe/Berlin"


async def test_spam_is_in_no_number_and_undone_it_is(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        await f.lead("ada")
        number = await f.lead("spammer")
        await disqualify_lead(f.office, f.where, number, "UANA", "spam")
        told = (await f.asks("funnel")).answer
        assert told.total["leads"] == 1
        assert "1 left out: 1 spam (1 by UANA)." in told.text
        await undo_last(f.office, f.where, number, "UANA")
        told = (await f.asks("funnel")).answer
        assert told.total["leads"] == 2
        assert "left out" not in told.text


async def test_a_rep_hears_of_no_colleague_s_spam(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        for name, rep in (("ada", "UANA"), ("bo", "UANA"), ("cy", "UBEN")):
            await f.lead(name)
            await claim_lead(f.office, f.where, f.numbers[name], rep)
        await disqualify_lead(f.office, f.where, f.numbers["bo"], "UANA", "spam")
        await disqualify_lead(f.office, f.where, f.numbers["cy"], "UBEN", "test")
        for asked in ("funnel by rep", "reps"):
            mine = (await ask(f.office, f.where, asked, "UANA")).answer.text
            assert "1 left out: 1 spam (1 by UANA)." in mine
            assert "test" not in mine
            everybody = (await ask(f.office, f.where, asked, "UMAYA")).answer.text
            assert "2 left out: 1 spam, 1 test" in everybody


async def test_a_year_without_data_says_which(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        await f.lead("ada")
        told = (await f.asks("overview", "last year")).answer.text
        assert told == "No data for last year, 2025, Europe/Berlin: nothing came in or moved on."
        assert "(this quarter to date, Europe/Berlin)" in (await f.asks("funnel", "this quarter")).answer.text


async def test_speed_knows_who_still_waits(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        for name in ("ada", "bo", "cy"):
            await f.lead(name)
        await f.lead("old", at=NOW - timedelta(days=3))
        f.clock.forward(60)
        await claim_lead(f.office, f.where, f.numbers["ada"], "UANA")
        await log_touch(f.office, f.where, f.numbers["ada"], "UANA", "call")
        f.clock.forward(3540)
        await log_touch(f.office, f.where, f.numbers["bo"], "UBEN", "mail")
        total = await f.total("speed")
        assert (total["leads"], total["claim_median"], total["contact_median"]) == (3, 3600, 3600)
        assert (total["never"]["k"], total["never"]["n"]) == (1, 3)
        assert total["contact_p90"] is None
        assert (total["in_target"]["k"], total["in_target"]["n"]) == (2, 2), "who still waits has time"
        assert "Not timed: 1 late." in (await f.asks("speed")).answer.text

        promises = await f.total("sla")
        assert (promises["met"], promises["breached"]) == (1, 2), "five minutes to claim a direct inquiry"


async def test_a_live_inquiry_is_timed_also_when_they_wait_with_an_older_one(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        before = NOW - timedelta(days=20)
        assert await f.lead("ada", at=before, action="webinar_attended", permitted=False) == 0
        await f.lead("ada")
        assert (await f.asks("speed")).answer.text.count("late") == 0
        assert (await f.total("speed", "30d"))["leads"] == 1
        assert (await f.asks("funnel", "2026-10")).beside.came_late == 1, "October has one more"


async def test_a_target_missed_counts_whether_or_not_they_were_called_since(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        await f.lead("ada")
        await f.lead("bo")
        # Friday of the week after: 24 working hours and the minutes to claim are long over.
        f.clock.forward(9 * 86_400)
        await log_touch(f.office, f.where, f.numbers["ada"], "UANA", "call")
        total = await f.total("speed")
        assert (total["in_target"]["k"], total["in_target"]["n"]) == (0, 2)
        assert "(2.6 days of working time)" in (await f.asks("speed")).answer.text


async def test_what_came_back_stays_rejected_in_the_month_it_was(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        number = await f.lead("ada", source="google")
        await disqualify_lead(f.office, f.where, number, "UANA", "no_need")
        f.clock.forward(86_400)
        await f.lead("ada", source="google")
        assert (await f.office.look(f.where, number)).lead.stage == "mql", "asked again, open again"
        (row,) = (await f.asks("quality")).answer.rows
        assert (row["reason"], row["source"], row["rejected"]) == ("no_need", "google", 1)


async def test_a_month_that_goes_on_is_compared_with_as_many_days_of_the_one_before(sqlite_url: str) -> None:
    async with firm(sqlite_url, datetime(2026, 10, 5, 9, tzinfo=UTC), BERLIN) as f:
        for name, days in {"ada": 5, "bo": 15, "cy": 3, "di": 8, "ed": 5, "flo": 8}.items():
            await f.lead(name)
            await disqualify_lead(f.office, f.where, f.numbers[name], "UANA", "no_need")
            f.clock.forward(days * 86_400)
        # 5, 10, 25 and 28 October, 5 and 10 November; today is the 18th.
        told = (await f.asks("quality", "this month")).answer
        assert (told.total["rejected"], told.total["previous"]) == (2, 2), told.text
        assert "That is as many as in 2026-10-01 to 2026-10-18 (2)." in told.text
        told = (await f.asks("quality", "last month")).answer
        assert told.total["rejected"] == 4


async def test_who_was_turned_away_before_they_were_an_mql_is_no_rejected_mql(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        number = await f.lead("ada", action="newsletter_signup")
        assert (await f.office.look(f.where, number)).lead.mql_at is None
        await disqualify_lead(f.office, f.where, number, "UANA", "no_need")
        f.clock.forward(60)
        await f.lead("ada")
        assert (await f.office.look(f.where, number)).lead.stage == "mql"
        assert (await f.total("acceptance"))["rejected"] == 0

        await f.lead("bo")
        await disqualify_lead(f.office, f.where, f.numbers["bo"], "UANA", "no_need")
        assert (await f.total("acceptance"))["rejected"] == 1


async def test_a_broken_promise_is_not_mended_by_handing_the_lead_back(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        for name in ("ada", "bo"):
            await f.lead(name)
        # No clock ran when she was handed back: that answers no promise of later.
        await f.lead("cy", action="newsletter_signup")
        until = NOW + timedelta(days=30)
        await nurture_lead(f.office, f.where, f.numbers["cy"], "UANA", until)
        f.clock.forward(60)
        await nurture_lead(f.office, f.where, f.numbers["ada"], "UANA", until)
        await f.lead("cy")
        f.clock.forward(3600)
        await nurture_lead(f.office, f.where, f.numbers["bo"], "UANA", until)
        total = await f.total("sla")
        assert (total["met"], total["breached"]) == (1, 2)


async def test_two_who_start_at_once_share_one_code_and_keep_each_their_key(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        f.office = Office(f.office.store, Setup(managers=("UMAYA", "UMO")), f.clock)
        codes = await asyncio.gather(*(admin_code(f.office, f.where) for _ in range(4)))
        assert len(set(codes)) == 1
        keys = await asyncio.gather(*(make_key(f.office, f.where, who) for who in ("UMAYA", "UMO")))
        assert [await holder(f.office, f.where, key) for key in keys] == ["UMAYA", "UMO"]
        newer = await make_key(f.office, f.where, "UMO")
        # The older one works for a day more.
        everyone = (*keys, newer)
        assert [await holder(f.office, f.where, key) for key in everyone] == ["UMAYA", "UMO", "UMO"]
        f.clock.forward(24 * 3600)
        assert [await holder(f.office, f.where, key) for key in everyone] == ["UMAYA", None, "UMO"]
        # Who asks again and again has two that open, and can't fill the list for everybody else.
        many = [await make_key(f.office, f.where, "UMO") for _ in range(5)]
        opens = [await holder(f.office, f.where, key) for key in (newer, *many)]
        assert opens == [None, None, None, None, "UMO", "UMO"]


async def test_months_are_compared_at_equal_age(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW) as f:
        for month, customers in ((6, 1), (7, 2), (8, 0)):
            for number in range(4):
                created = datetime(2026, month, 3, 12, tzinfo=UTC)
                name = f"p{month}x{number}"
                if number < customers:
                    await customer(f, name, created, days=20)
                else:
                    await f.lead(name, at=created, past=Past(Stage.LEAD))
        told = await f.asks("conversion")
        trend = told.beside.trend
        assert trend is not None
        assert trend.days == 30
        assert trend.months == (("Jun 2026", 4, 1), ("Jul 2026", 4, 2), ("Aug 2026", 4, 0))


async def test_windows_are_compared_at_equal_age_and_late_leads_are_said(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW) as f:
        for month, customers in ((8, 1), (9, 2)):
            for number in range(4):
                created = datetime(2026, month, 20, 12, tzinfo=UTC)
                if number < customers:
                    await customer(f, f"p{month}x{number}", created, days=20)
                else:
                    await f.lead(f"p{month}x{number}", at=created, past=Past(Stage.LEAD))
        told = await f.asks("conversion", "2026-09")
        assert told.beside.comparison.startswith("59 days after creation: 50.0%")
        assert "against 25.0%" in told.beside.comparison
        assert told.beside.came_late == 0

        await f.lead("slow", at=datetime(2026, 9, 3, 12, tzinfo=UTC))
        assert (await f.asks("funnel", "2026-09")).beside.came_late == 1
        assert (await f.asks("conversion", "30d")).beside.comparison == ""


async def test_velocity_multiplies_what_it_shows(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        await customer(f, "won", NOW - timedelta(days=40), days=21)
        await f.lead("open", at=NOW - timedelta(days=9), past=Past(Stage.SQL, sql_at=NOW - timedelta(days=8)))
        total = await f.total("velocity")
        assert (total["sqls"], total["win_rate"]["value"], total["cycle_days"]) == (1, 1.0, 20)
        assert total["mean_amount"] == {"minor": 10_000, "currency": "EUR"}
        assert total["per_day"] == {"minor": 500, "currency": "EUR"}


@pytest.mark.parametrize(
    ("model", "key", "each"),
    [("first", "web", 100_00), ("last", "google", 100_00), ("linear", "google", 66_67)],
)
async def test_attribution_shares_out_what_a_customer_paid(
    database_url: str, model: str, key: str, each: int
) -> None:
    async with firm(database_url, NOW) as f:
        created = NOW - timedelta(days=40)
        await f.lead("ada", at=created, source="web", action="webinar_attended")
        await f.lead("ada", at=created + timedelta(days=5), source="google")
        await customer(f, "ada", created + timedelta(days=6), days=20, source="google")
        told = (await f.asks("sources", model=model)).answer
        rows = {row["key"]: row for row in told.rows}
        assert rows[key]["revenue_per_lead"] == Money(each, "EUR")
        assert told.total["revenue_per_lead"] == Money(100_00, "EUR")
        assert told.total["leads"] == rows[key]["leads"] == 1
        assert f"Attribution: {model}." in told.text


async def test_no_leads_is_said_and_is_no_zero(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        for kpi in ("overview", "funnel", "conversion", "mql-sql", "acceptance", "cpl", "cac", "velocity"):
            told = (await f.asks(kpi)).answer
            assert told.text.startswith("No data"), (kpi, told.text)
        for kpi in ("lvr", "speed", "sla", "win", "reps", "sources", "quality"):
            told = (await f.asks(kpi)).answer
            assert "No data" in told.text or "No rate" in told.text, (kpi, told.text)
            assert told.rows == ()
