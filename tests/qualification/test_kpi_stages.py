from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.kpi import Asked, LeftOut, Rate, share
from qualification.kpi_counts import (
    AcceptanceCounts,
    ConversionTimes,
    FunnelCounts,
    GrowthCounts,
    MqlCounts,
    SlaCounts,
    WinCounts,
)
from qualification.kpi_stages import acceptance, conversion, funnel, lvr, mql_sql, sla, win
from qualification.periods import parse_period
from tests.qualification.reference import (
    Story,
    adjusted_by_hand,
    conversion_by_hand,
    funnel_by_hand,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 15, 30, tzinfo=BERLIN)
ASKED = Asked(parse_period("90d", NOW, BERLIN), definition_versions=(1, 2))
BY_SOURCE = Asked(ASKED.period, by="source")
SOURCES = [FunnelCounts("linkedin", 600, 300, 150, 80, 400), FunnelCounts("google", 400, 100, 50, 20, 220)]


def test_a_hundred_of_a_thousand_leads_as_machines_read_it() -> None:
    spam = LeftOut({"spam": 8, "test": 4}, {"ana": 10, "ben": 2})
    asked = Asked(ASKED.period, "source", definition_versions=(1, 2), left_out=spam)
    told = funnel(asked, SOURCES).to_json()
    assert list(told) == [
        "kpi", "basis", "from", "to", "timezone", "by", "definition_versions",
        "rows", "total", "missing", "text",
    ]  # fmt: skip
    assert (told["kpi"], told["basis"], told["by"]) == ("funnel", "cohort", "source")
    assert (told["from"], told["to"], told["timezone"]) == ("2026-08-25", "2026-11-23", "Europe/Berlin")
    assert told["definition_versions"] == [1, 2]
    total, rows = told["total"], told["rows"]
    assert isinstance(total, dict)
    assert isinstance(rows, list)
    assert [total[name] for name in ("leads", "mqls", "sqls", "customers")] == [1000, 400, 200, 100]
    assert total["lead_to_mql"]["value"] == 0.4
    assert total["mql_to_sql"]["value"] == 0.5
    assert total["sql_to_customer"]["value"] == 0.5
    conversion_rate = total["conversion"]
    assert (conversion_rate["value"], conversion_rate["k"], conversion_rate["n"]) == (0.1, 100, 1000)
    assert [round(100 * conversion_rate[end], 3) for end in ("low", "high")] == [8.291, 12.015]
    assert [row["key"] for row in rows] == ["linkedin", "google"]
    assert all(set(row) == {"key", *total} for row in rows)
    assert told["missing"] == {}


def test_a_hundred_of_a_thousand_leads_as_people_read_it() -> None:
    asked = Asked(ASKED.period, left_out=LeftOut({"spam": 8, "test": 4}, {"ana": 10, "ben": 2}))
    assert funnel(asked, SOURCES).text == (
        "1,000 leads → 400 MQL → 200 SQL → 100 customers (last 90 days, Europe/Berlin). "
        "10.0% of leads became customers, likely 8.3–12.0% (100 of 1,000). 620 are still open. "
        "12 left out: 8 spam, 4 test (10 by ana, 2 by ben)."
    )


def test_without_a_split_there_is_one_number_and_no_rows() -> None:
    assert funnel(ASKED, SOURCES).rows == ()


def test_no_leads_are_no_data_and_not_zero_percent() -> None:
    answer = funnel(Asked(ASKED.period, left_out=LeftOut({"existing_customer": 3})), [])
    assert answer.total["conversion"] is None
    assert answer.missing["conversion"] == "no leads were created in this window"
    assert answer.missing["sql_to_customer"] == "no lead became an SQL"
    assert answer.text == (
        "No data: no leads were created in this window (last 90 days, Europe/Berlin). "
        "3 left out: 3 existing customer."
    )


def test_a_source_without_mqls_says_so_in_its_own_row() -> None:
    answer = funnel(BY_SOURCE, [FunnelCounts("fair", 12, 0, 0, 0, 1)])
    assert answer.rows[0]["mql_to_sql"] is None
    assert answer.missing["fair.mql_to_sql"] == "no lead became an MQL"
    assert "0% of leads became customers, likely 0–24.2% (0 of 12). 1 is still open." in answer.text


def test_more_customers_than_leads_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no share"):
        funnel(ASKED, [FunnelCounts("x", 1, 1, 1, 2)])


