"""What can be done with an answer: share it, take it along, ask on. Every button carries the question."""

from __future__ import annotations

from slack_sdk.models.blocks import Block, InteractiveElement

from handlers.views import ids
from handlers.views.kpi_words import is_empty
from handlers.views.message import button, controls
from handlers.views.text import clip
from qualification.kpi import KPIS, Answer
from qualification.kpi_why import tells_why

LONGEST_QUESTION = 1_900
"""A button's value holds 2,000 characters; names of campaigns may be long."""


def answer_buttons(answer: Answer, asked: str, *, shared: bool) -> list[Block]:
    """The row of buttons below an answer.

    Args:
        asked: What was typed after `/kpi`.
        shared: Whether the channel sees it already; then Share and Schedule are for nobody.
    """
    kpi, value = KPIS[answer.kpi], clip(asked, LONGEST_QUESTION)
    presses: list[InteractiveElement] = []
    if not shared:
        presses.append(button(ids.KPI_SHARE, "Share", value, about="in this channel"))
    if tells_why(kpi) and not is_empty(answer):
        presses.append(button(ids.KPI_WHY, "Why did it change?", value))
    if kpi.behind and not is_empty(answer):
        presses.append(button(ids.KPI_LEADS, "Which leads?", f"|{value}"))
    if not is_empty(answer):
        presses.append(button(ids.KPI_CSV, "Export CSV", value))
    if not shared and not is_empty(answer):
        presses.append(button(ids.KPI_SCHEDULE, "Schedule", value))
    presses.append(button(ids.KPI_METHOD, "How is this counted?", value))
    if answer.kpi == "benchmark":
        presses.append(button(ids.KPI_RANGES, "Edit ranges", "ranges"))
    return controls(ids.KPI_CONTROLS, presses)
