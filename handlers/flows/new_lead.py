"""A person hands in a lead, and may take it at once."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.flows.office import AtLead, Office
from handlers.flows.receive import Verdict, receive
from qualification.arrival import NewLead
from qualification.ownership import claim
from qualification.seen import Seen


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of it. `seen` is None while it is no lead (no permission yet, for instance)."""

    verdict: Verdict
    seen: Seen | None


async def hand_in(office: Office, where: str, new: NewLead, claim_for: str | None = None) -> TakenIn:
    """Take in one lead like any form's, in one transaction.

    Args:
        claim_for: Who wants to work on it; left alone when somebody has it already or nobody may.
    """
    rules = await office.rules(where)
    now = office.clock()
    async with office.store.begin(where) as work:
        verdict = (await receive(work, [new], rules, now))[0]
        if verdict.lead is None:
            return TakenIn(verdict, None)
        lead = await work.leads.get(int(verdict.lead.removeprefix("L-")), lock=True)
        assert lead is not None  # it was saved above
        if claim_for and rules.see(lead, now).open and lead.owner is None:
            lead = (await AtLead(work, lead, rules, now).record(claim(lead, claim_for, now))).lead
    return TakenIn(verdict, rules.see(lead, now))
