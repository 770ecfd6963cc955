"""Who of a batch may be somebody we have already: kept for people to look at, never decided here."""

from __future__ import annotations

from datetime import datetime

from handlers.flows.news import ask
from qualification.lead import Lead
from qualification.matching import email_key
from qualification.new_lead import NewLead
from qualification.same_person import Alike, Known, alike, company_key, name_key, two_people
from store.outbox import NewJob
from store.work import Work


def known_of(lead: Lead) -> Known:
    """What of a lead says that it is somebody else: address and name."""
    profile = lead.profile
    email = profile.email and email_key(profile.email)
    return Known(lead.number, email, None, None, name_key(profile))


class Lookalikes:
    """Whoever is new in one batch, looked up once for all of them."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._new_people: list[Known] = []
        self._shared_phones: set[str] = set()
        self._two_hits: list[Alike] = []

    def meet(self, lead: Lead, new: NewLead, *, shares_phone: bool) -> None:
        """Somebody new; perhaps with a phone number that another lead has."""
        profile = lead.profile
        person = Known(lead.number, new.email_key, new.phone_key, company_key(profile), name_key(profile))
        self._new_people.append(person)
        if shares_phone and new.phone_key:
            self._shared_phones.add(new.phone_key)

    def both_known(self, new: NewLead, by_email: Lead, by_phone: Lead) -> None:
        """The address is one lead's and the phone number another's: perhaps they are one person."""
        other = known_of(by_phone)
        one = Known(by_email.number, new.email_key, None, None, name_key(by_email.profile))
        if not two_people(one, other):
            older, newer = sorted((by_email.number, by_phone.number))
            self._two_hits.append(Alike(older, newer, "phone", 90))

    async def suggest(self, loud: set[int], now: datetime) -> list[NewJob]:
        """Keep whom somebody should look at.

        Args:
            loud: Numbers that did not come by import: an import's are kept and shown, not asked about.
        Returns:
            The jobs that ask.
        """
        companies = {person.company for person in self._new_people if person.company and person.name}
        pairs = self._two_hits
        if companies or self._shared_phones:
            first = min(person.number for person in self._new_people)
            there = await self._work.people.like(companies, self._shared_phones, before=first)
            pairs = [*pairs, *alike(self._new_people, there)]
        if not pairs:
            return []
        await self._work.people.suggest(pairs, now)
        return [ask(pair.older, pair.newer) for pair in pairs if loud & {pair.older, pair.newer}]
