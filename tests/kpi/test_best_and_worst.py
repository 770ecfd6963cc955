"""Which source does best and which worst is said where it can be told, and that it can't be where not."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

from handlers.flows.kpi import ask
from qualification.kpi import Asked
from qualification.kpi_best import best_by_cost
from qualification.kpi_counts import FunnelCounts
from qualification.kpi_stages import funnel
from qualification.lead import Stage
from qualification.money import Money
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


def campaign(key: str, customers: int, leads: int = 100) -> FunnelCounts:
    """Whoever bought passed every stage."""
    return FunnelCounts(key, leads, customers, customers, customers)


def named(*campaigns: FunnelCounts) -> str:
    """What is said of the best and the worst."""
    text = funnel(BY_CAMPAIGN, campaigns).text
    return text[min(text.find(word) for word in ("Best", "Worst", "Too few") if word in text) :]


def test_the_worked_number_names_both() -> None:
    assert named(campaign("fair", 1, 67), campaign("webinar", 23, 189)) == (
        "Best: webinar, 12.2%, likely 8.2–17.6% (23 of 189). Worst: fair, 1.5%, likely 0.3–8.0% (1 of 67)."
    )
    assert named(campaign("fair", 3, 67), campaign("webinar", 23, 189)).startswith("Too few to tell")


def test_only_one_end_is_named_where_only_one_stands_out() -> None:
    alike = [campaign(f"c{number}", 10) for number in range(9)]
    assert named(campaign("high", 30), *alike) == "Best: high, 30.0%, likely 21.9–39.6% (30 of 100)."
    assert named(campaign("none", 0), *alike) == "Worst: none, 0%, likely 0–3.7% (0 of 100)."
    # All five of five bought, and surely more than elsewhere; but 45 of 50 are surer to be many.
    best = named(campaign("tiny", 5, 5), campaign("large", 45, 50), *alike)
    assert best.startswith("Best: large, 90.0%")


def test_of_many_campaigns_that_are_alike_none_is_called_best() -> None:
    # Two of them alone would be told apart; among a hundred such two are to be expected.
    alike = [campaign(f"c{number}", 10) for number in range(98)]
    two = [campaign("high", 20), campaign("low", 4)]
    assert "Best: high" in funnel(BY_CAMPAIGN, two).text
    assert "Too few to tell which campaign is best or worst." in funnel(BY_CAMPAIGN, [*two, *alike]).text


def sizes(chance: Random, most: int) -> list[int]:
    """Two to twelve campaigns, some with a handful of leads."""
    return [chance.choice((1, 5, 20, 60, most)) for _ in range(chance.randint(2, 12))]


def test_splits_without_a_difference_name_somebody_at_most_once_in_twenty() -> None:
    chance, wrong, rates = Random(4), 0, (0.01, 0.05, 0.2, 0.5)
    for _ in range(2_000):
        rate = chance.choice(rates)
        alike = [
            campaign(f"c{place}", sum(chance.random() < rate for _ in range(n)), n)
            for place, n in enumerate(sizes(chance, 150))
        ]
        wrong += "Best:" in (text := funnel(BY_CAMPAIGN, alike).text) or "Worst:" in text
    assert 0 < wrong <= 100, "5% of 2,000; never would be a test that sees nothing"


def test_costs_without_a_difference_name_somebody_at_most_once_in_twenty() -> None:
    chance, wrong = Random(5), 0
    for _ in range(2_000):
        spent = sizes(chance, 150)
        came = Counter(chance.choices(range(len(spent)), spent, k=chance.randint(5, 150)))
        alike = [(f"c{place}", Money(euros * 100, "EUR"), came[place]) for place, euros in enumerate(spent)]
        text = best_by_cost(BY_CAMPAIGN, alike)
        wrong += "Cheapest:" in text or "Dearest:" in text
    assert 0 < wrong <= 100


def test_what_makes_a_difference_is_found() -> None:
    """20% against 10% of 200 leads each is seen most of the time."""
    chance, found = Random(6), 0
    for _ in range(300):
        bought = [sum(chance.random() < rate for _ in range(200)) for rate in (0.1, 0.2)]
        found += "Best: high" in named(campaign("low", bought[0], 200), campaign("high", bought[1], 200))
    assert found > 0.7 * 300
