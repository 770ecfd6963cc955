"""Every number of the list, asked at every door: all of them say the same."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.cli.kpi_command import show_kpi
from handlers.flows.claim import claim_lead
from handlers.flows.definition_proposals import propose
from handlers.flows.log import log_touch
from handlers.flows.nurture import nurture_lead
from handlers.views.kpi_words import LABELS, value_words
from qualification.kpi import KPIS, Rate, Value
from qualification.kpi_entry import Kpi
from qualification.lead import Stage
from qualification.money import Money, minor_digits
from qualification.past import Past
from qualification.yaml_lines import with_values
from tests.house import Clock, House, house
from tests.journeys.test_experiment import tell
from tests.journeys.test_kpi import asks, table
from tests.kpi.crowd import saw
from tests.kpi.firm import DEFINITION, Firm


@asynccontextmanager
async def a_firm_with_numbers(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[House, str]]:
    """A house in which every number has something to say, and a manager's key."""
    # The command line has no clock to turn: the house lives now.
    monkeypatch.setattr(Clock, "START", datetime.now(UTC))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("GREENLIGHT_TIMEZONE", "Europe/Berlin")
    async with house(database_url) as h:
        f = Firm(h.bot.office, h.bot.where, h.clock)  # type: ignore[arg-type]
        now = h.clock()
        for n, source in enumerate(("google", "google", "linkedin", "=web")):
            created = now - timedelta(days=50 + n)
            stage = (Stage.CUSTOMER, Stage.LOST, Stage.CUSTOMER, Stage.SQL)[n]
            days = [created + timedelta(days=part) for part in (1, 3, 9)]
            past = Past(
                stage,
                "UANA",
                days[0],
                days[1],
                days[2],
                days[2],
                amount_minor=90_000 * (n + 1),
                currency="EUR",
            )
            await f.lead(f"old{n}", at=created, source=source, past=past)
        # A week ago, so that a working day has been since: promises were due whatever today is.
        h.clock.ahead -= timedelta(days=7)
        await f.lead("due")
        h.clock.ahead += timedelta(days=7)
        for name in ("ada", "bo", "cy"):
            await f.lead(name)
        # Eight people who are no leads saw a form, more than there are leads.
        await tell(h, *(saw(now, f"browser-{n}", "A") for n in range(8)))
        await claim_lead(f.office, f.where, f.numbers["ada"], "UANA")
        await log_touch(f.office, f.where, f.numbers["ada"], "UANA", "call")
        await nurture_lead(f.office, f.where, f.numbers["bo"], "UBEN", now + timedelta(days=30))
        await h.slack.command("ben", f"/lead L-{f.numbers['cy']} disqualify no need")
        today: date = now.date()
        await f.spend("google", today - timedelta(days=40), today, 410_00)
        text = with_values(DEFINITION, {"mql.score": 50})
        await propose(f.office, f.where, "UMARK", text, base=1)
        await h.quiet()
        shown = await asks(h, "maya", "/kpi key")
        yield h, shown["text"].split("`")[1]