def test_nothing_of_nothing_is_no_share() -> None:
    assert share(0, 0) is None
    with pytest.raises(ValueError, match="no share"):
        share(1, 0)


stories = st.lists(
    st.builds(
        Story,
        source=st.sampled_from(["linkedin", "google"]),
        stages=st.frozensets(st.sampled_from(["mql", "sql", "customer"])),
        outcome=st.sampled_from(["open", "lost"]),
        age=st.integers(1, 30),
        took=st.integers(0, 30),
    ),
    max_size=40,
)


@given(stories)
def test_a_funnel_counted_lead_by_lead_agrees(leads: list[Story]) -> None:
    """A lead that skipped MQL passed it, so each stage counts whoever reached it or a later one."""
    answer = funnel(BY_SOURCE, funnel_by_hand(leads))
    customers = sum(lead.won for lead in leads)
    assert answer.total["leads"] == len(leads)
    assert answer.total["customers"] == customers
    rate = answer.total["conversion"]
    assert (rate.value if isinstance(rate, Rate) else None) == (customers / len(leads) if leads else None)
    counts = [answer.total[name] for name in ("leads", "mqls", "sqls", "customers")]
    assert counts == sorted(counts, key=int, reverse=True)  # type: ignore[arg-type]


@given(stories)
def test_conversion_and_its_adjustment_agree_with_a_count_by_hand(leads: list[Story]) -> None:
    answer = conversion(BY_SOURCE, conversion_by_hand(leads))
    adjusted, expected = answer.total["adjusted"], adjusted_by_hand(leads)
    if expected is None:
        assert adjusted is None
        assert answer.text.startswith("No data")
    else:
        assert isinstance(adjusted, Rate)
        plain = answer.total["conversion"]
        assert isinstance(plain, Rate)
        assert adjusted.value == pytest.approx(float(expected))
        assert adjusted.value >= plain.value - 1e-12
        assert adjusted.low is not None
        assert adjusted.high is not None
        assert 0 <= adjusted.low <= adjusted.value + 1e-9 <= adjusted.high + 2e-9


def test_open_leads_raise_the_expectation_and_lost_ones_do_not() -> None:
    # Ten leads, two won after 10 and 20 days. Four are open since day 15, four are lost.
    cohort = ConversionTimes("all", {30: 6, 15: 4}, {10: 1, 20: 1}, {15: 4})
    answer = conversion(ASKED, [cohort])
    adjusted = answer.total["adjusted"]
    # By hand: 1 − (9/10) · (4/5): at day 20 one of the five still watched (it and the four lost) became one.
    assert isinstance(adjusted, Rate)
    assert adjusted.value == pytest.approx(0.28)
    assert answer.total["mature_share"] == share(6, 10)
    assert answer.text == (
        "20.0% of leads became customers, likely 5.7–51.0% (2 of 10). 4 are still open. "
        "60.0% are older than the usual 15 days from lead to customer. "
        "Allowing for those still open, expect 28.0%. Window: last 90 days, Europe/Berlin."
    )
    assert not answer.missing


def test_before_the_first_customer_nothing_is_said_about_time() -> None:
    answer = conversion(BY_SOURCE, [ConversionTimes("fair", {3: 1, 4: 1}, {}, {3: 1, 4: 1})])
    assert answer.total["mature_share"] is None
    assert "so there is no typical time" in answer.missing["mature_share"]
    assert "fair.mature_share" in answer.missing
    assert "Nobody became a customer yet" in answer.text
    assert answer.total["adjusted"] == share(0, 2)


def test_a_cohort_without_leads_is_no_data() -> None:
    answer = conversion(ASKED, [])
    assert answer.text.startswith("No data: no leads were created")
    assert (answer.total["conversion"], answer.total["adjusted"]) == (None, None)


def test_a_source_without_leads_has_no_share_of_old_ones() -> None:
    answer = conversion(
        BY_SOURCE, [ConversionTimes("a", {30: 1}, {10: 1}, {}), ConversionTimes("b", {}, {}, {})]
    )
    assert answer.missing == dict.fromkeys(
        ("b.conversion", "b.mature_share", "b.adjusted"), "no leads were created in this window"
    )


