"""The answer to a question about numbers: a sentence, a picture, a table, and how it was counted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers.views.kpi_buttons import answer_buttons
from handlers.views.kpi_chart import chart_block
from handlers.views.kpi_method import BASIS
from handlers.views.kpi_table import table_block
from handlers.views.kpi_words import ALL, absences, is_empty, table_rows
from handlers.views.message import Message, context, sections
from handlers.views.text import clip, escape, line, mention, when
from qualification.kpi import KPIS, Answer
from qualification.kpi_trend import Trend

LONGEST_TEXT = 2000
MOST_ROWS = 20
_COMMAND = re.compile(r"ˋ(/?[a-z][a-z /-]{0,40})ˋ")
ROOM = 11_000
"""Slack was seen to refuse messages from about 13,200 characters of blocks."""


def kpi_answer(
    answer: Answer,
    *,
    asked: str,
    names: Mapping[str, str],
    at: datetime,
    trend: Trend | None = None,
    charts: bool = True,
    notes: Sequence[str] = (),
    shared_by: str | None = None,
    heading: str = "",
) -> Message:
    """The message; complete in words, so that it reads on a phone and aloud.

    Args:
        asked: What was typed after `/kpi`; the buttons carry it.
        charts: False where this workspace refuses charts.
        notes: More lines, ours.
        shared_by: Who shows it to the channel; without it, it is for one person and offers Share.
        heading: Stands above it in a channel it was sent to on a schedule.
    """
    text = clip(answer.text, LONGEST_TEXT)
    head = sections(
        [heading or _shared(shared_by, asked), f"*{KPIS[answer.kpi].question}*", ours(escape(text))]
    )
    chart = chart_block(answer, names, trend) if charts else None
    foot = [
        *context([window_line(answer, at), *_absent(answer), *notes]),
        *answer_buttons(answer, asked, shared=bool(shared_by or heading)),
    ]
    drawn = [block.to_dict() for block in head]
    drawn += [chart] if chart else []
    below = [block.to_dict() for block in foot]
    table, more = _table(answer, names, ROOM - len(json.dumps([*drawn, *below])))
    drawn += [table] if table else []
    if more:
        rest = f"{more:,} more rows: *Export CSV* has them all."
        drawn += [block.to_dict() for block in context([rest])]
    return Message(text, [*drawn, *below])


def ours(text: str) -> str:
    """Escaped text in which commands and settings are set off again, as the sentences of numbers write them.

    Names that others typed stand in them, too: letters, slashes and spaces between marks do no harm.
    """
    return _COMMAND.sub(r"`\1`", text)


def without_chart(told: Message) -> Message:
    """The same message for a workspace that refuses charts; the table and the sentence say it all."""
    return Message(told.text, [block for block in told.blocks if block["type"] != "data_visualization"])


def _shared(who: str | None, asked: str) -> str:
    return f"{mention(who)} shares `{line(f'/kpi {asked}'.strip())}`" if who else ""


def window_line(answer: Answer, at: datetime) -> str:
    """The days, the zone, what it is based on, the definition's versions, and when it was counted."""
    period = answer.period
    # A month that goes on is told as far as it went: nothing of the days to come is in the number.
    last = max(period.start, min(period.end - timedelta(days=1), at.astimezone(period.zone).date()))
    first = period.start.isoformat()
    days = first if last == period.start else f"{first} to {last.isoformat()}"
    versions = ", ".join(str(version) for version in answer.definition_versions)
    parts = [
        f"{days}, {period.zone.key}",
        BASIS[answer.basis],
        f"definition {versions}" if versions else "",
        f"as of {when(at, period.zone)}",
    ]
    return " · ".join(part for part in parts if part)


def _absent(answer: Answer) -> list[str]:
    told = [] if is_empty(answer) else absences(answer)
    return [f"– means: {line('; '.join(told), 400)}."] if told else []


def _table(answer: Answer, names: Mapping[str, str], room: int) -> tuple[dict[str, Any] | None, int]:
    """The table, and how many rows found no room in it."""
    if is_empty(answer):
        return None, 0
    head, *body = table_rows(answer, names)
    total = body.pop() if body and body[-1][0] == ALL else None
    kept = body[:MOST_ROWS]
    while kept and len(json.dumps(table_block(head, kept, total))) > room:
        kept = kept[:-1]
    return table_block(head, kept, total), len(body) - len(kept)
