"""Why a number changed: the two largest causes in words, the whole split as a table."""

from __future__ import annotations

from handlers.flows.kpi_why import Why
from handlers.views.kpi_table import table_block
from handlers.views.message import Message, context, sections
from handlers.views.text import clip, escape
from qualification.kpi import KPIS

MOST_ROWS = 20
LONGEST_TEXT = 2000


def why_message(why: Why) -> Message:
    """The answer to **Why did it change?**, for the person who pressed it."""
    text = clip(why.text, LONGEST_TEXT)
    head, *body, total = why.table
    notes = list(why.notes)
    if len(body) > MOST_ROWS:
        notes.insert(0, f"The {MOST_ROWS} that mattered most of {len(body):,}; All has every one of them.")
    title = f"*{KPIS[why.kpi].question} Why did it change?*"
    drawn = [block.to_dict() for block in sections([title, escape(text)])]
    drawn.append(table_block(head, body[:MOST_ROWS], total))
    return Message(text, [*drawn, *[block.to_dict() for block in context(notes)]])
