from __future__ import annotations

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from qualification.kpi import Asked, LeftOut, share
from qualification.kpi_counts import OverviewCounts, QualityCounts, RepCounts, SpeedTimes, WaitCounts
from qualification.kpi_people import overview, quality, reps, speed
from qualification.kpi_words import lasting
from qualification.money import Money
from qualification.periods import parse_period

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=ZoneInfo("Europe/Berlin"))
ASKED = Asked(parse_period("30d", NOW, ZoneInfo("Europe/Berlin")))
MINUTE, HOUR = 60.0, 3600.0


NONE = WaitCounts()


def waits(*seconds: float, open_since: tuple[float, ...] = ()) -> WaitCounts:
    return WaitCounts(Counter(seconds), Counter(open_since))


def test_this_window_stands_beside_the_one_before() -> None:
    this = OverviewCounts(
        100, 40, 20, 10, (Money(1_000_00, "EUR"),), WaitCounts({4 * MINUTE: 1, 6 * MINUTE: 1})
    )
    before = OverviewCounts(80, 30, 15, 12)
    answer = overview(ASKED, this, before, "2026-09-19 to 2026-10-18")
    now = {name: value for name, value in answer.total.items() if name != "previous"}
    assert now == {
        "leads": 100, "mqls": 40, "sqls": 20, "customers": 10, "cpl": Money(10_00, "EUR"),
        "contact_median": 240.0,
    }  # fmt: skip
    assert answer.total["previous"] == {
        "leads": 80, "mqls": 30, "sqls": 15, "customers": 12, "cpl": None, "contact_median": None,
    }  # fmt: skip
    assert answer.missing == {
        "previous.cpl": "no spend was entered for this window",
        "previous.contact_median": "no leads to time in this window",
    }
    assert answer.text == (
        "Last 30 days, Europe/Berlin: 100 leads (80), 40 MQLs (30), 20 SQLs (15), 10 customers (12); "
        "in brackets 2026-09-19 to 2026-10-18. A lead cost 10.00 EUR. Half were contacted within 4 min."
    )
    assert answer.to_json()["total"]["previous"]["leads"] == 80  # type: ignore[index]


def test_an_empty_window_is_no_data() -> None:
    answer = overview(
        ASKED, OverviewCounts(0, 0, 0, 0, (Money(5, "EUR"), Money(5, "USD"))), OverviewCounts(1, 0, 0, 0), "x"
    )
    assert answer.text.startswith("No data for last 30 days, Europe/Berlin: nothing came in or moved on.")
    assert answer.missing["cpl"] == "no leads were created in this window"
    assert answer.missing["other_spend"] == "spend in other currencies is not added"


def test_most_leads_uncontacted_is_no_median_and_no_zero() -> None:
    answer = overview(
        ASKED, OverviewCounts(3, 0, 0, 0, (), WaitCounts({60: 1}, {90: 2})), OverviewCounts(0, 0, 0, 0), "x"
    )
    assert answer.total["contact_median"] is None
    assert answer.missing["contact_median"] == "fewer than half were seen to happen yet"


def test_speed_of_ten_leads_of_which_one_was_never_contacted() -> None:
    contacts = waits(*(n * HOUR for n in range(1, 10)), open_since=(100 * HOUR,))
    claims = waits(*(n * MINUTE for n in range(1, 11)))
    worked = waits(*(n * HOUR / 2 for n in range(1, 10)), open_since=(50 * HOUR,))
    answer = speed(ASKED, [SpeedTimes("all", claims, contacts, worked, 6, 9, late=2, imported=20)])
    assert answer.total == {
        "leads": 10,
        "claim_median": 5 * MINUTE,
        "claim_p90": 9 * MINUTE,
        "contact_median": 5 * HOUR,
        "contact_p90": 9 * HOUR,
        "in_target": share(6, 9),
        "never": share(1, 10),
    }
    assert answer.text == (
        "Half of 10 leads were contacted within 5 h (2 h 30 min of working time), "
        "last 30 days, Europe/Berlin. 66.7% in target, likely 35.4–87.9% (6 of 9). "
        "1 not contacted (10.0%). Not timed: 20 imported, 2 late."
    )


