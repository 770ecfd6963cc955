"""Why did it change? Told from what is saved, at equal age or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from handlers.flows.kpi import ask
from handlers.flows.kpi_why import Why, why_it_changed
from handlers.views.kpi_answer import kpi_answer
from handlers.views.kpi_words import table_rows
from qualification.errors import Refused
from qualification.kpi_question import parse_question
from qualification.lead import Stage
from qualification.past import Past
from tests.kpi.firm import BERLIN, Firm, firm
from tests.kpi.lives import Life
from tests.kpi.test_only_and_against import people

# A Wednesday, 10:00 in Berlin.
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
SEPTEMBER, OCTOBER = datetime(2026, 9, 10, 9, tzinfo=UTC), datetime(2026, 10, 10, 9, tzinfo=UTC)


async def leads(f: Firm, source: str, at: datetime, n: int, bought: int, *, days: int = 5) -> None:
    """So many leads of a source, of whom so many bought after some days."""
    for number in range(n):
        won = at + timedelta(days=days)
        past = Past(Stage.CUSTOMER, mql_at=at, sql_at=at, won_at=won) if number < bought else None
        await f.lead(f"{source}{at.month}{at.day}n{number}", at=at, source=source, past=past)


async def why(f: Firm, text: str, user: str = "UMAYA") -> Why:
    return await why_it_changed(f.office, f.where, text, user)


async def test_conversion_fell_because_the_webinar_s_leads_bought_less(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        await leads(f, "webinar", SEPTEMBER, 5, 3)
        await leads(f, "linkedin", SEPTEMBER, 5, 1)
        await leads(f, "webinar", OCTOBER, 4, 1)
        await leads(f, "linkedin", OCTOBER, 6, 1)
        # The youngest lead of October is 39 days old: whoever took longer to buy is in neither number.
        await leads(f, "webinar", SEPTEMBER + timedelta(days=1), 1, 1, days=60)
        told = await why(f, "conversion 2026-10")
        assert (told.change.before, told.change.this) == (Fraction(4, 11), Fraction(2, 10))
        assert sum(part.mix + part.rate for part in told.change.parts) == Fraction(2, 10) - Fraction(4, 11)
        assert told.text.startswith(
            "Conversion: 20.0% (October 2026) against 36.4% (September 2026), −16.4 points. "
            "Most of it: webinar leads converted less: "
        )
        assert "39 days after its creation" in " ".join(told.notes)
        assert told.table[-1][0] == "All"


async def test_a_window_that_goes_on_is_cut_to_those_old_enough_or_refused(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW) as f:
        await leads(f, "webinar", datetime(2026, 7, 1, 9, tzinfo=UTC), 4, 2)
        await leads(f, "webinar", datetime(2026, 9, 1, 9, tzinfo=UTC), 4, 1)
        await leads(f, "webinar", NOW - timedelta(hours=1), 3, 0)
        told = await why(f, "conversion 90d")
        assert (told.change.before, told.change.this) == (Fraction(1, 2), Fraction(1, 4))
        assert "2026-08-21 to 2026-11-11" in " ".join(told.notes)
        assert "7 days after its creation" in " ".join(told.notes)
        with pytest.raises(Refused, match="Too young to compare"):
            await why(f, "conversion 7d")
        with pytest.raises(Refused, match="there is no number for"):
            await why(f, "conversion 2026-09")


async def test_a_lead_cost_more_because_the_fair_brought_nobody(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        await leads(f, "ads", SEPTEMBER, 4, 0)
        await leads(f, "ads", OCTOBER, 4, 0)
        await f.spend("ads", date(2026, 9, 1), date(2026, 9, 30), 10_000)
        with pytest.raises(Refused, match="no spend in EUR was entered for October 2026"):
            await why(f, "cpl 2026-10")
        await f.spend("ads", date(2026, 10, 1), date(2026, 10, 31), 10_000)
        await f.spend("fair", date(2026, 10, 1), date(2026, 10, 31), 5_000)
        told = await why(f, "cpl 2026-10")
        assert told.text == (
            "Cost per lead: 37.50 EUR (October 2026) against 25.00 EUR (September 2026), +12.50 EUR. "
            "Most of it: fair took 50.00 EUR without bringing a lead: +12.50 EUR."
        )


async def test_every_rate_can_be_split_and_what_is_none_says_so(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW) as f:
        await leads(f, "webinar", SEPTEMBER, 3, 1)
        await leads(f, "webinar", OCTOBER, 3, 2)
        assert (await why(f, "win 2026-10 by campaign")).by == "campaign"
        assert (await why(f, "funnel 2026-10")).change.by == Fraction(1, 3)
        assert (await why(f, "mql-sql 2026-10")).change.by != 0
        with pytest.raises(Refused, match="no rate whose change could be split"):
            await why(f, "velocity")
        with pytest.raises(Refused, match="for managers and admins"):
            await why(f, "win 2026-10 by rep", "UANA")
        assert (await why(f, "win 2026-10 by rep")).by == "rep"


async def test_one_source_s_change_is_split_by_its_campaigns(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        for month, at in ((9, SEPTEMBER), (10, OCTOBER)):
            for campaign, bought in (("spring", 3 if month == 9 else 1), ("autumn", 1)):
                for number in range(4):
                    won = at + timedelta(days=5)
                    past = Past(Stage.CUSTOMER, mql_at=at, sql_at=at, won_at=won) if number < bought else None
                    name = f"{campaign}{month}n{number}"
                    await f.lead(name, at=at, source="webinar", campaign=campaign, past=past)
        await leads(f, "linkedin", SEPTEMBER, 5, 0)
        await leads(f, "linkedin", OCTOBER, 5, 5)
        told = await why(f, "conversion 2026-10 only source=webinar")
        assert told.by == "campaign"
        assert (told.change.before, told.change.this) == (Fraction(4, 8), Fraction(2, 8))
        assert told.text.startswith(
            "Conversion of leads from webinar: 25.0% (October 2026) against 50.0% (September 2026), "
            "−25.0 points. Most of it: spring leads converted less: −25.0 points"
        )
        assert (await why(f, "conversion 2026-10 only campaign=spring")).by == "source"
        await f.spend("webinar", date(2026, 9, 1), date(2026, 9, 30), 8_000, campaign="spring")
        await f.spend("webinar", date(2026, 10, 1), date(2026, 10, 31), 16_000, campaign="spring")
        await f.spend("linkedin", date(2026, 10, 1), date(2026, 10, 31), 99_000)
        told = await why(f, "cpl 2026-10 only source=webinar")
        assert (told.change.before, told.change.this) == (Fraction(1_000), Fraction(2_000))


async def test_one_value_s_change_is_that_of_its_row(database_url: str) -> None:
    async with firm(database_url, datetime(2026, 9, 20, 8, 30, tzinfo=UTC), BERLIN) as f:
        await Life(f, Random(7)).go_on(200)
        today = f.clock().date()
        await f.spend("linkedin", date(2026, 9, 20), today, 12_345)
        compared = set()
        middle = date(2026, 9, 20) + (today - date(2026, 9, 20)) / 2
        then, now = f"against 2026-09-20..{middle - timedelta(days=1)}", f"{middle}..{today}"
        for kpi, by in (("win", "source"), ("sla", "rep"), ("mql-sql", "source"), ("cpl", "source")):
            for part in (await why(f, f"{kpi} {now} by {by} {then}")).change.parts:
                if not part.this.base or not part.before.base or (kpi == "cpl" and not part.this.top):
                    continue
                change = (await why(f, f"{kpi} {now} only {by}={part.key} {then}")).change
                assert change.this == Fraction(part.this.top, part.this.base), (kpi, part.key)
                assert change.before == Fraction(part.before.top, part.before.base), (kpi, part.key)
                compared.add(kpi)
        assert len(compared) > 2, "the lives were too dull to tell anything"


async def test_a_rep_asks_why_of_the_own_number_only(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW) as f:
        await leads(f, "webinar", SEPTEMBER, 2, 1)
        await leads(f, "webinar", OCTOBER, 2, 2)
        await people(f)
        with pytest.raises(Refused, match="Numbers of other reps are for managers"):
            await why(f, "win 2026-10 only rep=UBEN", "UANA")
        with pytest.raises(Refused, match="there is no number"):
            await why(f, "win 2026-10 only rep=UANA", "UANA")


async def test_an_overview_tells_what_each_source_brought(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        await leads(f, "webinar", SEPTEMBER, 4, 1)
        await leads(f, "linkedin", SEPTEMBER, 2, 0)
        await leads(f, "webinar", OCTOBER, 1, 0)
        await leads(f, "linkedin", OCTOBER, 7, 2)
        told = await why(f, "overview 2026-10")
        assert told.text == (
            "Leads: 8 (October 2026) against 6 (September 2026), 2 more. "
            "Most of it: linkedin brought 5 more; webinar brought 3 fewer."
        )
        assert [list(row) for row in told.table] == [
            ["Source", "Leads", "MQLs", "SQLs", "Customers"],
            ["linkedin", "2 → 7", "2 → 7", "0 → 2", "0 → 2"],
            ["webinar", "4 → 1", "4 → 1", "1 → 0", "1 → 0"],
            ["All", "6 → 8", "6 → 8", "1 → 2", "1 → 2"],
        ]
        told = await why(f, "customers in October vs September")
        assert told.text.startswith("Customers: 2 (October 2026) against 1 (September 2026), 1 more.")
        assert told.table[0][1] == "Customers"
        with pytest.raises(Refused, match="the first lead there is was created on 2026-09-10"):
            await why(f, "overview 2026-09")
        assert any(
            press["text"]["text"] == "Why did it change?" for press in await presses(f, "overview 2026-10")
        )


async def presses(f: Firm, text: str) -> list[dict[str, Any]]:
    """The buttons below an answer."""
    told = await ask(f.office, f.where, text, "UMAYA")
    message = kpi_answer(told.answer, asked=told.asked, names={}, at=NOW)
    return [press for block in message.blocks if block["type"] == "actions" for press in block["elements"]]


async def test_customers_asked_for_stand_first(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        await leads(f, "webinar", SEPTEMBER, 4, 1)
        await leads(f, "webinar", OCTOBER, 5, 2)
        told = await ask(f.office, f.where, "customers in October", "UMAYA")
        assert told.answer.text.startswith("October 2026, Europe/Berlin: 2 customers (1), 5 leads (4), ")
        assert told.understood == "customers, in the overview, in October 2026"
        assert told.asked == "overview 2026-10 first customers"
        assert table_rows(told.answer, {})[1][0] == "Customers"
        assert (await ask(f.office, f.where, told.asked, "UMAYA")).answer == told.answer
        both = await ask(f.office, f.where, "leads and customers in October", "UMAYA")
        assert both.answer.text.startswith("October 2026, Europe/Berlin: 5 leads (4), ")
        with pytest.raises(Refused, match=r"only there for `overview` \(leads, mqls, sqls, customers\)"):
            parse_question("funnel 2026-10 first customers", NOW, BERLIN)
