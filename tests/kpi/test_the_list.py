"""One list drives everything: whoever adds a number is told here what it still lacks."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.flows.kpi_counting import COUNTERS
from handlers.flows.kpi_ratios import RATIOS
from handlers.http.api_routes import KPI_PARAMETERS
from handlers.views.kpi_answer import kpi_answer
from handlers.views.kpi_csv import as_csv
from handlers.views.kpi_method import help_message, method_dialog
from handlers.views.kpi_page import page
from handlers.views.kpi_words import LABELS
from qualification import kpi_against, kpi_experiments, kpi_money, kpi_people, kpi_stages, kpi_visitors
from qualification.kpi import KPIS, Answer, Asked
from qualification.kpi_entry import Kpi
from qualification.periods import parse_period
from sandbox.block_kit import accept_blocks

PAGE = Path(__file__).parents[2] / "docs" / "kpis.md"
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
FIELDS = {
    "funnel": "leads mqls sqls customers lead_to_mql mql_to_sql sql_to_customer conversion",
    "conversion": "leads customers conversion mature_share adjusted",
    "mql-sql": "mqls sqls rate immature",
    "acceptance": "accepted rejected undecided overdue rate",
    "cpl": "spend leads cpl cost_per_mql cost_per_sql cost_per_customer",
    "sources": "leads mqls sqls customers lead_to_mql mql_to_sql sql_to_customer conversion "
    "spend cpl cost_per_mql cost_per_sql cost_per_customer revenue_per_lead",
    "speed": "leads claim_median claim_p90 contact_median contact_p90 in_target never",
    "sla": "met breached rate",
    "win": "won lost rate",
    "lvr": "this last rate",
    "velocity": "sqls win_rate mean_amount cycle_days per_day",
    "overview": "leads mqls sqls customers cpl contact_median previous",
}
"""What programs rely on: names don't change."""

each = pytest.mark.parametrize("kpi", KPIS.values(), ids=list(KPIS))


def formula(kpi: Kpi) -> Callable[..., Answer]:
    """The function of its name."""
    places = (kpi_stages, kpi_money, kpi_people, kpi_against, kpi_visitors, kpi_experiments)
    (found,) = [vars(place)[name] for place in places if (name := kpi.name.replace("-", "_")) in vars(place)
                and vars(place)[name].__module__ == place.__name__]  # fmt: skip
    made: Callable[..., Answer] = found
    return made


def worked(kpi: Kpi) -> Answer:
    """The answer of its worked example."""
    period = parse_period(kpi.window, NOW, ZoneInfo("Europe/Berlin"))
    return formula(kpi)(Asked(period, kpi.always_by, definition_versions=(1,)), *kpi.example.given)


def test_every_number_has_a_counting_query_and_the_reverse() -> None:
    assert set(COUNTERS) == set(KPIS)


def test_every_number_that_tells_why_it_changed_says_what_it_divides() -> None:
    explained = {kpi.name for kpi in KPIS.values() if kpi.why and kpi.compared.how != "aged"}
    assert set(RATIOS) == explained


@each
def test_its_worked_example_holds(kpi: Kpi) -> None:
    told: Any = worked(kpi).to_json()
    assert kpi.example.gives, "an example gives something"
    for name, expected in kpi.example.gives.items():
        assert_same(told["total"][name], expected, name)


def assert_same(found: Any, expected: Any, name: str) -> None:
    if isinstance(expected, Mapping):
        for part, value in expected.items():
            assert_same(found[part], value, f"{name}.{part}")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, abs=6e-5), name
    else:
        assert found == expected, name


@each
def test_machines_find_its_fields_in_the_total_and_in_every_row(kpi: Kpi) -> None:
    told: Any = worked(kpi).to_json()
    if kpi.name in FIELDS:
        assert kpi.fields == tuple(FIELDS[kpi.name].split())
    assert tuple(told["total"]) == kpi.fields
    assert all(tuple(row) == ("key", *kpi.fields) for row in told["rows"])
    assert json.loads(json.dumps(told)) == told
    head, *rows = csv.reader(io.StringIO(as_csv(worked(kpi))))
    assert {column for column in kpi.fields if column != "previous"} <= set(head)
    assert rows[-1][0] == "all"


@each
def test_what_is_drawn_of_it_is_there_and_has_a_name(kpi: Kpi) -> None:
    derived = {"sql_share"}
    assert set(kpi.bars) <= set(kpi.fields)
    assert set(kpi.columns) <= {*kpi.fields, *derived}
    assert set(kpi.bars) | set(kpi.columns) <= set(LABELS)
    told = kpi_answer(worked(kpi), asked=kpi.name, names={}, at=NOW)
    accept_blocks(told.blocks)
    titles = [block["title"] for block in told.blocks if block["type"] == "data_visualization"]
    assert not [title for title in titles if "None" in title]
    assert bool(titles) or kpi.name != "nurture", "two groups are drawn"


@each
def test_help_dialog_and_the_page_of_documents_name_it(kpi: Kpi) -> None:
    told = help_message()
    accept_blocks(told.blocks)
    text = json.dumps(told.blocks, ensure_ascii=False)
    assert f"`{kpi.name}` {kpi.question}" in text
    view = json.dumps(method_dialog(worked(kpi)).to_dict(), ensure_ascii=False)
    assert kpi.counted.split("\n")[0][:60] in view
    assert kpi.formula[:60] in view
    assert kpi.example.says in PAGE.read_text(encoding="utf-8")


def test_the_page_of_documents_is_not_stale() -> None:
    again = (
        "docs/kpis.md is made by `.venv/bin/python -m handlers.views.kpi_page > docs/kpis.md`: run it again"
    )
    assert PAGE.read_text(encoding="utf-8") == page(), again


def test_the_page_of_documents_names_every_parameter_programs_may_send() -> None:
    programs = page().split("## For programs")[1].split("`{")[0]
    assert not [name for name in KPI_PARAMETERS if f"`{name}`" not in programs]
