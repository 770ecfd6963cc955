"""Why did it change? Told from what is saved, at equal age or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from handlers.flows.kpi_why import Why, why_it_changed
from qualification.errors import Refused
from qualification.lead import Stage
from qualification.past import Past
from tests.kpi.firm import Firm, firm

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
