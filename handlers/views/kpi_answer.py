"""The answer to a question about numbers: a sentence, a picture, a table, and how it was counted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.models.blocks import Block

from handlers.views import ids
from handlers.views.kpi_chart import chart_block
from handlers.views.kpi_method import BASIS
from handlers.views.kpi_words import ALL, Row, absences, is_empty, table_rows
from handlers.views.message import Message, button, context, controls, sections
from handlers.views.text import clip, escape, line, mention, plain_line, when
from qualification.kpi import KPIS, Answer
from qualification.kpi_trend import Trend

LONGEST_TEXT = 2000
LONGEST_CELL = 60
LONGEST_QUESTION = 1_900
"""A button's value holds 2,000 characters; names of campaigns may be long."""
MOST_ROWS = 20
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
) -> Message:
    """The message; complete in words, so that it reads on a phone and aloud.

    Args:
        asked: What was typed after `/kpi`; the buttons carry it.
        charts: False where this workspace refuses charts.
        notes: More lines, ours.
        shared_by: Who shows it to the channel; without it, it is for one person and offers Share.
    """
    text = clip(answer.text, LONGEST_TEXT)
    head = sections([_shared(shared_by, asked), f"*{KPIS[answer.kpi].question}*", escape(text)])
    chart = chart_block(answer, names, trend) if charts else None
    foot = [
        *context([window_line(answer, at), *_absent(answer), *notes]),
        *_buttons(answer, asked, shared_by),
    ]
    drawn = [block.to_dict() for block in head]
    drawn += [chart] if chart else []
    below = [block.to_dict() for block in foot]
    table, more = _table(answer, names, ROOM - len(json.dumps([*drawn, *below])))
    drawn += [table] if table else []
    if more:
        rest = f"{more:,} more rows: ask for less, or get all of them as a file from `/kpi/{answer.kpi}.csv`."
        drawn += [block.to_dict() for block in context([rest])]
    return Message(text, [*drawn, *below])


def without_chart(told: Message) -> Message:
    """The same message for a workspace that refuses charts; the table and the sentence say it all."""
    return Message(told.text, [block for block in told.blocks if block["type"] != "data_visualization"])


def _shared(who: str | None, asked: str) -> str:
    return f"{mention(who)} shares `{line(f'/kpi {asked}'.strip())}`" if who else ""


def window_line(answer: Answer, at: datetime) -> str:
    """The days, the zone, what it is based on, the definition's versions, and when it was counted."""
    period = answer.period
    last = (period.end - timedelta(days=1)).isoformat()
    days = period.start.isoformat() if period.days == 1 else f"{period.start.isoformat()} to {last}"
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
    while kept and len(json.dumps(_drawn(head, kept, total))) > room:
        kept = kept[:-1]
    return _drawn(head, kept, total), len(body) - len(kept)


def _drawn(head: Row, body: Sequence[Row], total: Row | None) -> dict[str, Any]:
    rows = [head, *body, *([total] if total else [])]
    settings = [{"is_wrapped": True}, *[{"align": "right"} for _ in head[1:]]]
    cells = [
        [{"type": "raw_text", "text": plain_line(cell, LONGEST_CELL) or "–"} for cell in row] for row in rows
    ]
    return {"type": "table", "column_settings": settings, "rows": cells}


def _buttons(answer: Answer, asked: str, shared_by: str | None) -> list[Block]:
    value = clip(asked, LONGEST_QUESTION)
    share = [] if shared_by else [button(ids.KPI_SHARE, "Share", value, about="in this channel")]
    edit = [button(ids.KPI_RANGES, "Edit ranges", "ranges")] if answer.kpi == "benchmark" else []
    return controls(ids.KPI_CONTROLS, [*share, button(ids.KPI_METHOD, "How is this counted?", value), *edit])
