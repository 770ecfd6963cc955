"""Hand a lead back until a date."""

from __future__ import annotations

from datetime import datetime

from handlers.flows.notes import note_fact
from handlers.flows.office import Office, Saved
from qualification.stages import nurture


async def nurture_lead(
    office: Office, where: str, number: int, rep: str, until: datetime, note: str | None = None
) -> Saved:
    """It leaves the queue and its owner, and comes back on the date or when they ask again."""
    async with office.at_lead(where, number) as at:
        fact = note_fact(note, at.now)
        events = nurture(at.lead, rep, until, at.now, fact.id if fact else None)
        return await at.record(events, [fact] if fact else [])
