"""The page of documents about the numbers, drawn from their list: `docs/kpis.md`."""

from __future__ import annotations

import sys

from handlers.views.kpi_method import BASIS, INTERVALS
from qualification.kpi import KPIS
from qualification.kpi_entry import Kpi

_HEAD = """\
# The numbers

<!-- Made from the list in qualification/kpi.py:
.venv/bin/python -m handlers.views.kpi_page > docs/kpis.md -->

Every number comes through four doors and is the same behind each: `/kpi NAME [period] [by …] [share]` in
Slack, *Your numbers* in App Home (managers), `python -m bot kpi NAME --json`, and `GET
/kpi/NAME.json` or `.csv` with a manager's key (`/kpi key`).

Periods: `today`, `yesterday`, `this week`, `last month`, `this quarter`, `last year`, `7d`, `30d`,
`90d`, `12m`, `Q3`, `Q3 2026`, `2026-07`, `2026-07-01..2026-07-31` (both days included), `since 2026-07-01`.
They are cut in the workspace's time zone.
"""
_FOOT = """\
## For programs

`GET /kpi/NAME.json?period=2026-10&only=campaign=black friday&against=before` takes `period`, `by`, `only`,
`against`, `model` and `experiment`, each as it stands behind `/kpi` (a value with spaces needs no quotes),
and `exact`: `yes` has every lead looked at where times would be read from buckets.

`{"kpi", "basis", "from", "to", "timezone", "by", "definition_versions", "rows", "total", "missing", "text"}`.
`from` and `to` are local dates, `to` is not included. A rate is `{"value", "low", "high", "k", "n"}` in
fractions, money `{"minor", "currency"}` in the smallest unit, a duration seconds. What is absent is null,
with its reason under `missing`. A row is `{"key", …}` with the fields of the total. `only` and `against`
are in the answer where they were asked for. In `.csv` a rate has five columns, money two, and no cell can
become a formula in a spreadsheet.
"""


def page() -> str:
    """The whole page as Markdown."""
    told = [
        _HEAD,
        f"{_line(INTERVALS)}\n",
        "| number | question | window, if none is named | split by |",
        "| --- | --- | --- | --- |",
        *(_row(kpi) for kpi in KPIS.values()),
        "",
        *(_about(kpi) for kpi in KPIS.values()),
        _FOOT.rstrip(),
    ]
    return "\n".join(told) + "\n"


def _row(kpi: Kpi) -> str:
    anchor = f"#{kpi.name}"
    return f"| [{kpi.name}]({anchor}) | {kpi.question} | {kpi.window} | {', '.join(kpi.dimensions) or '–'} |"


def _about(kpi: Kpi) -> str:
    who = " For managers; a rep sees the own row." if kpi.who == "managers" else ""
    lines = [
        f"## {kpi.name}",
        f"**{kpi.question}** Basis: {kpi.basis}, {BASIS[kpi.basis]}.{who}",
        _line(kpi.counted),
        f"Formula: {kpi.formula}.",
        f"Worked example: {kpi.example.says}",
        f"Fields: {', '.join(f'`{name}`' for name in kpi.fields)}.",
    ]
    return "\n\n".join(lines) + "\n"


def _line(text: str) -> str:
    """Slack writes *bold* with one star, Markdown with two."""
    words = text.replace("\n", " ").split("*")
    return "**".join(words) if len(words) % 2 else text


if __name__ == "__main__":
    sys.stdout.write(page())
