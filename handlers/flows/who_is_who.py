"""Who is behind the ids of some signals: a lead we have, somebody who said their name, or nobody yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from handlers.flows.kept_out import KeptOut
from handlers.flows.receive import Verdict
from qualification.lead import Lead, Profile
from qualification.new_lead import NewLead
from qualification.permission import Consent, later
from qualification.signal import Signal, Visit
from store.visitors import Named
from store.work import Work


class People:
    """The people of one batch. An anonymous id becomes somebody's only with their consent to be profiled."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.leads: dict[int, Lead] = {}
        self.links: dict[str, int] = {}
        self.names: dict[str, NewLead] = {}
        self._earlier: dict[str, list[tuple[datetime, NewLead]]] = {}
        """Who spoke under an id before somebody else did, and until when."""
        self._together: dict[str, frozenset[str]] = {}
        self._until: dict[str, datetime] = {}
        self._kept: frozenset[str] = frozenset()
        self._told: set[str] = set()
        """Ids under which something was said now."""
        self._emails: dict[str, int] = {}
        self._phones: dict[str, int] = {}

    async def look_up(self, signals: Sequence[Signal], now: datetime) -> None:
        """Everything known about these ids and addresses, in a handful of queries."""
        keys = {key for signal in signals for key in signal.keys}
        self.links = await self._work.leads.by_external_id(sorted(keys))
        known = await self._work.visitors.names(keys, now)
        others = {other for named in known.values() for other in named.together} - keys
        known |= await self._work.visitors.names(others, now)
        self.names = {key: named.who for key, named in known.items()}
        self._together = {key: named.together for key, named in known.items()}
        self._until = {key: named.until for key, named in known.items()}
        self._kept = frozenset(self.names)
        people = [signal.who for signal in signals if signal.who] + list(self.names.values())
        emails = sorted({who.email_key for who in people if who.email_key})
        phones = sorted({who.phone_key for who in people if who.phone_key})
        self._emails, self._phones = await self._work.leads.by_person(emails, phones)
        await self.read_leads()

    async def read_leads(self) -> None:
        """The leads behind these people, as they are by now."""
        numbers = {*self._emails.values(), *self._phones.values(), *self.links.values()}
        found = await self._work.leads.many(sorted(numbers)) if numbers else {}
        # Who was erased is nobody we know: what comes under their ids starts from nothing.
        self.leads = {number: lead for number, lead in found.items() if not lead.erased}

    def learn(self, signals: Sequence[Signal], kept_out: KeptOut) -> None:
        """Names by what is said in this batch: the newest word counts, whatever order the words came in.

        Args:
            kept_out: Who asked us to erase their data; their names are not learned again.
        """
        for signal in signals:
            if signal.who and kept_out.holds(signal.who):
                continue
            if not (signal.who or signal.identifies):
                if signal.objects or signal.declines or signal.unsubscribes:
                    self._says_no(signal)
                continue
            before = [
                key
                for key in signal.keys
                if key in self.names and _may_be_one(self.names[key], signal.who or self.names[key])
            ]
            told = [self.names[key] for key in before]
            if signal.who and (told or signal.who.email_key or signal.who.phone_key):
                told.append(signal.who)
                self._told |= set(signal.keys)
            if told:
                self._part(signal)
                self.names |= dict.fromkeys(signal.keys, merged([*told, *_no(signal)]))
                together = frozenset(signal.keys).union(*(self._together[key] for key in before))
                self._together |= dict.fromkeys(signal.keys, together)
                until = [self._until[key] for key in before if key in self._until]
                if until:
                    self._until |= dict.fromkeys(signal.keys, min(until))

    def _part(self, signal: Signal) -> None:
        """Somebody else speaks under these ids from now on; what was done before stays with who it was."""
        for key in signal.keys:
            if signal.who and key in self.names and not _may_be_one(self.names[key], signal.who):
                self._earlier.setdefault(key, []).append((signal.visit.at, self.names[key]))

    def _named(self, key: str, at: datetime) -> NewLead | None:
        """Who it was under this id at that time; what was done before anybody spoke is the first one's."""
        return next((who for until, who in self._earlier.get(key, ()) if at < until), self.names.get(key))

    def everybody(self) -> list[NewLead]:
        """All who said who they are, under each id."""
        return [*(who for told in self._earlier.values() for _, who in told), *self.names.values()]

    def _says_no(self, signal: Signal) -> None:
        """Somebody who is named already says no to being profiled, while they do something else."""
        for key in signal.visit.keys:
            if key in self.names:
                self.names[key] = merged([self.names[key], *_no(signal)])
                self._told.add(key)

    def name(self, keys: Iterable[str], at: datetime, own: NewLead | None = None) -> NewLead | None:
        """Who they say they are: what came with the request itself, over what was said before `at`."""
        before = next((who for key in keys if (who := self._named(key, at))), None)
        if before is None or own is None:
            return before or own
        if not _may_be_one(before, own):
            return own
        return replace(merged([before, own]), message=own.message, claims=own.claims)

    def number(
        self,
        visit: Visit,
        own: NewLead | None = None,
        *,
        says_who: bool = False,
        by_name: bool = False,
    ) -> int | None:
        """The lead behind a visit: by user id, else by address, else by an anonymous id that is theirs.

        Two people may share a browser: an address or a user id that we don't know yet is somebody new, also
        where the anonymous id belongs to a lead; unless the message says that both are the same (`says_who`).

        Args:
            by_name: A name that was only said under the anonymous id counts too: for requests, which are made
                to be answered. What is merely observed needs the link, and that needs consent.
        """
        if visit.account and self.links.get(visit.account) in self.leads:
            return self.links[visit.account]
        who = own or (self._named(visit.account, visit.at) if visit.account else None)
        if who and (who.email_key or who.phone_key):
            return self._emails.get(who.email_key or "") or self._phones.get(who.phone_key or "")
        if visit.account and not says_who:
            return None
        linked = self.links.get(visit.visitor or "")
        if linked in self.leads:
            return linked
        named = self._named(visit.visitor or "", visit.at) if by_name or says_who else None
        return self._emails.get((named and named.email_key) or "")

    def of(self, signal: Signal) -> int | None:
        """The lead that a signal is about."""
        found = self.number(signal.visit, signal.who, says_who=signal.identifies)
        if found is None and signal.previous:
            linked = (self.links.get(key) for key in signal.previous)
            found = next((number for number in linked if number in self.leads), None)
        return found

    def may_profile(self, number: int | None) -> bool:
        """Whether this lead allows that what they look at is theirs and counts."""
        lead = self.leads.get(number) if number else None
        return bool(lead and lead.permission.profiling)

    def remember(self, new: NewLead, verdict: Verdict) -> None:
        """Somebody is a lead now."""
        if verdict.lead:
            number = int(verdict.lead.removeprefix("L-"))
            if new.email_key:
                self._emails[new.email_key] = number
            if new.phone_key:
                self._phones.setdefault(new.phone_key, number)

    def is_lead(self, email: str | None) -> bool:
        """Whether somebody with this address is one."""
        return email in self._emails

    async def link(self, signals: Sequence[Signal]) -> None:
        """Keep which ids are whose: a user id always, an anonymous one with consent."""
        fresh: dict[str, int] = {}
        for signal in signals:
            if not (signal.who or signal.identifies or self.name(signal.keys, signal.visit.at)):
                continue
            number = self.of(signal)
            if number is None:
                continue
            if signal.visit.account:
                fresh.setdefault(signal.visit.account, number)
            if self.may_profile(number) and signal.profiling is not False:
                for key in (*signal.keys, *self._others(signal)):
                    fresh.setdefault(key, number)
        fresh = {key: number for key, number in fresh.items() if key not in self.links}
        self.links |= fresh
        await self._work.leads.remember_external_ids(fresh)

    def _others(self, signal: Signal) -> list[str]:
        """Ids that carried the same name before, unless somebody else has taken them over since."""
        who = signal.who or self.name(signal.keys, signal.visit.at)
        together = sorted({other for key in signal.keys for other in self._together.get(key, ())})
        return [o for o in together if who and o in self.names and _may_be_one(self.names[o], who)]

    async def keep_names(self, until: datetime) -> None:
        """Keep the names of ids that are nobody's yet for as long as permission is waited for.

        Args:
            until: For names that are new; one that is known already is forgotten when it would have been.
        """
        refused = {key for key, who in self.names.items() if who.refuses}
        over = self.links.keys() | refused
        kept = {
            key: Named(self.names[key], self._together[key], self._until.get(key, until))
            for key in (self._told & self.names.keys()) - over
        }
        await self._work.visitors.keep_names(kept)
        await self._work.visitors.drop_names(self._kept & over)


