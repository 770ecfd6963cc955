from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from qualification.kpi import Asked, LeftOut, share
from qualification.kpi_counts import SourceCounts, SpendCounts, VelocityFactors, WonAmounts
from qualification.kpi_money import cac, cpl, in_currency, per, sources, velocity
from qualification.money import Money
from qualification.periods import parse_period

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=ZoneInfo("Europe/Berlin"))
PERIOD = parse_period("30d", NOW, ZoneInfo("Europe/Berlin"))
ASKED = Asked(PERIOD, currency="USD", left_out=LeftOut({"spam": 2}))
DAYS = [PERIOD.start + timedelta(days=day) for day in range(30)]
BY_SOURCE = Asked(PERIOD, by="source", currency="USD")


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def test_five_thousand_dollars_for_five_hundred_leads() -> None:
    answer = cpl(ASKED, [SpendCounts("all", (usd(5_000_00),), 500, 100, 50, 10)])
    assert answer.total == {
        "spend": usd(5_000_00),
        "leads": 500,
        "cpl": usd(10_00),
        "cost_per_mql": usd(50_00),
        "cost_per_sql": usd(100_00),
        "cost_per_customer": usd(500_00),
    }
    assert answer.to_json()["total"]["cpl"] == {"minor": 1000, "currency": "USD"}  # type: ignore[index]
    assert answer.text == (
        "A lead cost 10.00 USD: 5,000.00 USD for 500 leads, last 30 days, Europe/Berlin. 2 left out: 2 spam."
    )


def test_without_spend_a_lead_has_no_price_and_it_says_why() -> None:
    answer = cpl(ASKED, [SpendCounts("all", (), 500, 1, 1, 1)])
    assert [answer.total[name] for name in ("spend", "cpl", "cost_per_mql")] == [None, None, None]
    assert answer.missing["cpl"] == "no spend was entered for this window"
    assert (
        answer.text
        == "No data: no spend was entered for this window (last 30 days, Europe/Berlin). 2 left out: 2 spam."
    )


def test_without_leads_spend_has_no_price_either() -> None:
    answer = cpl(ASKED, [SpendCounts("all", (usd(100),), 0, 0, 0, 0)])
    assert answer.total["cpl"] is None
    assert answer.missing == {
        "cpl": "no leads were created in this window",
        "cost_per_mql": "no lead became an MQL",
        "cost_per_sql": "no lead became an SQL",
        "cost_per_customer": "nobody became a customer",
    }


def test_one_sided_sources_are_listed() -> None:
    answer = cpl(
        BY_SOURCE,
        [
            SpendCounts("fair", (usd(900_00),), 0, 0, 0, 0),
            SpendCounts("google", (usd(100_00),), 10, 5, 2, 1),
            SpendCounts("referral", (), 10, 5, 2, 1),
        ],
    )
    assert answer.total["cpl"] == usd(50_00)
    assert answer.missing["referral.cpl"] == "no spend was entered for this window"
    assert answer.missing["fair.cpl"] == "no leads were created in this window"
    assert "Spend without leads: fair. Leads without spend: referral." in answer.text


def test_half_covered_windows_say_so() -> None:
    half = SpendCounts("all", (usd(100),), 1, 0, 0, 0, covered=frozenset(DAYS[:12]), days=30)
    assert "Spend is entered for 12 of 30 days only." in cpl(ASKED, [half]).text
    whole = SpendCounts("all", (usd(100),), 1, 0, 0, 0, covered=frozenset(DAYS), days=30)
    assert "only" not in cpl(ASKED, [whole]).text


def test_other_currencies_stand_apart_and_are_never_added() -> None:
    answer = cpl(
        ASKED, [SpendCounts("all", (usd(100_00), Money(50_00, "EUR"), Money(7, "JPY")), 10, 0, 0, 0)]
    )
    assert answer.total["spend"] == usd(100_00)
    assert answer.missing["other_spend"] == "50.00 EUR, 7 JPY in other currencies, not added"
    assert "50.00 EUR, 7 JPY in other currencies, not added." in answer.text


def test_a_customer_costs_marketing_spend_only() -> None:
    answer = cac(ASKED, [SpendCounts("all", (usd(5_000_00), Money(1, "EUR")), 500, 100, 50, 8)])
    assert answer.total == {"spend": usd(5_000_00), "customers": 8, "cac": usd(625_00)}
    assert "A customer cost 625.00 USD (marketing spend only): 5,000.00 USD for 8 customers" in answer.text
    assert "0.01 EUR in other currencies, not added." in answer.text


def test_no_customers_or_no_spend_is_no_cost_of_a_customer() -> None:
    assert cac(ASKED, [SpendCounts("all", (usd(1),), 1, 1, 1, 0)]).missing == {
        "cac": "nobody became a customer"
    }
    answer = cac(ASKED, [])
    assert answer.missing == dict.fromkeys(("spend", "cac"), "no spend was entered for this window")
    assert answer.text.startswith("No data: no spend")
    assert "nobody became a customer" in cac(ASKED, [SpendCounts("all", (usd(1),), 1, 1, 1, 0)]).text


