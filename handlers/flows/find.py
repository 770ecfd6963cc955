"""Look for leads: by words, one's own, the queue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from handlers.flows.office import Office
from qualification.seen import Seen

PAGE = 10
_NUMBER = re.compile(r"l-?(\d{1,9})", re.IGNORECASE | re.ASCII)
MOST_MINE = 100
"""More open leads than this are sorted only among the first of them."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of leads.

    Attributes:
        total: how many there are in all, where that is known.
        start: how many came before this page.
        more: whether another page follows.
        names: what people are called, by Slack id: a list speaks of owners without calling them.
    """

    leads: tuple[Seen, ...]
    names: Mapping[str, str]
    total: int | None = None
    start: int = 0
    more: bool = False


async def find_leads(office: Office, where: str, text: str) -> Found:
    """The newest leads whose name, company, title, address or phone hold every word; or the L-number."""
    rules = await office.rules(where)
    number = _NUMBER.fullmatch(text.strip())
    async with office.store.read(where) as work:
        known = await work.leads.standing(int(number[1])) if number else None
        found = [known] if known else await work.lists.find(text, PAGE + 1)
    now = office.clock()
    return Found(tuple(rules.see(lead, now) for lead in found[:PAGE]), rules.names, more=len(found) > PAGE)


async def my_leads(office: Office, where: str, rep: str) -> Found:
    """What a rep works on, by what needs them next (see `urgency`)."""
    rules = await office.rules(where)
    now = office.clock()
    async with office.store.read(where) as work:
        found = await work.lists.mine(rep, now, rules.definition, MOST_MINE)
    seen = sorted((rules.see(lead, now) for lead in found), key=urgency)
    return Found(tuple(seen[: PAGE * 2]), rules.names, more=len(seen) > PAGE * 2)


def urgency(seen: Seen) -> tuple[int, float, int]:
    """Sorts what needs its owner next to the front.

    A next step that is due, then who was never contacted (direct inquiries first), then the next steps to
    come by their date, then the rest by score. Whatever is snoozed stands last, by when it wakes.
    """
    lead, now = seen.lead, seen.at
    if lead.snoozed_until and lead.snoozed_until > now:
        return (4, lead.snoozed_until.timestamp(), lead.number)
    if lead.next_step_at and lead.next_step_at <= now:
        return (0, lead.next_step_at.timestamp(), lead.number)
    if not seen.contacted:
        return (1, (0 if seen.inquiry else 100) - seen.score.total, lead.number)
    if lead.next_step_at:
        return (2, lead.next_step_at.timestamp(), lead.number)
    return (3, -seen.score.total, lead.number)


async def the_queue(office: Office, where: str, start: int = 0) -> Found:
    """Leads nobody has, a page at a time: direct inquiries by their clock first, then by score."""
    rules = await office.rules(where)
    now = office.clock()
    async with office.store.read(where) as work:
        found = await work.lists.queue(now, rules.definition, start + PAGE)
        total = await work.lists.queue_length(now)
    page = tuple(rules.see(lead, now) for lead in found[start:])
    return Found(page, rules.names, total, start, more=total > start + PAGE)


async def find_person(office: Office, where: str, text: str) -> str | None:
    """Who is called that, by handle, address or full name; None when nobody is, or more than one."""
    said = text.strip().lstrip("@").lower()
    async with office.store.read(where) as work:
        people = await work.house.people()
    found = {p.user for p in people if p.active and said in (p.handle.lower(), p.email, p.name.lower())}
    return found.pop() if len(found) == 1 else None
