"""A manager's board in App Home, and any number of the list in a dialog: one short line each, for a phone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject, StaticSelectElement
from slack_sdk.models.views import View

from handlers.flows.kpi_board import Board
from handlers.views import ids
from handlers.views.fields import dialog, option
from handlers.views.kpi_answer import window_line
from handlers.views.kpi_words import ALL, LABELS, NONE, Row, absences, is_empty, table_rows, value_words
from handlers.views.message import context, controls, sections
from handlers.views.text import clip, escape, line
from qualification.kpi import KPIS, Answer, Value
from qualification.kpi_ripe import RIPE_DAYS, WEEKS

MOST_ROWS = 15
LONGEST_TEXT = 2_000


def board_blocks(board: Board) -> list[Block]:
    """This month, then rates at equal age, then any other number."""
    total = board.month.total
    before = total["previous"]
    earlier = before if isinstance(before, Mapping) else {}
    lines = [_line(name, value, earlier.get(name)) for name, value in total.items() if name != "previous"]
    fair = f"In brackets {board.before}, the same days." if any(earlier.values()) else ""
    ripe = [f"• {escape(one.words)}" for one in board.ripe]
    who = f"Of {board.window.label} against the {WEEKS} weeks before, each in its first {RIPE_DAYS} days."
    choice = StaticSelectElement(
        action_id=ids.KPI_BOARD,
        placeholder=PlainTextObject(text="Another number"),
        options=[option(kpi.name, f"{kpi.name}: {kpi.question}") for kpi in KPIS.values()],
    )
    return [
        HeaderBlock(text="Your numbers"),
        *sections(["*This month*", *[told for told in lines if told]]),
        *context([f"{fair} `/kpi` has more.".strip()]),
        *sections(["*At equal age*", *ripe]),
        *context([who]),
        *controls(ids.KPI_BOARD_ROW, [choice]),
    ]


def _line(name: str, value: Value, before: Value) -> str:
    """`• Leads: 12 (10)`; nothing for what has no number in either."""
    if value is None and before is None:
        return ""
    then = "" if before is None else f" ({value_words(name, before)})"
    return f"• {LABELS[name]}: *{value_words(name, value)}*{then}"


def number_dialog(answer: Answer, names: Mapping[str, str], at: datetime, note: str = "") -> View:
    """One number, complete; a dialog takes no table and no chart, so each row is a line."""
    head, *body = [("", "")] if is_empty(answer) else table_rows(answer, names)
    shown = [row for row in body if row[0] != ALL][:MOST_ROWS] + [row for row in body if row[0] == ALL]
    rest = len(body) - len(shown)
    more = f"{rest:,} more rows: `/kpi {answer.kpi}` in a channel." if rest else ""
    absent = [] if is_empty(answer) else absences(answer)
    blocks = [
        *sections([f"*{KPIS[answer.kpi].question}*", escape(clip(answer.text, LONGEST_TEXT))]),
        *sections([_row(head, row) for row in shown]),
        *context([more, f"{NONE} means: {line('; '.join(absent), 400)}." if absent else ""]),
        *context([window_line(answer, at), note]),
    ]
    return dialog(ids.LOADING, clip(f"/kpi {answer.kpi}", 24), blocks, submit=None, metadata={})


def _row(head: Row, row: Row) -> str:
    key, *cells = row
    if len(cells) == 1:
        return f"• {line(key, 80)}: *{line(cells[0], 80)}*"
    told = " · ".join(f"{name} {line(cell, 80)}" for name, cell in zip(head[1:], cells, strict=True))
    return f"• *{line(key, 80)}*: {told}"
