"""What a manager reads first is true, and reads as one would say it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from handlers.flows.kpi import Told, ask
from handlers.flows.kpi_board import see_board
from handlers.flows.kpi_why import why_it_changed
from handlers.views.kpi_answer import kpi_answer, window_line
from handlers.views.kpi_board import board_blocks
from qualification.kpi import Asked
from qualification.kpi_counts import SpeedTimes, VelocityFactors, WaitCounts, WonAmounts
from qualification.kpi_money import velocity
from qualification.kpi_people import speed
from qualification.lead import Stage
from qualification.money import Money
from qualification.past import Past
from qualification.periods import parse_period
from tests.kpi.firm import BERLIN, Firm, firm
from tests.kpi.test_stories import customer

# A Wednesday, 10:00 in Berlin.
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
ASKED = Asked(parse_period("30d", NOW, BERLIN))


async def asks(f: Firm, text: str) -> Told:
    return await ask(f.office, f.where, text, "UMAYA")


async def made(f: Firm, name: str, at: datetime) -> None:
    await f.lead(name, at=at, past=Past(Stage.MQL, mql_at=at))


async def test_what_came_before_the_first_lead_is_not_known_and_no_zero(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        await made(f, "ada", datetime(2026, 8, 20, 9, tzinfo=UTC))
        await made(f, "bo", datetime(2026, 9, 20, 9, tzinfo=UTC))
        unknown = "nothing to compare with: the first lead there is was created on 2026-08-20."
        told = await asks(f, "last quarter vs same quarter last year")
        assert told.answer.text == (
            f"Last quarter, Q3 2026, Europe/Berlin: 2 leads, 2 MQLs, no SQLs, no customers; {unknown}"
        )
        previous = told.answer.total["previous"]
        assert isinstance(previous, dict)
        assert previous["leads"] is None
        assert told.answer.missing["previous.leads"] == "the first lead there is was created on 2026-08-20"
        told = await asks(f, "lvr Q3")
        assert told.answer.text.endswith(f"2 MQLs; {unknown}")
        assert told.answer.total["last"] is None

        # It began before the first lead: told beside what there is. The month after, all is known.
        told = await asks(f, "overview 2026-09")
        assert "1 lead (1), 1 MQL (1)" in told.answer.text
        assert "August 2026 began before the first lead there is, of 2026-08-20." in told.answer.text
        assert "first lead" not in (await asks(f, "overview 2026-10")).answer.text
        told = await asks(f, "conversion Q3 against 2025-07-01..2025-09-30")
        assert told.answer.text.startswith("Nothing to compare: no leads were created in 2025-07-01")


async def test_home_shows_no_brackets_around_nothing(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        await made(f, "ada", datetime(2026, 11, 2, 9, tzinfo=UTC))
        shown = str([block.to_dict() for block in board_blocks(await see_board(f.office, f.where))])
        assert "• Leads: *1*\\n" in shown
        assert "In brackets" not in shown


async def test_an_earlier_window_against_a_later_one_tells_which_way_time_went(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        for month, won in ((5, 1), (8, 3)):
            closed = datetime(2026, month, 20, 9, tzinfo=UTC)
            for number in range(4):
                past = (
                    Past(Stage.CUSTOMER, mql_at=closed, sql_at=closed, won_at=closed)
                    if number < won
                    else Past(Stage.LOST, mql_at=closed, sql_at=closed, lost_at=closed, reason="price")
                )
                await f.lead(f"n{month}x{number}", at=closed, past=past)
        told = await asks(f, "win rate Q2 vs Q3")
        assert "up 50.0 points from Q2 2026 to Q3 2026" in told.answer.text
        told = await asks(f, "win rate Q3 vs Q2")
        assert ": 50.0 points up." in told.answer.text


async def test_spend_that_brought_nobody_is_no_dear_lead(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        for month in (9, 10):
            for name in ("ada", "bo"):
                await made(f, f"{name}{month}", datetime(2026, month, 10, 9, tzinfo=UTC))
            await f.spend("linkedin", date(2026, month, 1), date(2026, month, 28), 10_000)
        await f.spend("fair", date(2026, 9, 1), date(2026, 9, 30), 5_000)
        told = await why_it_changed(f.office, f.where, "cpl 2026-10", "UMAYA")
        assert told.text.endswith(
            "Most of it: fair took 50.00 EUR without bringing a lead before, and no longer does: −25.00 EUR."
        )
        await f.spend("fair", date(2026, 10, 1), date(2026, 10, 31), 7_000)
        told = await why_it_changed(f.office, f.where, "cpl 2026-10", "UMAYA")
        assert "fair took 70.00 EUR without bringing a lead, 50.00 EUR before: +10.00 EUR" in told.text


def test_the_sum_of_velocity_comes_out_with_a_pocket_calculator() -> None:
    amounts = (WonAmounts(Money(66_00, "EUR"), 66),)
    told = velocity(ASKED, (), VelocityFactors("all", 27, 66, 143, amounts, 20.566))
    assert "÷ 20.6 days" in told.text


def test_one_lead_that_waits_is_told_as_one() -> None:
    none, waiting = WaitCounts(), WaitCounts({}, {60.0: 1})
    one = speed(ASKED, [SpeedTimes("all", none, waiting, waiting, 0, 0)])
    assert one.text == "The one lead was not contacted so far, last 30 days, Europe/Berlin."
    waiting = WaitCounts({}, {60.0: 1, 9.0: 1})
    two = SpeedTimes("all", none, waiting, waiting, 0, 0)
    assert speed(ASKED, [two]).text.startswith("None of 2 leads were contacted so far")


async def test_one_row_is_called_by_its_name(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        await customer(f, "ada", datetime(2026, 9, 1, 9, tzinfo=UTC), days=20, source="linkedin")
        text = (await asks(f, "roi of linkedin")).answer.text
        assert text.startswith("Linkedin brought 1 lead") or text.startswith("linkedin brought 1 lead")
        assert "most customers" not in text
        await customer(f, "bo", datetime(2026, 9, 1, 9, tzinfo=UTC), days=20, source="web")
        assert (await asks(f, "sources")).answer.text.startswith("2 sources brought 2 leads")


def drawn(told: Told, **more: Any) -> str:
    return str(kpi_answer(told.answer, asked=told.asked, names={}, at=told.at, **more).blocks)


async def test_commands_in_a_sentence_look_like_commands(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        shown = drawn(await asks(f, "visitors"))
        assert "Connect one to `/intake/events`" in shown
        told = await asks(f, "ab")
        assert told.answer.text.startswith("No data: no experiment runs.")
        assert "`experiments`" in drawn(told)
        hostile = replace(told.answer, text="No data of `<!channel>` and ` `")
        assert "`" not in drawn(replace(told, answer=hostile)).replace("`/kpi", "")


async def test_a_month_that_goes_on_is_told_as_far_as_it_went(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        await made(f, "ada", datetime(2026, 11, 2, 9, tzinfo=UTC))
        told = await asks(f, "funnel this month")
        assert window_line(told.answer, told.at).startswith("2026-11-01 to 2026-11-18, ")
        told = await asks(f, "funnel 2026-10")
        assert window_line(told.answer, told.at).startswith("2026-10-01 to 2026-10-31, ")
        assert window_line((await asks(f, "overview today")).answer, told.at).startswith("2026-11-18, ")


async def test_a_mean_amount_says_how_sure_it_is(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        created = datetime(2026, 9, 1, 9, tzinfo=UTC)
        for number, minor in enumerate((100_00, 200_00, 300_00, 400_00)):
            past = Past(Stage.CUSTOMER, won_at=created, amount_minor=minor, currency="EUR")
            await f.lead(f"a{number}", at=created, past=past)
        await f.lead("bo", at=created, past=Past(Stage.NURTURE, mql_at=created))
        told = (await asks(f, "nurture")).answer
        nurtured, others = told.rows
        # 250 ± 3.18 × 129.10 ÷ 2
        assert str(others["mean_amount"]) == "250.00 EUR"
        assert (str(others["mean_amount_low"]), str(others["mean_amount_high"])) == (
            "44.60 EUR",
            "455.40 EUR",
        )
        assert nurtured["mean_amount_low"] is None
        assert told.missing["nurtured.mean_amount_low"] == "fewer than two amounts in EUR"


async def test_a_benchmark_on_a_phone_tells_ours_and_lists_what_there_is_none_of(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        await customer(f, "ada", datetime(2026, 9, 1, 9, tzinfo=UTC), days=20)
        told = (await asks(f, "benchmark")).answer
        assert "Leads that become customers: ours 100% (1 of 1), others say 1–3%" in told.text
        assert "We have no number yet for: cost per lead; larger purchases of nurtured leads;" in told.text
        assert "no data" not in told.text
        assert len(told.rows) == 9


async def test_what_happened_is_told_against_the_window_before(database_url: str) -> None:
    async with firm(database_url, NOW, BERLIN) as f:
        for month, won in ((8, 0), (9, 1), (10, 2)):
            closed = datetime(2026, month, 1 if month == 8 else 20, 9, tzinfo=UTC)
            for number in range(3):
                past = (
                    Past(Stage.CUSTOMER, mql_at=closed, sql_at=closed, won_at=closed)
                    if number < won
                    else Past(Stage.LOST, mql_at=closed, sql_at=closed, lost_at=closed, reason="price")
                )
                await f.lead(f"n{month}x{number}", at=closed, past=past)
            await f.spend("linkedin", date(2026, month, 1), date(2026, month, 28), 9_000 * month)
        told = (await asks(f, "win last month")).answer
        assert told.text.startswith("We won 66.7% of the SQLs that were decided, ")
        assert (
            ", last month, October 2026, Europe/Berlin. Before, September 2026: 33.3% (1 of 3)." in told.text
        )
        told = (await asks(f, "cpl last month by source")).answer
        assert ". Before, September 2026: 270.00 EUR." in told.text
        # Of July nothing is known, and what is asked against something is told against that.
        assert "Before" not in (await asks(f, "cpl 2026-08")).answer.text
        assert "Before" not in (await asks(f, "win Q3 against Q2")).answer.text