def merged(told: Sequence[NewLead]) -> NewLead:
    """One person from what was told under their ids; the newest word on each thing, and when it was said."""
    in_order = sorted(told, key=lambda who: (who.occurred_at, repr(who.profile)))
    profile = Profile()
    objected = declined = None
    for who in in_order:
        profile = profile.filled_from(who.profile)
        objected, declined = later(objected, who.objection), later(declined, who.declined_at)
    newest = in_order[::-1]
    consent: Consent | None = None
    for who in in_order:
        consent = _and_then(consent, who)
    return replace(
        newest[0],
        profile=profile,
        email_key=next((who.email_key for who in newest if who.email_key), None),
        phone_key=next((who.phone_key for who in newest if who.phone_key), None),
        consent=consent,
        objects=False,
        objected_at=objected,
        declined_at=declined,
        message=None,
        claims={},
    )


def _no(signal: Signal) -> list[NewLead]:
    """What a signal says against being profiled, as something told about whoever it is."""
    at = signal.visit.at
    if not (signal.objects or signal.declines or signal.unsubscribes):
        return []
    return [
        NewLead(
            *(Profile(), "", at, ""),
            objected_at=at if signal.objects else None,
            declined_at=at if signal.declines else None,
            consent=signal.no_more_mail if signal.unsubscribes else None,
        )
    ]


def _and_then(before: Consent | None, who: NewLead) -> Consent | None:
    """What somebody allows by their newest word; a no to some purposes leaves what they gave else."""
    said = who.consent
    if said is None:
        return before
    if before and before.granted and said.withdrawn:
        return replace(before, purposes=tuple(one for one in before.purposes if one not in said.withdrawn))
    return replace(said, at=said.at or who.occurred_at)


def _may_be_one(one: NewLead, other: NewLead) -> bool:
    """Two addresses are two people, also in one browser."""
    return not (one.email_key and other.email_key and one.email_key != other.email_key)
