"""A number is added: an entry with its worked example, a counting query, a formula, and nothing else.

A program of its own, started by `test_one_more_number.py`: the entry stands in the list before anything else
of ours reads it, as if it had been written there.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sys
from collections.abc import Sequence

from qualification import kpi_entries_traffic
from qualification.kpi_counts import FunnelCounts, summed
from qualification.kpi_entries_stages import REACHED
from qualification.kpi_entry import PAID, Compared, Example, Kpi, rate

DESERVING = Kpi(
    name="deserving",
    question="How many leads deserve a rep?",
    basis="cohort",
    window="90d",
    dimensions=PAID,
    formula="MQLs ÷ leads",
    counted="Of the leads created in the window, the share that ever became MQL.",
    fields=("leads", "mqls", "deserve_a_rep"),
    labels={"deserve_a_rep": "Worth a call"},
    noun="leads worth a call",
    also=("worthy",),
    asked_as=((9, r"worth (?:a|the) call"),),
    bars=("deserve_a_rep",),
    left_out_by="created",
    compared=Compared("rate", "deserve_a_rep", "of the leads were worth a call"),
    behind=REACHED[:2],
    example=Example(
        "400 of 1,000 leads became MQL: 40%.",
        ([FunnelCounts("all", 1000, 400, 200, 100)],),
        {"leads": 1000, "mqls": 400, "deserve_a_rep": rate(0.4, 0.3701, 0.4307, 400, 1000)},
    ),
)
kpi_entries_traffic.ENTRIES = (*kpi_entries_traffic.ENTRIES, DESERVING)

from handlers.flows.kpi_counting import COUNTERS, Calculation, Counting  # noqa: E402
from handlers.views.kpi_method import help_message, method_dialog  # noqa: E402
from handlers.views.kpi_page import page  # noqa: E402
from qualification.kpi import Answer, Asked, Fields, Value, answer  # noqa: E402
from qualification.kpi_stages import rates  # noqa: E402
from qualification.kpi_words import counted, percent, window  # noqa: E402
from qualification.periods import parse_period  # noqa: E402
from store import kpi_cohorts  # noqa: E402
from tests.house import House, house  # noqa: E402
from tests.journeys.test_kpi import asks, chart, table  # noqa: E402
from tests.journeys.test_kpi_words import buttons  # noqa: E402
from tests.kpi.firm import BERLIN  # noqa: E402
from tests.kpi.test_the_list import NOW, assert_same  # noqa: E402


def deserving(asked: Asked, counts: Sequence[FunnelCounts]) -> Answer:
    """MQLs of the leads."""
    total = summed(counts, FunnelCounts("all", 0, 0, 0, 0))

    def fields(one: FunnelCounts) -> Fields:
        told, missing = rates(deserve_a_rep=(one.mqls, one.leads, "no leads in this window"))
        counts: dict[str, Value] = {"leads": one.leads, "mqls": one.mqls}
        return {**counts, **told}, missing

    share = percent(total.mqls / total.leads) if total.leads else "none"
    text = f"{share} of {counted(total.leads, 'lead')} deserve a rep, {window(asked)}."
    return answer("deserving", asked, counts, total, fields, text)


async def _deserving(at: Counting) -> Calculation:
    counts = await kpi_cohorts.funnel(at.scope, at.question.period)
    shown = [one for one in counts if at.only in (None, one.key)]
    return Calculation(lambda: deserving(at.asked, shown))


COUNTERS["deserving"] = _deserving  # type: ignore[index]


def the_worked_example_holds() -> None:
    asked = Asked(parse_period(DESERVING.window, NOW, BERLIN))
    told = deserving(asked, *DESERVING.example.given)
    assert_same(told.to_json()["total"], DESERVING.example.gives, "total")
    assert DESERVING.counted in json.dumps(method_dialog(told).to_dict(), ensure_ascii=False)


def help_and_documents_name_it() -> None:
    assert f"`deserving` {DESERVING.question}" in json.dumps(help_message().blocks, ensure_ascii=False)
    written = page()
    assert "| [deserving](#deserving) | How many leads deserve a rep? | 90d | source, campaign |" in written
    assert f"Worked example: {DESERVING.example.says}" in written


async def slack_answers(h: House) -> None:
    told = await asks(h, "maya", "/kpi worthy 30d by source")
    assert told["text"].startswith("50.0% of 2 leads deserve a rep, last 30 days"), told["text"]
    assert table(told)[0] == ["Source", "Leads", "MQLs", "Worth a call"]
    drawn = chart(told)
    assert drawn is not None
    assert drawn["title"] == "Worth a call by source"
    assert "Which leads?" in buttons(told)

    plain = await asks(h, "maya", "/kpi is linkedin worth a call this month vs last month?")
    assert "Understood: leads worth a call of leads from linkedin" in str(plain["blocks"]), plain
    assert plain["text"].startswith("Nothing to compare: last month, October 2026 has none")
    await h.slack.click("maya", "Which leads?", channel="leads", ts=told["ts"])
    await h.quiet()
    shown = [m for m in await h.slack.messages("leads", as_="maya") if m.get("ephemeral")]
    assert "Leads: 2" in str(shown[-1]["blocks"][0])


async def programs_get_it(h: House) -> None:
    shown = await asks(h, "maya", "/kpi key")
    headers = {"Authorization": f"Bearer {shown['text'].split('`')[1]}"}
    async with h.http.get(f"{h.url}/kpi/deserving.json?period=30d", headers=headers) as reply:
        told = await reply.json()
    assert told["total"]["deserve_a_rep"]["k"] == 1
    assert tuple(told["total"]) == DESERVING.fields
    async with h.http.get(f"{h.url}/kpi/deserving.csv?by=source", headers=headers) as reply:
        *rows, total = csv.DictReader(io.StringIO(await reply.text()))
    assert [row["key"] for row in rows] == ["google", "linkedin"]
    assert (total["leads"], total["deserve_a_rep_k"]) == ("2", "1")


async def every_door_answers(database_url: str) -> None:
    """One lead that deserves a rep, and one that does not yet."""
    async with house(database_url) as h:
        await h.form()
        consent = {"granted": True, "purposes": ["contact"]}
        other = {"phone": None, "message": None, "source": "google", "action": "newsletter_signup"}
        await h.form(email="bo@beta.example", consent=consent, **other)
        await slack_answers(h)
        await programs_get_it(h)


if __name__ == "__main__":
    the_worked_example_holds()
    help_and_documents_name_it()
    asyncio.run(every_door_answers(sys.argv[1]))
