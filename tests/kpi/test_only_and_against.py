"""One source, campaign or rep by itself, and one window against another, counted on real leads."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from handlers.flows.claim import claim_lead
from handlers.flows.disqualify import disqualify_lead
from handlers.flows.kpi import Told, ask
from handlers.flows.kpi_asking import AskBack
from handlers.views.kpi_words import table_rows
from qualification.errors import Refused
from qualification.kpi import KPIS
from qualification.kpi_words import percent
from qualification.lead import Stage
from qualification.past import Past
from store.house import Person
from tests.kpi.firm import BERLIN, Firm, firm
from tests.kpi.test_stories import customer

# A Wednesday, 10:00 in Berlin.
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
MANAGER, REP = "UMAYA", "UANA"


async def people(f: Firm) -> None:
    known = [Person(f"U{name.upper()}", name, name.title(), "", "Europe/Berlin") for name in ("ana", "ben")]
    async with f.office.store.begin(f.where) as work:
        await work.house.remember(known, f.clock())


async def cohorts(f: Firm) -> None:
    """Per month of creation: webinar 4 leads with 1 and 2 customers, linkedin 2 leads with 1 each."""
    for month, customers in ((8, 1), (9, 2)):
        created = datetime(2026, month, 20, 12, tzinfo=UTC)
        for number in range(4):
            name = f"w{month}x{number}"
            if number < customers:
                await customer(f, name, created, days=20, source="webinar")
            else:
                await f.lead(name, at=created, source="webinar", past=Past(Stage.LEAD))
        await customer(f, f"l{month}", created, days=20, source="linkedin")
        await f.lead(f"m{month}", at=created, source="linkedin", past=Past(Stage.LEAD))


async def asks(f: Firm, text: str, user: str = MANAGER) -> Told:
    return await ask(f.office, f.where, text, user)


async def test_a_sentence_compares_one_source_s_conversion_at_equal_age(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        await cohorts(f)
        told = await asks(f, "how did webinar leads convert in September vs the month before")
        assert told.understood == (
            "conversion of leads from webinar, created in September 2026, against August 2026"
        )
        assert told.asked == "conversion 2026-09 only source=webinar against 2026-08"
        assert told.answer.text.startswith(
            "59 days after creation 50.0% of the leads of September 2026 had become customers (2 of 4), "
            "against 25.0% of those of August 2026 at the same age (1 of 4): 25.0 points up. "
            "The difference may well be chance"
        )
        assert told.answer.rows == ()
        assert told.answer.total["leads"] == 4
        assert (await asks(f, told.asked)).answer == told.answer, "what a button repeats is the same question"

        young = await asks(f, "how did webinar leads convert this month vs last month")
        assert young.answer.text.startswith("No data")
        await f.lead("new", source="webinar")
        young = await asks(f, "how did webinar leads convert this month vs September")
        assert young.answer.text.startswith("Too young to compare: this month to date and September 2026")
        assert young.answer.before is None, "a cohort's numbers never stand beside an older one's"


async def test_one_value_s_number_is_its_row_of_the_split(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        await cohorts(f)
        await f.spend("webinar", date(2026, 8, 1), date(2026, 11, 30), 400_00)
        await f.lead("spammer", source="linkedin", at=NOW)
        await disqualify_lead(f.office, f.where, f.numbers["spammer"], "UANA", "spam")
        for number in range(3):
            await f.lead(f"q{number}", source="webinar", campaign="spring webinar")
            await claim_lead(f.office, f.where, f.numbers[f"q{number}"], "UANA" if number else "UBEN")
        await disqualify_lead(f.office, f.where, f.numbers["q0"], "UBEN", "no_need")
        asked = 0
        for kpi in KPIS.values():
            for dimension in kpi.dimensions:
                rows = (await asks(f, f"{kpi.name} 12m by {dimension}")).answer.rows
                for row in rows if kpi.name != "quality" else ():
                    value = str(row["key"])
                    if value in ("no campaign", "no variant", "nobody"):
                        continue
                    told = (await asks(f, f'{kpi.name} 12m only {dimension}="{value}"')).answer
                    # What is usual for one source is the time its own customers took.
                    apart = {"key", "mature_share"}
                    alone = {name: one for name, one in told.total.items() if name not in apart}
                    assert alone == {name: one for name, one in row.items() if name not in apart}
                    assert "spam" not in told.text or value == "linkedin"
                    asked += 1
        assert asked > 40
        (row,) = (await asks(f, "quality only source=webinar")).answer.rows
        assert (row["source"], row["rejected"]) == ("webinar", 1)
        assert (await asks(f, "quality only source=linkedin")).answer.rows == ()


async def test_what_happened_stands_beside_as_many_days_of_the_other_window(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        await f.spend("web", date(2026, 10, 1), date(2026, 10, 31), 310_00)
        await f.spend("web", date(2026, 11, 1), date(2026, 11, 30), 600_00)
        for day, leads in ((3, 2), (25, 5)):
            for number in range(leads):
                await f.lead(f"o{day}x{number}", at=datetime(2026, 10, day, 12, tzinfo=UTC), source="web")
        for number in range(3):
            await f.lead(f"n{number}", at=datetime(2026, 11, 5, 12, tzinfo=UTC), source="web")
        told = await asks(f, "cost per lead this month vs last month")
        # 18 days of each: 360.00 for 3 leads, 180.00 for 2; the five of 25 October come later.
        assert told.answer.text.startswith(
            "A lead cost 120.00 EUR in this month to date against 90.00 EUR in 2026-10-01 to 2026-10-18, "
            "33.3% more."
        )
        table: list[Any] = [list(row) for row in table_rows(told.answer, {})]
        assert table[0] == ["Number", "this month to date", "2026-10-01 to 2026-10-18", "Change"]
        assert ["Leads", "3", "2", "+50%"] in table
        against: Any = told.answer.to_json()["against"]
        assert (against["from"], against["to"], against["total"]["leads"]) == ("2026-10-01", "2026-10-19", 2)

        whole = (await asks(f, "overview 2026-11 against 2026-10")).answer
        assert whole.total["leads"] == 3
        previous: Any = whole.total["previous"]
        assert previous["leads"] == 2
        unlike = (await asks(f, "cpl 2026-10 against Q3")).answer.text
        assert "Nothing to compare: Q3 2026 has none (no spend was entered for this window)." in unlike
        assert "The windows are not equally long (31 and 92 days)." in unlike


async def test_rates_are_compared_with_how_sure_that_is(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        for month, won in ((9, 1), (10, 3)):
            for number in range(4):
                closed = datetime(2026, month, 15, 12, tzinfo=UTC)
                sql = closed - timedelta(days=9)
                ended = {"won_at": closed} if number < won else {"lost_at": closed, "reason": "price"}
                stage = Stage.CUSTOMER if number < won else Stage.LOST
                past = Past(stage, mql_at=sql, sql_at=sql, **ended)  # type: ignore[arg-type]
                await f.lead(f"p{month}x{number}", at=sql, past=past)
        text = (await asks(f, "win rate in October compared to September")).answer.text
        assert text.startswith("75.0% of the SQLs decided were won in October 2026, likely ")
        assert f"against {percent(0.25)} in September 2026" in text
        assert "50.0 points up. The difference may well be chance (p = 0.157)." in text
        same = (await asks(f, "win 2026-10 against 2026-10")).answer.text
        assert "no difference" in same


async def test_mqls_still_in_time_are_too_young_to_compare(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        await f.lead("ada")
        await f.lead("bo", at=NOW - timedelta(days=20))
        await claim_lead(f.office, f.where, f.numbers["ada"], "UANA")
        told = (await asks(f, "acceptance this week against 2026-10")).answer
        assert "Too young to compare" in told.text or told.text.startswith("No data")
        with pytest.raises(Refused, match="nothing to compare"):
            await asks(f, "velocity against before")


async def test_a_rep_asking_for_others_is_told_who_may(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        await people(f)
        for name, rep in (("ada", "UANA"), ("bo", "UANA"), ("cy", "UBEN")):
            await f.lead(name)
            await claim_lead(f.office, f.where, f.numbers[name], rep)
        mine = await asks(f, "how many leads did I claim", REP)
        assert mine.answer.total["claimed"] == 2
        assert mine.understood == "what @ana did, in the last 30 days"
        for text in ("how is Ben doing", "funnel only rep=ben", "reps only rep=UBEN", "win rate of @ben"):
            with pytest.raises(Refused, match=r"for managers and admins.*<@UMAYA>"):
                await asks(f, text, REP)
            assert (await asks(f, text)).question.only == ("rep", "UBEN")
        with pytest.raises(Refused, match="<@UMAYA>"):
            await asks(f, "funnel only rep=ben", "UMARK")


async def test_a_value_nearly_right_is_asked_about(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        await f.lead("ada", source="linkedin", campaign="Black Friday; 50% off")
        with pytest.raises(AskBack) as unsure:
            await asks(f, "funnel only source=linkdin")
        (choice,) = unsure.value.choices
        assert choice.asked == "funnel 90d only source=linkedin"
        assert (await asks(f, choice.asked)).answer.total["leads"] == 1
        with pytest.raises(Refused, match=r"I know no source “google”\. I know linkedin\."):
            await asks(f, "funnel only source=google")
        told = await asks(f, "what does a lead of the black friday 50% off campaign cost")
        assert told.question.only == ("campaign", "Black Friday; 50% off")
        assert (await asks(f, told.asked)).question == told.question
