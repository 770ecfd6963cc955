"""Look for leads: by words, one's own, the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.flows.office import Office
from qualification.lead import Lead
from qualification.seen import Seen

PAGE = 10


@dataclass(frozen=True, slots=True)
class Found:
    """One page of leads.

    Attributes:
        total: how many there are in all, where that is known.
        start: how many came before this page.
        more: whether another page follows.
    """

    leads: tuple[Seen, ...]
    total: int | None = None
    start: int = 0
    more: bool = False


async def find_leads(office: Office, where: str, text: str) -> Found:
    """The newest leads whose name, company, title, address or phone hold every word."""
    rules = await office.rules(where)
    async with office.store.read(where) as work:
        found = await work.leads.find(text, PAGE + 1)
    now = office.clock()
    return Found(tuple(rules.see(lead, now) for lead in found[:PAGE]), more=len(found) > PAGE)


async def my_leads(office: Office, where: str, rep: str) -> Found:
    """What a rep works on, by what needs them next; what is snoozed stands last."""
    rules = await office.rules(where)
    async with office.store.read(where) as work:
        found = await work.leads.mine(rep, PAGE * 2 + 1)
    now = office.clock()
    awake_first = sorted(found[: PAGE * 2], key=lambda lead: _asleep(lead, now))
    return Found(tuple(rules.see(lead, now) for lead in awake_first), more=len(found) > PAGE * 2)


def _asleep(lead: Lead, now: datetime) -> bool:
    return lead.snoozed_until is not None and lead.snoozed_until > now


async def the_queue(office: Office, where: str, start: int = 0) -> Found:
    """Leads nobody has, a page at a time: direct inquiries by their clock first, then by score."""
    rules = await office.rules(where)
    now = office.clock()
    async with office.store.read(where) as work:
        found = await work.leads.queue(now, start + PAGE)
        total = await work.leads.queue_length(now)
    page = tuple(rules.see(lead, now) for lead in found[start:])
    return Found(page, total, start, more=total > start + PAGE)
