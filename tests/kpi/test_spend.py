"""What campaigns cost: spread over days, never mixed, never invented."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from store.intake import SpendRow
from store.kpi_spend import share_of, spent_in
from tests.kpi.firm import BERLIN, firm

NOVEMBER = datetime(2026, 11, 20, 9, tzinfo=UTC)
LEAP = SpendRow("linkedin", "", date(2028, 2, 1), date(2028, 2, 29), 29_00, "EUR")


@given(
    minor=st.integers(0, 10**9),
    length=st.integers(1, 400),
    cuts=st.lists(st.integers(-10, 410), min_size=1, max_size=6),
)
def test_the_parts_of_adjoining_windows_add_up(minor: int, length: int, cuts: list[int]) -> None:
    first = date(2027, 12, 1)
    row = SpendRow("s", "", first, first + timedelta(days=length - 1), minor, "EUR")
    edges = [first - timedelta(days=20), *(first + timedelta(days=cut) for cut in sorted(cuts))]
    edges.append(first + timedelta(days=500))
    parts = [share_of(row, start, end) for start, end in pairwise(edges)]
    assert sum(parts) == minor
    assert all(part >= 0 for part in parts)


def test_each_day_of_a_leap_february_carries_its_part() -> None:
    assert share_of(LEAP, date(2028, 2, 29), date(2028, 3, 1)) == 100
    assert share_of(LEAP, date(2028, 3, 1), date(2028, 4, 1)) == 0
    spent = spent_in([LEAP], date(2028, 2, 20), date(2028, 3, 10), None)["all"]
    assert (dict(spent.amounts), len(spent.days)) == ({"EUR": 10_00}, 10)


async def test_cost_per_lead_of_a_window_that_is_half_covered(database_url: str) -> None:
    async with firm(database_url, NOVEMBER, BERLIN) as f:
        for name in ("ada", "bo", "cy"):
            await f.lead(name, source="linkedin")
        await f.lead("di", source="web")
        # 20 days from the 11th on, half of them within what has passed of November.
        await f.spend("linkedin", date(2026, 11, 11), date(2026, 11, 30), 200_00)
        await f.spend("google", date(2026, 11, 1), date(2026, 11, 10), 50_00)
        await f.spend("linkedin", date(2026, 11, 1), date(2026, 11, 10), 77_00, "USD")

        told = (await f.asks("cpl", "this month", "source")).answer
        rows = {str(row["key"]): row for row in told.to_json()["rows"]}  # type: ignore[attr-defined]
        assert rows["linkedin"]["cpl"] == {"minor": 33_33, "currency": "EUR"}
        assert rows["web"]["spend"] is None
        assert told.missing["web.spend"] == "no spend was entered for this window"
        assert rows["google"]["cpl"] is None
        assert told.missing["google.cpl"] == "no leads were created in this window"
        assert "77.00 USD in other currencies, not added" in told.text
        assert "Spend without leads: google." in told.text
        assert "Leads without spend: web." in told.text
        assert told.text.startswith(
            "A lead cost 37.50 EUR: 150.00 EUR for 4 leads, this month to date, Europe/Berlin."
        )
        assert (await f.total("cpl", "2026-10"))["cpl"] is None


async def test_days_that_one_source_or_another_paid_for_are_all_covered(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOVEMBER, BERLIN) as f:
        await f.lead("ada", at=datetime(2026, 10, 5, 9, tzinfo=UTC), source="google")
        await f.spend("google", date(2026, 10, 1), date(2026, 10, 15), 150_00)
        await f.spend("linkedin", date(2026, 10, 16), date(2026, 10, 31), 160_00)
        for kpi in ("cpl", "cac"):
            for by in ("", "source", "campaign"):
                assert "Spend is entered" not in (await f.asks(kpi, "2026-10", by)).answer.text, (kpi, by)
            alone = (await f.asks(f"{kpi} only source=google", "2026-10")).answer.text
            assert "Spend is entered for 15 of 31 days only." in alone


async def test_without_spend_there_is_no_cost_and_no_zero(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOVEMBER) as f:
        await f.lead("ada")
        told = (await f.asks("cpl")).answer
        assert told.total["cpl"] is None
        assert told.missing["cpl"] == "no spend was entered for this window"
        assert told.text.startswith("No data: no spend was entered for this window (last 30 days, UTC).")
        assert (await f.asks("cac")).answer.text.startswith("No data: no spend")
