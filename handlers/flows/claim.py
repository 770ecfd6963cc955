"""Claim a lead, put it back, give it to somebody else, snooze it."""

from __future__ import annotations

from datetime import datetime

from handlers.flows.colleague import must_be_here
from handlers.flows.office import Office, Saved
from qualification.ownership import claim, reassign, release, snooze


async def claim_lead(office: Office, where: str, number: int, rep: str) -> Saved:
    """Give the lead to the first rep who asks."""
    async with office.at_lead(where, number) as at:
        return await at.record(claim(at.lead, rep, at.now, at.rules.setup.zone))


async def release_lead(office: Office, where: str, number: int, rep: str) -> Saved:
    """Back to the queue, by its owner or a manager."""
    async with office.at_lead(where, number) as at:
        return await at.record(release(at.lead, rep, at.now, rep in at.rules.setup.managers))


async def reassign_lead(office: Office, where: str, number: int, rep: str, to: str) -> Saved:
    """Give the lead to somebody else, who is told.

    Raises:
        Refused: they have left the workspace, or nobody needs to work on the lead any more.
    """
    async with office.at_lead(where, number) as at:
        await must_be_here(at.work, to)
        return await at.record(reassign(at.lead, rep, to, at.now))


async def snooze_lead(
    office: Office, where: str, number: int, rep: str, until: datetime, once: str = ""
) -> Saved:
    """Keep it, out of the queue, until a moment.

    Args:
        once: Names this one snooze, e.g. the dialog's id: a second time nothing is saved.
    """
    async with office.at_lead(where, number) as at:
        if not await at.once(once):
            return Saved(at.lead, "")
        return await at.record(snooze(at.lead, rep, until, at.now))
