"""Whose data is meant: somebody named by e-mail address, phone number or L-number."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from handlers.flows.office import Office, Rules
from qualification.arrival import NewLead
from qualification.errors import Refused
from qualification.lead import Lead
from qualification.matching import email_key, phone_key_for
from qualification.personal import Traces, keyed, traces_of, words_in
from store.erasures import Erasure
from store.intake import Kept, Waiting
from store.work import Work

_NUMBER = re.compile(r"(?:l-)?(\d{1,9})", re.IGNORECASE | re.ASCII)


class Nobody(Refused):
    """Nothing is held about whoever was named."""


@dataclass(frozen=True, slots=True)
class Whose:
    """What is held about one person, found but untouched.

    Attributes:
        leads: usually one; several where several leads carry the address.
        named: what they said about themselves as visitors, before they were a lead.
        erased: leads among them whose data is gone already, with what was done.
        suppressed: they were erased and must not be taken in again.
        mentioned_in: other leads in whose notes and messages they are named.
        looked_at: The last payload kept raw that was looked at.
        these_alone: Retention: only what these leads hold. What waits or is kept raw has a shorter time of
            its own, and whoever else shares an address is not meant.
    """

    traces: Traces
    leads: tuple[Lead, ...]
    waiting: tuple[Waiting, ...]
    quarantined: tuple[Kept, ...]
    named: tuple[NewLead, ...]
    erasures: tuple[Erasure, ...]
    suppressed: bool
    mentioned_in: tuple[int, ...]
    looked_at: int = 0
    these_alone: bool = False

    @property
    def held(self) -> bool:
        """Whether anything personal is left."""
        beside_leads = self.waiting or self.quarantined or self.named
        return bool(beside_leads) or any(not lead.erased for lead in self.leads)


async def find_whose(office: Office, where: str, who: str) -> Whose:
    """Everything held about whoever `who` names: an e-mail address, a phone number or an L-number.

    Raises:
        Refused: it is none of these, or a number that several people share.
        Nobody: nothing is held, and never was.
    """
    rules = await office.rules(where)
    async with office.store.read(where) as work:
        return await look_up(work, rules, who.strip())


async def look_up(work: Work, rules: Rules, who: str) -> Whose:
    """The same within a transaction."""
    country = rules.setup.country
    number = _NUMBER.fullmatch(who)
    if number and (who[:1] in "lL" or len(who) < 7):
        lead = await work.leads.get(int(number[1]))
        if lead is None:
            raise Nobody(f"There is no L-{number[1]}.")
        return await _about(work, rules, [lead], Traces())
    if "@" in who:
        key = email_key(who)
        if key is None:
            raise Refused(f"“{who}” is no e-mail address.")
        asked = Traces(emails=(key,), spelled=(who.lower(),))
        found = set((await work.leads.by_person([key], []))[0].values())
    else:
        key = phone_key_for(who, None, country)
        if key is None:
            raise Refused(f"“{who}” is no e-mail address, phone number or lead number like L-1042.")
        asked = Traces(phones=(key,))
        found = set(await work.privacy.with_phone(key))
    found |= {n for n in await work.privacy.told_of(asked) if await _gave(work, n, asked, country)}
    leads = [lead for _, lead in sorted((await work.leads.many(sorted(found))).items())]
    if "@" not in who and len(leads) > 1:
        names = ", ".join(lead.name for lead in leads)
        raise Refused(f"Several people have that number: {names}. Name one by their number or address.")
    return await _about(work, rules, leads, asked)


async def of_lead(work: Work, rules: Rules, number: int) -> Whose:
    """One lead and the numbers that are the same person, alone; their addresses without those others have."""
    leads = await _with_merged(work, list((await work.leads.many([number])).values()))
    told = [fact.data for lead in leads for fact in await work.privacy.facts(lead.number)]
    theirs, mine = traces_of(told, rules.setup.country), {lead.number for lead in leads}
    emails, phones = await work.leads.by_person(theirs.emails, theirs.phones)
    return Whose(
        traces=replace(
            theirs,
            emails=tuple(email for email in theirs.emails if emails.get(email, number) in mine),
            phones=tuple(phone for phone in theirs.phones if phones.get(phone, number) in mine),
        ),
        leads=tuple(leads),
        waiting=(),
        quarantined=(),
        named=(),
        erasures=(),
        suppressed=False,
        mentioned_in=(),
        these_alone=True,
    )


async def of_addresses(work: Work, rules: Rules, asked: Traces) -> Whose:
    """What is held, beside leads, about somebody with these addresses or numbers."""
    return await _about(work, rules, [], asked)


async def numbers_now(work: Work, found: Whose) -> set[int]:
    """The leads that are meant, as they stand now: one may have come in or been merged since."""
    numbers = {lead.number for lead in found.leads}
    if not found.these_alone:
        numbers |= set((await work.leads.by_person(found.traces.emails, []))[0].values())
    there = await work.leads.many(sorted(numbers))
    return {lead.number for lead in await _with_merged(work, list(there.values()))}


async def _gave(work: Work, number: int, asked: Traces, country: str) -> bool:
    """Whether a lead itself gave that address once, not only somebody's note about it."""
    theirs = traces_of([fact.data for fact in await work.privacy.facts(number)], country)
    return bool({*theirs.emails, *theirs.phones} & {*asked.emails, *asked.phones})