def test_sources_show_what_money_brought() -> None:
    linkedin = SourceCounts("linkedin", 100, 50, 20, 10, (usd(1_000_00),), (usd(30_000_00),), 60)
    referral = SourceCounts("referral", 10, 5, 2, 1, (), (Money(9_00, "EUR"),), 1)
    fair = SourceCounts("fair", 0, 0, 0, 0, (usd(1),), ())
    answer = sources(ASKED, [linkedin, referral, fair], model="linear")
    assert answer.by == "source"
    first, second, third = answer.rows
    assert list(first) == [
        "key", "leads", "mqls", "sqls", "customers", "lead_to_mql", "mql_to_sql", "sql_to_customer",
        "conversion", "spend", "cpl", "cost_per_mql", "cost_per_sql", "cost_per_customer", "revenue_per_lead",
    ]  # fmt: skip
    assert (first["cpl"], first["cost_per_sql"], first["revenue_per_lead"]) == (
        usd(10_00),
        usd(50_00),
        usd(300_00),
    )
    assert first["conversion"] == share(10, 100)
    assert (second["cpl"], second["revenue_per_lead"]) == (None, None)
    assert answer.missing["referral.revenue_per_lead"] == "no revenue in USD"
    assert answer.missing["referral.other_revenue"] == "9.00 EUR in other currencies, not added"
    assert third["revenue_per_lead"] is None
    assert answer.missing["fair.revenue_per_lead"] == "no leads were created in this window"
    assert answer.text == (
        "3 sources brought 110 leads, last 30 days, Europe/Berlin. linkedin brought most customers (10). "
        "10.0% of leads became customers, likely 5.7–17.0% (11 of 110). 61 are still open. "
        "Spend without leads: fair. Leads without spend: referral. Attribution: linear. 2 left out: 2 spam."
    )


def test_sources_before_any_customer_or_lead() -> None:
    answer = sources(ASKED, [SourceCounts("a", 2, 0, 0, 0, (usd(1),), ())])
    assert answer.total["revenue_per_lead"] == usd(0)
    assert "most customers" not in answer.text
    assert sources(ASKED, []).text.startswith("No data: no leads were created")


def test_fifty_deals_at_a_quarter_of_thirty_thousand_in_sixty_days() -> None:
    factors = VelocityFactors("all", 50, 5, 15, (WonAmounts(usd(150_000_00), 5),), 60.0)
    answer = velocity(ASKED, [], factors)
    assert answer.total == {
        "sqls": 50,
        "win_rate": share(5, 20),
        "mean_amount": usd(30_000_00),
        "cycle_days": 60.0,
        "per_day": usd(6_250_00),
    }
    assert answer.text == (
        "6,250.00 USD a day: 50 open SQLs × 25.0% × 30,000.00 USD ÷ 60 days. "
        "Win rate, amount and days of last 30 days, Europe/Berlin."
    )


def test_velocity_needs_every_factor() -> None:
    nothing = VelocityFactors("all", 50, 0, 0, (), None)
    answer = velocity(ASKED, [], nothing)
    assert set(answer.missing) == {"win_rate", "mean_amount", "cycle_days", "per_day"}
    assert answer.text.startswith("No data: no SQL was won or lost in this window")
    foreign = VelocityFactors("ana", 50, 1, 1, (WonAmounts(Money(100, "EUR"), 1),), 60.0)
    by_rep = velocity(Asked(PERIOD, by="rep", currency="USD"), [foreign], foreign)
    assert by_rep.missing["ana.mean_amount"] == "no customer with an amount in USD"
    assert by_rep.missing["other_amounts"] == "1.00 EUR in other currencies, not added"
    at_once = VelocityFactors("all", 50, 1, 1, (WonAmounts(usd(100), 1),), 0.0)
    assert "no time to divide by" in velocity(ASKED, [], at_once).text


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_an_amount_each_is_never_off_by_more_than_half_a_unit(minor: int, n: int) -> None:
    each = per(usd(minor), n)
    assert each is not None
    assert abs(each.minor - Fraction(minor, n)) <= Fraction(1, 2)


def test_an_amount_for_nobody_or_no_amount_is_none() -> None:
    assert per(usd(5), 0) is None
    assert per(None, 5) is None


@given(st.lists(st.builds(Money, st.integers(0, 10**9), st.sampled_from(["EUR", "USD", "JPY"])), max_size=12))
def test_no_money_is_lost_between_currencies(amounts: list[Money]) -> None:
    ours, others = in_currency(amounts, "EUR")
    sums = {money.currency: money.minor for money in (*others, *([ours] if ours else []))}
    assert sums == {
        code: sum(money.minor for money in amounts if money.currency == code)
        for code in {money.currency for money in amounts}
    }
    assert all(money.currency != "EUR" for money in others)
