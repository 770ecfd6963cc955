"""Permission taken back, one purpose at a time: as easily as it was given."""

from __future__ import annotations

from handlers.flows.disqualify import opt_out_lead
from handlers.flows.office import Office, Saved
from qualification.errors import Refused
from qualification.events import Event, Kind
from qualification.permission import PURPOSES, withdrawal


async def withdraw(office: Office, where: str, number: int, who: str, purpose: str) -> Saved:
    """Record that a purpose was withdrawn; contact means that nobody may contact them at all.

    Raises:
        Refused: there is no such purpose.
    """
    if purpose not in PURPOSES:
        raise Refused(f"“{purpose}” is no purpose: use {', '.join(PURPOSES)}.")
    if purpose == "contact":
        return await opt_out_lead(office, where, number, who)
    async with office.at_lead(where, number) as at:
        said = withdrawal(at.lead.permission, purpose)
        return await at.record([Event(Kind.PERMISSION, at.now, who, said)] if said else [])
