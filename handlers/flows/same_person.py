"""Who may be one person, who is, and who else comes from the same company: to look at, and to say so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from handlers.flows.merge import Merged, split_leads
from handlers.flows.news import ask
from handlers.flows.office import NoSuchLead, Office, Rules
from qualification.domains import domain_of, is_listed
from qualification.errors import Refused
from qualification.events import Event, Kind
from qualification.gate import screened_out
from qualification.history import steps_gone
from qualification.lead import Lead, Profile
from qualification.masking import Level, as_shown
from qualification.matching import email_key, phone_key_for
from qualification.same_person import company_key
from qualification.seen import Seen
from qualification.undo import FOR
from store.outbox import NewJob
from store.same_person import APART, MERGED, OPEN, Suggestion, same_kind
from store.work import Work

SHOWN = 2
"""Colleagues named on a card."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two leads that may be one person, and what was said about it."""

    said: Suggestion
    older: Seen
    newer: Seen
    rules: Rules
    same: frozenset[str] = frozenset()
    """In which of `email` and `phone` they agree, however it is spelt: masked ones can't be compared."""

    def as_shown(self, level: Level) -> Pair:
        """Both as a place of this level may see them."""
        return replace(self, older=as_shown(self.older, level), newer=as_shown(self.newer, level))