async def _mentions(work: Work, rules: Rules, traces: Traces, mine: set[int]) -> tuple[int, ...]:
    """Other leads in whose notes and messages they are named."""
    found = []
    for number in await work.privacy.told_of(traces):
        if number in mine:
            continue
        told = [fact.data for fact in await work.privacy.facts(number)]
        named = traces.without_numbers_of(traces_of(told, rules.setup.country))
        if any(named.are_in(words_in(data)) for data in told):
            found.append(number)
    return tuple(found)


async def _about(work: Work, rules: Rules, leads: list[Lead], asked: Traces) -> Whose:
    leads = await _with_merged(work, leads)
    told = [fact.data for lead in leads for fact in await work.privacy.facts(lead.number)]
    # One address is one person, also where two leads have it.
    same = await work.leads.by_person(traces_of(told, rules.setup.country).emails, [])
    also = await work.leads.many(sorted(set(same[0].values()) - {lead.number for lead in leads}))
    more = await _with_merged(work, list(also.values()))
    told += [fact.data for lead in more for fact in await work.privacy.facts(lead.number)]
    leads = sorted({lead.number: lead for lead in (*leads, *more)}.values(), key=lambda lead: lead.number)
    theirs = traces_of(told, rules.setup.country)
    traces = Traces(
        emails=tuple(sorted({*theirs.emails, *asked.emails})),
        phones=tuple(sorted({*theirs.phones, *asked.phones})),
        spelled=tuple(sorted({*theirs.spelled, *asked.spelled})),
        names=theirs.names,
    )
    secret = await work.privacy.secret()
    listed = bool(secret and await work.privacy.are_suppressed(hashes(secret, asked)))
    mine = {lead.number for lead in leads}
    quarantined, looked_at = await work.privacy.quarantined_of(traces)
    found = Whose(
        traces=traces,
        leads=tuple(leads),
        waiting=tuple(await work.privacy.waiting_of(traces)),
        quarantined=tuple(quarantined),
        named=tuple(await work.privacy.named_of(traces)),
        erasures=tuple([e for lead in leads for e in await work.privacy.erasures_of(lead.number)]),
        suppressed=listed,
        mentioned_in=await _mentions(work, rules, traces, mine),
        looked_at=looked_at,
    )
    if not (found.leads or found.held or found.suppressed):
        raise Nobody("Nothing is held about them.")
    return found


async def _with_merged(work: Work, leads: list[Lead]) -> list[Lead]:
    """These and every number that is the same person: each keeps what it was told, whoever stands for it."""
    survivors = {lead.merged_into or lead.number for lead in leads}
    standing = {**await work.leads.many(sorted(survivors)), **{lead.number: lead for lead in leads}}
    merged = {number for lead in standing.values() for number in lead.merged}
    found = {**await work.leads.many(sorted(merged)), **standing}
    return [lead for _, lead in sorted(found.items())]


def hashes(secret: str, traces: Traces) -> list[str]:
    """How the suppression list names these addresses and numbers."""
    emails = [keyed(secret, "email", email) for email in traces.emails]
    return [*emails, *(keyed(secret, "phone", phone) for phone in traces.phones)]
