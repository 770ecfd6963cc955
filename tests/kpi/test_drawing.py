"""Answers as Slack takes them: within its limits whatever campaigns are called, whole without the chart."""

from __future__ import annotations

import csv
import io
import json
import math
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.views.kpi_answer import kpi_answer, without_chart
from handlers.views.kpi_chart import unique_labels
from handlers.views.kpi_csv import as_csv, safe_cell
from handlers.views.kpi_method import help_message, method_dialog
from handlers.views.message import Message
from qualification.kpi import KPIS, Answer, Asked
from qualification.kpi_counts import FunnelCounts, SourceCounts, SpendCounts
from qualification.kpi_money import cpl, sources
from qualification.kpi_stages import funnel
from qualification.kpi_trend import Trend
from qualification.money import Money
from qualification.periods import parse_period
from sandbox.block_kit import accept_blocks

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
PERIOD = parse_period("90d", NOW, ZoneInfo("Europe/Berlin"))
ASKED = Asked(PERIOD, "source", definition_versions=(1, 2))
HOSTILE = (
    "<!channel>",
    "*bold* & `code`",
    "=cmd|' /C calc'!A0",
    "x" * 3_000,
    "\u202etfel",
    "",
    "\x00",
    "ads 🚀" * 9,
)


def drawn(answer: Answer, **more: Any) -> Message:
    return kpi_answer(answer, asked=more.pop("asked", "funnel"), names={}, at=NOW, **more)


def hostile(n: int) -> list[str]:
    return [f"{HOSTILE[at % len(HOSTILE)]}{at // len(HOSTILE) or ''}" for at in range(n)]


@pytest.mark.parametrize("n", [1, 2, 9, 100])
def test_hostile_names_stay_within_limits_and_ping_nobody(n: int) -> None:
    eur = (Money(123_456_789, "EUR"),)
    answers = [
        funnel(ASKED, [FunnelCounts(key, 1000, 100, 10, 1) for key in hostile(n)]),
        cpl(
            ASKED,
            [SpendCounts(key, eur, 1000, 100, 10, 1, frozenset({PERIOD.start}), 9) for key in hostile(n)],
        ),
        sources(ASKED, [SourceCounts(key, 1000, 100, 10, 1, eur, eur, 5) for key in hostile(n)]),
    ]
    for answer in answers:
        told = drawn(answer, asked="funnel by source <!here>", shared_by="UMAYA")
        accept_blocks(told.blocks)
        text = json.dumps([block for block in told.blocks if block["type"] in ("section", "context")])
        assert "<!channel>" not in text
        assert "<!here>" not in text
        assert "\\u202e" not in json.dumps(told.blocks)


def test_what_finds_no_room_in_the_table_is_said() -> None:
    told = drawn(funnel(ASKED, [FunnelCounts(f"source {n}", 10, 1, 0, 0) for n in range(60)]))
    table = next(block for block in told.blocks if block["type"] == "table")
    assert len(table["rows"]) == 22
    assert table["rows"][-1][0]["text"] == "All"
    assert "40 more rows" in json.dumps(told.blocks)


def test_without_its_chart_nothing_is_missing() -> None:
    answer = funnel(ASKED, [FunnelCounts("web", 10, 4, 2, 1), FunnelCounts("ads", 5, 1, 0, 0)])
    told = drawn(answer)
    plain = without_chart(told)
    assert [block["type"] for block in told.blocks if block not in plain.blocks] == ["data_visualization"]
    assert plain.text == answer.text
    assert drawn(answer, charts=False).blocks == plain.blocks


def test_a_footnote_says_which_numbers_it_is_about() -> None:
    told = drawn(cpl(ASKED, [SpendCounts("web", (), 4, 2, 0, 0), SpendCounts("ads", (), 0, 0, 0, 0)]))
    (foot,) = [
        e["text"]
        for b in told.blocks
        if b["type"] == "context"
        for e in b["elements"]
        if "– means" in e["text"]
    ]
    assert (
        "– means: Cost per lead, Cost per MQL, Cost per SQL, Cost per customer, Spend: no spend was entered"
        in foot
    )
    one = cpl(Asked(PERIOD), [SpendCounts("all", (Money(100, "EUR"),), 4, 2, 1, 0)])
    assert "– means: Cost per customer: nobody became a customer." in json.dumps(
        drawn(one).blocks, ensure_ascii=False
    )


def test_a_trend_is_a_line() -> None:
    whole = funnel(Asked(PERIOD), [FunnelCounts("all", 10, 4, 2, 1)])
    answer = Answer("conversion", "cohort", PERIOD, None, (), whole.total, {}, "Some words.")
    told = drawn(answer, trend=Trend(30, (("Jun 2026", 4, 1), ("Jul 2026", 8, 4))))
    accept_blocks(told.blocks)
    chart = next(block["chart"] for block in told.blocks if block["type"] == "data_visualization")
    assert chart["type"] == "line"
    assert [point["value"] for point in chart["series"][0]["data"]] == [25.0, 50.0]


def test_labels_tell_long_names_apart() -> None:
    keys = ["spring-webinar-for-engineers-2025", "spring-webinar-for-engineers-2026", "", " "]
    labels = unique_labels(keys)
    assert len(set(labels)) == 4
    assert all(1 <= len(label) <= 20 for label in labels)


def test_the_help_lists_numbers_and_the_dialog_says_the_versions() -> None:
    told = help_message()
    accept_blocks(told.blocks)
    assert all(f"`{name}`" in json.dumps(told.blocks) for name in KPIS)
    view = method_dialog(funnel(ASKED, [])).to_dict()
    assert "version 1, 2" in json.dumps(view)


@given(
    st.lists(st.text(max_size=12), min_size=1, max_size=5), st.sampled_from("=+-@\t\r\n＝＋－＠"), st.text()
)
def test_no_cell_of_a_csv_begins_a_formula(keys: list[str], sign: str, rest: str) -> None:
    names = [f"{sign}{rest}", f" {sign}{rest}", *keys]
    told = as_csv(sources(ASKED, [SourceCounts(key, 10, 4, 2, 1, (), ()) for key in names]))
    rows = list(csv.reader(io.StringIO(told, newline="")))
    assert len(rows) == len(names) + 2, "one line each, whatever is in a name"
    for cell in (cell for row in rows for cell in row):
        begins = cell.lstrip(" \u00a0")[:1] in tuple("=+-@\t\r\n＝＋－＠")
        assert not begins or cell == "" or is_number(cell), cell


def is_number(cell: str) -> bool:
    try:
        return bool(math.isfinite(float(cell)))
    except ValueError:
        return False


def test_a_csv_holds_no_formula_and_keeps_numbers() -> None:
    answer = funnel(ASKED, [FunnelCounts("=1+1", 4, 2, 1, 0), FunnelCounts("web", 0, 0, 0, 0)])
    head, first, second, total = as_csv(answer).splitlines()
    assert head.startswith("key,leads,mqls,sqls,customers,lead_to_mql,lead_to_mql_low,lead_to_mql_high")
    assert first.startswith("'=1+1,4,2,1,0,0.5,")
    assert second.startswith("web,0,0,0,0,,,")
    assert total.startswith("all,4,2,1,0,")
    assert [safe_cell(text) for text in ("+1", "@x", "\tx", "-0.25", "-1+2")] == [
        "'+1", "'@x", "'\tx", "-0.25", "'-1+2",
    ]  # fmt: skip