@dataclass(frozen=True, slots=True)
class TookIn:
    """A number that a lead took in: by which step of which number, by whom and when."""

    number: int
    other: int
    step: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known around a lead: whom it may be, whom it took in, who else is there from its company."""

    pairs: tuple[Pair, ...] = ()
    took_in: tuple[TookIn, ...] = ()
    colleagues: tuple[Lead, ...] = ()
    more: int = 0


async def look_at_pair(office: Office, where: str, older: int, newer: int) -> Pair | None:
    """A suggestion with both leads as they stand; None when there is none."""
    rules = await office.rules(where)
    async with office.store.read(where) as work:
        said = await work.people.suggestion(older, newer)
        return await _pair(work, said, rules, office.clock()) if said else None


async def _pair(work: Work, said: Suggestion, rules: Rules, now: datetime) -> Pair | None:
    one, other = await work.leads.get(said.older), await work.leads.get(said.newer)
    if one is None or other is None:
        return None
    same = _agreeing(one.profile, other.profile, rules.setup.country)
    return Pair(said, rules.see(one, now), rules.see(other, now), rules, same)


def _agreeing(one: Profile, other: Profile, country: str) -> frozenset[str]:
    def keys(profile: Profile) -> dict[str, str | None]:
        email = profile.email and (email_key(profile.email) or profile.email)
        phone = profile.phone and (phone_key_for(profile.phone, profile.country, country) or profile.phone)
        return {"email": email, "phone": phone}

    ours, theirs = keys(one), keys(other)
    return frozenset(name for name in ours if ours[name] and ours[name] == theirs[name])


async def keep_apart(office: Office, where: str, older: int, newer: int, who: str) -> bool:
    """Two people: never asked again. False when it was said before.

    Raises:
        Refused: somebody merged them meanwhile.
    """
    async with office.store.begin(where) as work:
        await work.leads.one_at_a_time()
        if await work.people.decide(older, newer, APART, who, office.clock()):
            key = f"person:{older}:{newer}"
            await work.outbox.put_many(
                [NewJob("person.redraw", {"older": older, "newer": newer}, once=key), *_cards(older, newer)]
            )
            return True
        said = await work.people.suggestion(older, newer)
    if said is None:
        raise Refused("Nobody asked about these two.")
    if said.state == MERGED:
        raise Refused(f"<@{said.by}> merged them. To split them again, open Details of L-{older}.")
    return False


def _cards(*numbers: int) -> list[NewJob]:
    return [NewJob("card.redraw", {"lead": n}, once=f"card:{n}") for n in numbers]


async def undo_merge(office: Office, where: str, number: int, step: str, who: str) -> Merged:
    """Take one's own merge back within ten minutes, as if nobody had said anything.

    Raises:
        Refused: it is too late for that, or somebody else merged them.
    """
    async with office.store.read(where) as work:
        merge = next((one for one in await _merges(work, number) if one.step == step), None)
    if merge and merge.data.get("other") is not None:
        if merge.actor != who:
            raise Refused(f"<@{merge.actor}> merged them, so only they can undo it. Details can split them.")
        if office.clock() - merge.at > FOR:
            raise Refused(
                "Undo works for ten minutes, and they are over. "
                f"Open Details of L-{number} and press Split again."
            )
    return await split_leads(office, where, number, step, who, for_good=False)


async def undo_last_merge(office: Office, where: str, number: int, who: str) -> Merged | None:
    """Take the merge back if that was the last thing they did to the lead; None if it was not."""
    async with office.store.read(where) as work:
        lead = await work.leads.standing(number)
        if lead is None:
            raise NoSuchLead(number)
        history = await work.leads.history(lead.number)
    gone = steps_gone(history)
    mine = next((e for e in reversed(history) if e.actor == who and e.step not in gone), None)
    if mine is None or not any(e.step == mine.step and "other" in e.data for e in history):
        return None
    if mine.kind is Kind.UNMERGED:
        return None
    return await undo_merge(office, where, lead.number, mine.step, who)


async def _merges(work: Work, number: int) -> list[Event]:
    return [e for e in await work.leads.history(number) if e.kind is Kind.MERGED and "other" in e.data]


async def around(office: Office, where: str, number: int) -> Beside:
    """Everything around a lead, for Details."""
    rules = await office.rules(where)
    async with office.store.read(where) as work:
        lead = await work.leads.standing(number)
        if lead is None:
            raise NoSuchLead(number)
        now, numbers = office.clock(), (lead.number, *lead.merged)
        pairs = [await _pair(work, said, rules, now) for said in await work.people.about(numbers)]
        took_in = []
        for one in numbers if lead.merged else ():
            history = await work.leads.history(one)
            gone = steps_gone(history)
            took_in += [
                TookIn(one, e.data["other"], e.step, e.actor, e.at)
                for e in history
                if e.kind is Kind.MERGED and "other" in e.data and e.step not in gone
            ]
        colleagues, more = await _colleagues(work, lead)
    shown = tuple(pair for pair in pairs if pair and pair.said.state == OPEN)
    return Beside(shown, tuple(took_in), colleagues, more)


async def colleagues_of(work: Work, lead: Lead) -> Beside:
    """Who else comes from the same company, for the card."""
    colleagues, more = await _colleagues(work, lead)
    return Beside(colleagues=colleagues, more=more)


async def _colleagues(work: Work, lead: Lead) -> tuple[tuple[Lead, ...], int]:
    key = None if lead.erased or lead.merged_into else company_key(lead.profile)
    if key is None:
        return (), 0
    found, total = await work.people.also_from(key, lead.number, SHOWN)
    return tuple(found), total - len(found)


async def ask_about(work: Work, number: int) -> None:
    """Its card stands now, so there is a thread to ask in what was noticed before."""
    for said in await work.people.about((number,)):
        if said.newer == number and await work.cards.current(number, same_kind(said.older)) is None:
            await work.outbox.put_many([ask(said.older, number, ":card")])


def calls_nobody(lead: Lead, rules: Rules) -> bool:
    """Whether no group is called: a customer's rep hears of it, and nobody sells to the other lists."""
    domain = domain_of(lead.profile.email) if lead.profile.email else None
    screened = screened_out(domain, rules.definition) if domain else None
    return is_customers(lead, rules) or screened in ("own_domain", "competitor", "disposable")


def is_customers(lead: Lead, rules: Rules) -> bool:
    """Whether they write from a customer's domain, by the definition's list."""
    domain = domain_of(lead.profile.email) if lead.profile.email else None
    return bool(domain and is_listed(domain, rules.definition.lists.customer_domains))