def test_a_lead_never_contacted_slows_the_median_instead_of_leaving_it() -> None:
    dropped = speed(ASKED, [SpeedTimes("all", NONE, waits(10, 20), NONE, 0, 0)])
    censored = speed(ASKED, [SpeedTimes("all", NONE, waits(10, 20, open_since=(15, 30, 30)), NONE, 0, 0)])
    assert dropped.total["contact_median"] == 10
    assert censored.total["contact_median"] is None
    assert censored.missing["contact_p90"] == "fewer than 90% were seen to happen yet"
    assert "Fewer than half of 5 leads were contacted so far" in censored.text
    assert "Nobody was forgotten." in dropped.text


def test_speed_without_leads_is_no_data() -> None:
    answer = speed(Asked(ASKED.period, by="rep"), [SpeedTimes("ana", NONE, NONE, NONE, 0, 0, imported=3)])
    assert answer.text.startswith("No data: no leads to time in this window")
    assert answer.text.endswith("Not timed: 3 imported.")
    assert answer.missing["ana.never"] == "no leads to time in this window"
    assert answer.missing["ana.in_target"] == "no lead's target has come yet"
    assert answer.missing["claim_p90"] == "no leads to time in this window"


def test_the_working_clock_may_not_be_told_and_buckets_are_said() -> None:
    counts = [SpeedTimes("all", NONE, waits(10.0), NONE, 0, 0)]
    assert "Half of 1 lead were contacted within 10 s, last 30 days" in speed(ASKED, counts).text
    assert "at most 2% off" not in speed(ASKED, counts).text
    assert "read from buckets, at most 2% off" in speed(ASKED, counts, exact=False).text


def test_who_carries_what() -> None:
    counts = [RepCounts("UANA", 10, 4, 5, 6, 3, 1, 7, (60, 120)), RepCounts("UBEN", 2, 0, 0, 0, 0, 0, 1)]
    answer = reps(Asked(ASKED.period, left_out=LeftOut({"test": 1})), counts)
    assert answer.by == "rep"
    assert answer.rows[0] == {
        "key": "UANA", "claimed": 10, "in_target": share(4, 5), "qualified": 6, "sqls": 3, "customers": 1,
        "open_now": 7, "median_speed": 90,
    }  # fmt: skip
    assert answer.missing == {
        "UBEN.in_target": "no contact was due",
        "UBEN.median_speed": "nobody was contacted",
    }
    assert answer.total["median_speed"] == 90
    assert answer.text == (
        "2 reps claimed 12 leads, made 3 SQLs and won 1 customer, last 30 days, Europe/Berlin. "
        "8 leads are with them now. 1 left out: 1 test."
    )
    assert reps(ASKED, []).text.startswith("No data: no rep did anything")


def test_what_is_rejected_from_where() -> None:
    counts = [
        QualityCounts("student", "fair", 2, 4),
        QualityCounts("no_budget", "google", 9, 6),
        QualityCounts("student", "google", 1, 0),
    ]
    answer = quality(ASKED, counts)
    assert [row["key"] for row in answer.rows] == ["no_budget · google", "student · fair", "student · google"]
    assert answer.rows[0]["change"] == 0.5
    assert answer.rows[1]["change"] == -0.5
    assert answer.missing == {"student · google.change": "none in the window before"}
    assert answer.text == (
        "12 leads were rejected, last 30 days, Europe/Berlin: 9 no budget, 3 student. "
        "Most often no budget from google (9). That is 20.0% more than in the window before (10)."
    )


def test_as_many_rejections_as_before_or_none_at_all() -> None:
    assert (
        "That is as many as in the window before (3)."
        in quality(ASKED, [QualityCounts("vendor", "a", 3, 3)]).text
    )
    assert "25.0% fewer than" in quality(ASKED, [QualityCounts("vendor", "a", 3, 4)]).text
    assert "window before" not in quality(ASKED, [QualityCounts("vendor", "a", 3, 0)]).text
    assert quality(ASKED, []).text.startswith("No data: nobody rejected a lead")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3_569, "59 min"),
        (3_600, "1 h"),
        (7_500, "2 h 5 min"),
        (302_400, "3.5 days"),
    ],
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert lasting(seconds) == words
