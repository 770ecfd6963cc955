"""What a row says, and why some can't be taken."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from handlers.flows.import_file import Owners
from handlers.http.lead_body import Reader
from handlers.imports.columns import map_columns
from handlers.imports.moments import Order
from handlers.imports.rows import NO_PERMISSION, Choices, Row, RowReader
from handlers.imports.table import Line
from qualification.definition import parse_definition
from qualification.lead import Stage
from store.house import Person
from tests.imports.conftest import DEFINITION, NOW

RULES = parse_definition(Path(DEFINITION).read_text(encoding="utf-8"), 1)
ANA = Person("UANA", "ana", "Ana Silva", "ana@ours.example", "UTC")
WON = {"occurred_at": "2026-01-05", "stage": "customer", "won_at": "2026-02-01"}


def read(dates: Order = "", basis: str = "a fair", **cells: str) -> Row:
    """One row under these columns, in Berlin, of a file from 20 November."""
    cells = {"email": "ada@acme.example", **cells}
    made = datetime(2026, 11, 20, tzinfo=UTC)
    reader = RowReader(
        map_columns(list(cells)),
        Reader(RULES, "DE", ZoneInfo("Europe/Berlin"), NOW),
        Choices(as_of=made, consent_basis=basis, dates=dates),
        Owners([ANA]).find,
        "EUR",
    )
    return reader.read(Line(2, list(cells.values())))


def test_a_row_becomes_a_submission_with_a_past() -> None:
    row = read(first_name="Ada", colour="blue", owner="Ana Silva", amount="1200.5", currency="usd", **WON)
    assert row.new is not None
    assert row.new.extra == {"colour": "blue"}
    past = row.new.past
    assert past is not None
    assert (past.stage, past.owner, past.amount_minor, past.currency) == (
        Stage.CUSTOMER,
        "UANA",
        120050,
        "USD",
    )
    assert past.won_at == datetime(2026, 1, 31, 23, tzinfo=UTC)


def test_also_an_open_lead_has_a_past_so_that_nothing_posts() -> None:
    row = read()
    assert row.new is not None
    assert row.new.past is not None
    assert row.new.occurred_at == datetime(2026, 11, 20, tzinfo=UTC), "undated rows have the file's date"


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"email": ""}, ""),
        ({"email": "nonsense"}, "email: Not an e-mail address"),
        ({"occurred_at": "1900-01-01"}, "before the year 2000"),
        ({"occurred_at": "2027-01-01"}, "in the future"),
        ({**WON, "won_at": "2026-01-01"}, "won_at lies before occurred_at"),
        ({**WON, "sql_at": "2026-03-01"}, "won_at lies before sql_at"),
        (
            {"mql_at": "2026-02-02", "sql_at": "2026-02-01", "occurred_at": "2026-01-01"},
            "sql_at lies before mql_at",
        ),
        ({"stage": "Whatever"}, "stage: none we know"),
        ({**WON, "stage": "mql"}, "won_at is given, but the stage is mql"),
        ({"stage": "disqualified", "reason": "weather"}, "reason: none we know for disqualified"),
        ({"stage": "lost", "reason": "spam"}, "reason: none we know for lost"),
        ({**WON, "amount": "12.000,50.1"}, "amount: must be a number"),
        ({**WON, "amount": "12,000"}, "amount: can mean a thousand times more"),
        ({**WON, "amount": "1.50", "currency": "JPY"}, "JPY has 0 decimals"),
        ({**WON, "amount": "5", "currency": "XYZ"}, "currency: none we know"),
        ({"consent": "perhaps"}, "consent: must be true or false"),
        ({"occurred_at": "03/04/2026"}, "can mean two days"),
    ],
)
def test_contradictions_are_refused_with_their_reason(cells: dict[str, str], why: str) -> None:
    row = read(**cells)
    if why:
        assert row.new is None
        assert why in row.problem
    else:
        assert row.new is not None, "whether it is a lead is for the rules to say"


def test_permission_must_be_said_by_the_row_or_by_who_imports() -> None:
    assert read(basis="", action="demo_request").problem == NO_PERMISSION
    for cells in (
        {"consent": "true"},
        {"consent_basis": "web form"},
        {"consent": "yes", "consent_basis": "x"},
    ):
        assert read(basis="", **cells).new is not None
    assert read(basis="", consent_basis="Not applicable").problem == NO_PERMISSION
    refused = read(consent="false").new
    assert refused is not None
    assert refused.consent is not None
    assert not refused.consent.granted
    opted_out = read(**{"Email Opt Out": "1"}).new
    assert opted_out is not None
    assert opted_out.consent is not None
    assert not opted_out.consent.granted


def test_purposes_come_along() -> None:
    new = read(consent="true", consent_purposes="contact, marketing", consent_at="01.02.2026").new
    assert new is not None
    assert new.consent is not None
    assert new.consent.purposes == ("contact", "marketing")
    assert new.consent.at == datetime(2026, 1, 31, 23, tzinfo=UTC)
    assert "consent.purposes" in read(consent="true", consent_purposes="fun").problem


@pytest.mark.parametrize(
    ("said", "order", "day"),
    [
        ("03.04.2026", "", (4, 3)),
        ("13/04/2026", "", (4, 13)),
        ("04/13/2026", "", (4, 13)),
        ("03/04/2026", "day-first", (4, 3)),
        ("03/04/2026", "month-first", (3, 4)),
        ("5/5/2026 2:30 PM", "", (5, 5)),
        ("2026-04-03T10:00:00.000+0000", "", (4, 3)),
    ],
)
def test_dates_of_other_programs(said: str, order: Order, day: tuple[int, int]) -> None:
    new = read(dates=order, occurred_at=said).new
    assert new is not None
    local = new.occurred_at.astimezone(ZoneInfo("Europe/Berlin"))
    assert (local.month, local.day) == day


def test_a_mere_date_on_the_day_it_came_in_is_no_contradiction() -> None:
    new = read(occurred_at="2026-01-05T15:00:00+01:00", mql_at="2026-01-05", sql_at="2026-01-06").new
    assert new is not None
    assert new.past is not None
    assert new.past.mql_at == new.occurred_at
    assert new.past.stage is Stage.SQL, "the furthest stage with a date"


def test_strangers_own_nothing_and_are_named() -> None:
    row = read(owner="Jane Doe", stage="mql")
    assert row.new is not None
    assert row.new.past is not None
    assert row.new.past.owner is None
    assert row.unknown_owner == "Jane Doe"
    assert row.new.extra["owner"] == "Jane Doe"
    by_id = read(owner="UBEN1234").new
    assert by_id is not None
    assert by_id.past is not None
    assert by_id.past.owner == "UBEN1234"


def test_a_second_phone_fills_the_gap_of_the_first() -> None:
    row = read(**{"Phone": "", "Mobile": "+49 30 901820"})
    assert row.new is not None
    assert row.new.phone_key == "+4930901820"


def test_words_of_other_systems_for_stages() -> None:
    for word, stage in (
        ("marketingqualifiedlead", Stage.MQL),
        ("Sales Qualified Lead", Stage.SQL),
        ("Closed - Not Converted", Stage.DISQUALIFIED),
        ("Opportunity", Stage.SQL),
        ("subscriber", Stage.LEAD),
    ):
        new = read(stage=word).new
        assert new is not None
        assert new.past is not None
        assert new.past.stage is stage


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({**WON}, "without an amount"),
        ({**WON, "amount": "0"}, "without an amount"),
        ({"stage": "opportunity", "amount": "1200.50"}, "kept as a note"),
        ({"stage": "opportunity", "amount": "1.234"}, "can mean a thousand times more"),
        ({**WON, "amount": "1200.50"}, ""),
    ],
)
def test_what_becomes_of_an_amount_is_said(cells: dict[str, str], said: str) -> None:
    row = read(**cells)
    assert row.new is not None
    assert [said in warning for warning in row.new.warnings] == ([True] if said else [])
