"""An answer to `/kpi` as the message that shows it, with what is to be said beside it."""

from __future__ import annotations

from handlers.flows.kpi import Told
from handlers.views.kpi_answer import kpi_answer
from handlers.views.message import Message
from handlers.views.text import line, mention


def drawn(told: Told, asked: str, *, shared_by: str | None = None, heading: str = "") -> Message:
    """The message that shows an answer."""
    notes = [f"Understood: {line(told.understood, 400)}." if told.understood else "", told.beside.comparison]
    if late := told.beside.came_late:
        came = "1 lead" if late == 1 else f"{late:,} leads"
        notes.append(f"Restated: {came} of this window came in after it was over.")
    if told.whose == "own":
        may = ", ".join(mention(user) for user in told.may_see_all)
        notes.append(f"This is your own row. Everybody's numbers are for managers and admins: {may}.")
    return kpi_answer(
        told.answer,
        asked=asked,
        names=told.names,
        at=told.at,
        trend=told.beside.trend,
        charts=told.charts,
        notes=notes,
        shared_by=shared_by,
        heading=heading,
    )
