"""Reveal: somebody looks at contact data that their channel masks; the history says so."""

from __future__ import annotations

from handlers.flows.house_state import NotAllowed
from handlers.flows.office import Office, Saved
from qualification.events import Event, Kind


async def reveal(office: Office, where: str, number: int, who: str) -> Saved:
    """Record that they looked. Every time counts: it is a log, not a state.

    Raises:
        NotAllowed: a guest asks about a lead that is not theirs.
    """
    async with office.at_lead(where, number) as at:
        if who in at.rules.guests and at.lead.owner != who:
            raise NotAllowed("Guests see how to reach only the leads they work on. Ask a member.")
        return await at.record([Event(Kind.REVEALED, at.now, who)])
