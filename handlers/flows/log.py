"""Log a call, a mail or a meeting."""

from __future__ import annotations

from handlers.flows.notes import note_fact
from handlers.flows.office import Office, Saved
from qualification.ownership import touch


async def log_touch(
    office: Office, where: str, number: int, rep: str, kind: str, note: str | None = None, once: str = ""
) -> Saved:
    """Log one outbound touch; whoever touches a lead that nobody has, has it.

    Args:
        kind: A key of `qualification.ownership.TOUCHES`.
        once: Names this one logging, e.g. the dialog's id: a second time nothing is saved.
    """
    async with office.at_lead(where, number) as at:
        if not await at.once(once):
            return Saved(at.lead, "")
        fact = note_fact(note, at.now)
        events = touch(at.lead, rep, kind, at.now, fact.id if fact else None)
        return await at.record(events, [fact] if fact else [])
