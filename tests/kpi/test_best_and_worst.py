"""Which source does best and which worst is said where it can be told, and that it can't be where not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from handlers.flows.kpi import ask
from qualification.kpi import Asked
from qualification.kpi_counts import FunnelCounts
from qualification.kpi_stages import funnel
from qualification.lead import Stage
from qualification.past import Past
from qualification.periods import parse_period
from tests.kpi.firm import BERLIN, firm

# A Wednesday, 10:00 in Berlin.
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 10, 9, tzinfo=UTC)
BY_CAMPAIGN = Asked(parse_period("2026-10", NOW, BERLIN), "campaign")


async def test_the_best_and_the_worst_source_are_named_once_they_can_be_told_apart(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        won = Past(Stage.CUSTOMER, mql_at=OCTOBER, sql_at=OCTOBER, won_at=OCTOBER + timedelta(days=2))

        async def came(source: str, first: int, last: int, customers: int) -> None:
            for number in range(first, last):
                past = won if number < customers else Past(Stage.LEAD)
                await f.lead(f"{source}{number}", at=OCTOBER, source=source, past=past)

        await came("webinar", 0, 6, 4)
        await came("linkedin", 0, 6, 1)
        young = (await ask(f.office, f.where, "conversion 2026-10 by source", "UMAYA")).answer.text
        assert "Too few to tell which source is best or worst." in young

        await came("webinar", 6, 16, 16)
        await came("linkedin", 6, 16, 1)
        await came("fair", 0, 1, 1)
        for name in ("conversion", "funnel", "sources"):
            told = (await ask(f.office, f.where, f"{name} 2026-10 by source", "UMAYA")).answer.text
            # All of one came from the fair: that is 100%, and says nothing.
            assert (
                "Best: webinar, 87.5%, likely 64.0–96.5% (14 of 16). "
                "Worst: linkedin, 6.2%, likely 1.1–28.3% (1 of 16)." in told
            )
        for question in (
            "conversion 2026-10",
            "conversion 2026-10 only source=webinar",
            "win 2026-10 by rep",
        ):
            told = (await ask(f.office, f.where, question, "UMAYA")).answer.text
            assert "Best" not in told
            assert "Too few to tell which" not in told


async def test_the_cheapest_and_the_dearest_source_are_named_likewise(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        for number in range(20):
            await f.lead(f"a{number}", at=OCTOBER, source="ads")
        await f.lead("b", at=OCTOBER, source="fair")
        for source in ("ads", "fair"):
            await f.spend(source, date(2026, 10, 1), date(2026, 10, 31), 100_00)
        told = (await ask(f.office, f.where, "cpl 2026-10 by source", "UMAYA")).answer.text
        assert "Cheapest: ads, 5.00 EUR. Dearest: fair, 100.00 EUR." in told
        await f.spend("fair", date(2026, 10, 1), date(2026, 10, 31), 20_00)
        told = (await ask(f.office, f.where, "cpl 2026-10 by source", "UMAYA")).answer.text
        assert "Too few to tell which source is cheapest or dearest." in told


def campaign(key: str, customers: int) -> FunnelCounts:
    """A hundred leads; whoever bought passed every stage."""
    return FunnelCounts(key, 100, customers, customers, customers)


def test_of_many_campaigns_that_are_alike_none_is_called_best() -> None:
    # Two of them alone would be told apart; among a hundred such two are to be expected.
    alike = [campaign(f"c{number}", 10) for number in range(98)]
    two = [campaign("high", 20), campaign("low", 4)]
    assert "Best: high" in funnel(BY_CAMPAIGN, two).text
    assert "Too few to tell which campaign is best or worst." in funnel(BY_CAMPAIGN, [*two, *alike]).text
