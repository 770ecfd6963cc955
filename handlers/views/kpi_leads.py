"""The leads behind a number, one line each, with Details."""

from __future__ import annotations

from slack_sdk.models.blocks import (
    Block,
    InteractiveElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)

from handlers.flows.kpi_leads import LeadsBehind
from handlers.views import ids
from handlers.views.fields import option
from handlers.views.lead_lists import lead_line
from handlers.views.message import Message, button, context, controls, message, sections, words
from handlers.views.text import line
from qualification.kpi_understood import of_one
from qualification.seen import Seen

LONGEST_OPTION = 150
"""Characters that the value of a choice may have in Slack."""


def leads_message(behind: LeadsBehind) -> Message:
    """The list for the person who pressed **Which leads?**, and buttons for the other counts beside it."""
    found, called = behind.found, dict(behind.parts)[behind.part]
    total, period = found.total or 0, behind.period
    title = f"{called}: {total:,}{_of_one(behind)} ({period.label}, {period.zone.key})"
    notes = [f"The newest {len(found.leads)} of {total:,}." if found.more else ""]
    notes.append("These are yours; everybody's are for managers and admins." if behind.own else "")
    nobody = "Nobody is behind this number." if not found.leads else ""
    blocks: list[Block] = [
        *sections([f"*{line(title)}*", nobody]),
        # Above the list: on a phone nobody would find it below twenty leads.
        *controls(ids.KPI_CONTROLS, _rows_alone(behind)),
        *[_row(seen, behind) for seen in found.leads],
        *context(notes),
    ]
    others = [
        button(f"{ids.KPI_LEADS}{field}", says, f"{field}|{behind.asked}")
        for field, says in behind.parts
        if field != behind.part
    ]
    return message(title, [*blocks, *controls(ids.CONTROLS, others)])


def _of_one(behind: LeadsBehind) -> str:
    only, names = behind.question.only, behind.found.names
    return f", {of_one(only, lambda one: names.get(one[1], one[1]))}" if only else ""


def _rows_alone(behind: LeadsBehind) -> list[InteractiveElement]:
    """The choice of a row of the split, to see its leads alone; a name too long for Slack is left out."""
    choices = [
        option(value, f"{group.called} ({group.count:,})")
        for group in behind.groups
        if len(value := f"{behind.part}|{group.asked}") <= LONGEST_OPTION
    ]
    if not choices:
        return []
    by = behind.question.by or behind.question.kpi.always_by
    says = PlainTextObject(text=f"Only one {by}")
    return [StaticSelectElement(action_id=ids.KPI_LEADS_OF_ONE, placeholder=says, options=choices)]


def _row(seen: Seen, behind: LeadsBehind) -> SectionBlock:
    lead = seen.lead
    about = f"{lead.name} {lead.profile.name}"
    press = button(ids.MORE, "Details", ids.more(ids.DETAILS_OPTION, lead.number), about=about)
    return SectionBlock(text=words(lead_line(seen, behind.found.names)), accessory=press)