def test_young_mqls_are_listed_and_not_counted() -> None:
    answer = mql_sql(ASKED, [MqlCounts("all", 1000, 40, 1)])
    assert answer.total == {"mqls": 1000, "sqls": 40, "rate": share(40, 1000), "immature": 1}
    assert "4.0% of MQLs became SQL within 30 days, likely 3.0–5.4% (40 of 1,000)" in answer.text
    assert "1 younger one is not counted yet." in answer.text
    assert "younger" not in mql_sql(ASKED, [MqlCounts("all", 10, 4, 0)]).text
    assert "3 younger ones are" in mql_sql(ASKED, [MqlCounts("all", 10, 4, 3)]).text


def test_only_young_mqls_are_no_data_with_that_reason() -> None:
    answer = mql_sql(ASKED, [MqlCounts("all", 0, 0, 5)], within_days=14)
    assert answer.total["rate"] is None
    assert answer.missing["rate"] == "no MQL of this window is 14 days old yet"
    assert mql_sql(ASKED, []).missing["rate"] == "no lead became an MQL"


def test_acceptance_counts_decisions_and_tells_where_rejections_come_from() -> None:
    counts = [
        AcceptanceCounts("linkedin", 20, 5, 2, 1, {"no_budget": 4, "student": 1}),
        AcceptanceCounts("fair", 1, 9, 0, 0, {"student": 9}),
    ]
    answer = acceptance(BY_SOURCE, counts)
    assert answer.total == {
        "accepted": 21,
        "rejected": 14,
        "undecided": 2,
        "overdue": 1,
        "rate": share(21, 35),
    }
    assert "Sales accepted 60.0% of the MQLs decided on" in answer.text
    assert "2 undecided, 1 overdue." in answer.text
    assert "Rejected for: 10 student, 4 no budget." in answer.text
    assert "Most rejections come from fair (9)." in answer.text


def test_acceptance_before_any_decision() -> None:
    answer = acceptance(ASKED, [AcceptanceCounts("all", 0, 0, 3, 0)])
    assert answer.total["rate"] is None
    assert answer.text.startswith("No data: no MQL of this window was accepted or rejected yet")
    assert answer.text.endswith("3 undecided, 0 overdue.")
    happy = acceptance(BY_SOURCE, [AcceptanceCounts("a", 3, 0, 0, 0)])
    assert "100% of the MQLs" in happy.text
    assert "reject" not in happy.text


def test_a_promise_overdue_and_open_is_broken() -> None:
    answer = sla(ASKED, [SlaCounts("all", 8, 1, 1, 5)])
    assert answer.total == {"met": 8, "breached": 2, "rate": share(8, 10)}
    assert "We kept 80.0% of our promises" in answer.text
    assert "1 broken and still open. 5 not due yet." in answer.text
    assert sla(ASKED, [SlaCounts("all", 8, 0, 0)]).text.endswith("Europe/Berlin.")
    assert sla(ASKED, [SlaCounts("all", 0, 0, 0, 5)]).missing == {"rate": "no promise was due in this window"}


def test_three_of_eight_deals_won() -> None:
    answer = win(ASKED, [WinCounts("all", 3, 5)])
    rate = answer.total["rate"]
    assert isinstance(rate, Rate)
    assert rate.low is not None
    assert rate.high is not None
    assert (round(100 * rate.low, 2), round(100 * rate.high, 2)) == (13.68, 69.43)
    assert "We won 37.5% of the SQLs that were decided, likely 13.7–69.4% (3 of 8)" in answer.text
    assert win(ASKED, []).total["rate"] is None


@pytest.mark.parametrize(
    ("this", "last", "words"),
    [(12, 10, "20.0% more"), (5, 10, "50.0% fewer"), (10, 10, "as many as before"), (0, 10, "100% fewer")],
)
def test_growth_is_told_against_the_month_before(this: int, last: int, words: str) -> None:
    answer = lvr(ASKED, [GrowthCounts("all", this, last)], "October 2026")
    assert words in answer.text
    assert answer.total["rate"] == Rate((this - last) / last, None, None, this - last, last)
    assert answer.to_json()["total"]["rate"]["low"] is None  # type: ignore[index]


def test_growth_from_nothing_is_no_rate() -> None:
    answer = lvr(BY_SOURCE, [GrowthCounts("fair", 3, 0)], "October 2026")
    assert answer.total["rate"] is None
    assert answer.missing["fair.rate"] == "there was no MQL in October 2026 to compare with"
    assert answer.text == (
        "Last 90 days, Europe/Berlin: 3 MQLs against 0 in October 2026. "
        "No rate: there was no MQL in October 2026 to compare with."
    )
