"""The leads behind a number, one line each, with Details."""

from __future__ import annotations

from slack_sdk.models.blocks import Block, SectionBlock

from handlers.flows.kpi_leads import LeadsBehind
from handlers.views import ids
from handlers.views.lead_lists import lead_line
from handlers.views.message import Message, button, context, controls, message, sections, words
from handlers.views.text import line
from qualification.seen import Seen


def leads_message(behind: LeadsBehind) -> Message:
    """The list for the person who pressed **Which leads?**, and buttons for the other counts beside it."""
    found, called = behind.found, dict(behind.parts)[behind.part]
    total, period = found.total or 0, behind.period
    title = f"{called}: {total:,} ({period.label}, {period.zone.key})"
    notes = [f"The newest {len(found.leads)} of {total:,}." if found.more else ""]
    notes.append("These are yours; everybody's are for managers and admins." if behind.own else "")
    nobody = "Nobody is behind this number." if not found.leads else ""
    blocks: list[Block] = [
        *sections([f"*{line(title)}*", nobody]),
        *[_row(seen, behind) for seen in found.leads],
        *context(notes),
    ]
    others = [
        button(f"{ids.KPI_LEADS}{field}", says, f"{field}|{behind.asked}")
        for field, says in behind.parts
        if field != behind.part
    ]
    return message(title, [*blocks, *controls(ids.CONTROLS, others)])


def _row(seen: Seen, behind: LeadsBehind) -> SectionBlock:
    lead = seen.lead
    about = f"{lead.name} {lead.profile.name}"
    press = button(ids.MORE, "Details", ids.more(ids.DETAILS_OPTION, lead.number), about=about)
    return SectionBlock(text=words(lead_line(seen, behind.found.names)), accessory=press)
