"""Close a lead with a reason, or because they don't want to be contacted."""

from __future__ import annotations

from handlers.flows.notes import note_fact
from handlers.flows.office import Office, Saved
from qualification.stages import disqualify, opt_out


async def disqualify_lead(
    office: Office, where: str, number: int, rep: str, reason: str, note: str | None = None
) -> Saved:
    """Close it; some reasons bring it back after a time.

    Args:
        reason: A code of the definition's `disqualify_reasons`.
    """
    async with office.at_lead(where, number) as at:
        fact = note_fact(note, at.now)
        events = disqualify(at.lead, rep, reason, at.now, at.rules.definition, fact.id if fact else None)
        return await at.record(events, [fact] if fact else [])


async def opt_out_lead(office: Office, where: str, number: int, who: str) -> Saved:
    """They asked not to be contacted: clocks and dates end, and it leaves the queue."""
    async with office.at_lead(where, number) as at:
        return await at.record(opt_out(at.lead, who, at.now))