async def get(h: House, key: str, path: str) -> str:
    headers = {"Authorization": f"Bearer {key}"}
    async with h.http.get(f"{h.url}{path}", headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.text()


def value(told: Any) -> Value:
    """A value as it was before it became JSON."""
    match told:
        case {"minor": int(minor), "currency": str(currency)}:
            return Money(minor, currency)
        case {"value": _}:
            return Rate(**told)
        case _:
            return told  # type: ignore[no-any-return]


def said(kpi: Kpi, told: Mapping[str, Any]) -> list[str]:
    """The cells that must be read somewhere: what the total says, or a benchmark's rows."""
    if kpi.name == "benchmark":
        return [str(row["source"]) for row in told["rows"]]
    shown = kpi.columns or kpi.fields if len(told["rows"]) > 1 else kpi.fields
    names = [name for name in shown if name in LABELS and name in told["total"] and name != "previous"]
    return [
        value_words(name, value(told["total"][name])) for name in names if name not in ("reason", "source")
    ]


async def test_all_doors_say_the_same(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_firm_with_numbers(sqlite_url, monkeypatch) as (h, key):
        await h.slack.open_home("maya")
        await h.quiet()
        for kpi in KPIS.values():
            if kpi.name == "ab":
                continue  # it is asked for by an experiment's name: test_experiment.py
            told = json.loads(await get(h, key, f"/kpi/{kpi.name}.json"))
            assert not told["text"].startswith("No data"), (kpi.name, told["text"])
            assert tuple(told["total"]) == kpi.fields, kpi.name
            assert said(kpi, told), "there is something to compare"

            capsys.readouterr()
            assert await show_kpi(kpi.name, as_json=True) == 0
            assert json.loads(capsys.readouterr().out) == told, kpi.name

            _same_in_csv(told, await get(h, key, f"/kpi/{kpi.name}.csv"))

            answer = await asks(h, "maya", f"/kpi {kpi.name}")
            assert answer["text"] == told["text"], kpi.name
            cells = [cell for row in table(answer) for cell in row]
            for words in said(kpi, told):
                assert any(cell.startswith(words) for cell in cells), (kpi.name, words, cells)

            await h.slack.select("maya", None, kpi.name, action_id="kpi.board")
            await h.quiet()
            view = await h.slack.view("maya")
            assert view is not None
            text = "\n".join(b["text"]["text"] for b in view["blocks"] if b["type"] == "section")
            assert told["text"].split(". ")[0] in text.replace("&gt;", ">").replace("&amp;", "&"), kpi.name
            for words in said(kpi, told):
                assert words in text, (kpi.name, words, text)
            await h.slack.close("maya")


def _same_in_csv(told: Mapping[str, Any], text: str) -> None:
    *rows, total = csv.DictReader(io.StringIO(text))
    assert [row["key"].removeprefix("'") for row in rows] == [row["key"] for row in told["rows"]]
    assert total["key"] == "all"
    for row, expected in zip([*rows, total], [*told["rows"], told["total"]], strict=True):
        for name, one in expected.items():
            if name in ("key", "previous"):
                continue
            _same_cell(row, name, one)


def _same_cell(row: Mapping[str, str], name: str, one: Any) -> None:
    match value(one):
        case None:
            assert row[name] == "", name
        case Rate() as rate:
            parts = (row[name], row[f"{name}_low"], row[f"{name}_high"])
            assert parts == tuple("" if x is None else str(x) for x in (rate.value, rate.low, rate.high))
            assert (row[f"{name}_k"], row[f"{name}_n"]) == (str(rate.k), str(rate.n))
        case Money(minor=minor, currency=currency):
            assert round(float(row[name]) * 10 ** minor_digits(currency)) == minor
            assert row[f"{name}_currency"] == currency
        case plain:
            assert row[name].removeprefix("'") == str(plain), name


async def test_the_board_s_headlines_are_those_of_the_list(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_firm_with_numbers(sqlite_url, monkeypatch) as (h, key):
        await h.slack.open_home("maya")
        await h.quiet()
        view = await h.slack.home("maya")
        assert view is not None
        text = "\n".join(b["text"]["text"] for b in view["blocks"] if b["type"] == "section")
        told = json.loads(await get(h, key, "/kpi/overview.json?period=this+month"))
        total, before = told["total"], told["total"]["previous"]
        for name in ("leads", "mqls", "sqls", "customers", "cpl", "contact_median"):
            now, then = (value_words(name, value(one[name])) for one in (total, before))
            if total[name] is None and before[name] is None:
                assert LABELS[name] not in text
            else:
                assert f"• {LABELS[name]}: *{now}* ({then})" in text
        # Four leads of 50 to 53 days ago; two had bought after nine days, nobody came in before.
        assert "• 50.0% of leads were customers within 30 days, likely 15.0–85.0% (2 of 4)" in text
        assert "of MQLs were SQLs within 30 days" in text
        assert "none came in before" in text

        await h.slack.open_home("ana")
        await h.quiet()
        assert "Your numbers" not in str((await h.slack.home("ana") or {})["blocks"])


async def test_managers_edit_the_ranges_in_a_dialog(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        told = await asks(h, "maya", "/kpi benchmark")
        assert "MQLs that become SQLs within 30 days: SaaS" in [row[0] for row in table(told)]
        refused = await asks(h, "ana", "/kpi benchmark edit")
        assert "changed by managers and marketers" in refused["text"]

        await h.slack.click("maya", "Edit ranges", channel="leads", ts=told["ts"])
        await h.quiet()
        view = await h.slack.view("maya")
        assert view is not None
        assert "prooflytics" in str(view)
        sent = await h.slack.submit(
            "maya", {"Ranges": "conversion | us | 4-6% | our own years | 2025\nrubbish"}
        )
        assert "Line 2 needs five parts" in str(sent["ack"]["errors"])
        await h.slack.submit("maya", {"Ranges": "conversion | us | 4-6% | our own years | 2025"})
        assert "1 range stands" in str((await h.slack.view("maya") or {})["blocks"])
        assert table(await asks(h, "ben", "/kpi benchmark"))[1:] == [
            ["Leads that become customers: us", "0%, likely 0–79.3% (0 of 1)", "4–6%", "our own years, 2025"]
        ]

        await h.slack.command("mark", "/kpi benchmark edit")
        await h.quiet()
        assert "our own years" in str(await h.slack.view("mark"))
