"""Take in leads, one or five hundred at a time: one look-up for all, the rules in memory, bulk writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import repeat
from uuid import uuid4

from handlers.flows.kept_out import KeptOut, external_key
from handlers.flows.lookalikes import Lookalikes, known_of
from handlers.flows.news import LEADS_LANE, jobs_about
from handlers.flows.office import Office, Rules
from qualification.arrival import Arrival, NewLead, judge
from qualification.events import Event, Fact
from qualification.lead import Lead
from qualification.matching import email_key, same_name
from qualification.observed import observed
from qualification.same_person import Known, name_key, two_people
from qualification.scoring import Score, score
from qualification.value import value
from store.leads import Change, former_key
from store.outbox import NewJob
from store.work import Work

__all__ = ["Verdict", "external_key", "observe", "receive", "take_in"]

TURN = "receive"
BURST = 20
"""More cards than this waiting to be posted fold into one digest."""

ERASED = "They asked us to erase their data or not to contact them, so we take in nothing about them"
REDRAWS = ("card.redraw", "alert.redraw")
"""All that an import causes: what stands in Slack already stays true."""


@value
class Verdict:
    """What became of one submission. `status`: created, updated, duplicate or not_a_lead."""

    status: str
    lead: str | None = None
    stage: str | None = None
    score: int | None = None
    reasons: tuple[str, ...] = ()


@dataclass
class _Touched:
    """A lead this batch creates or changes."""

    before: Lead | None
    after: Lead
    events: list[Event] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    quiet: bool = True
    """Only imports touched it: nothing may post, alert or ring."""
    shown: Score | None = None
    """The score of `after`, where somebody was told it."""


async def take_in(
    office: Office, where: str, arriving: Sequence[NewLead], traces: Sequence[str] = ()
) -> list[Verdict]:
    """Receive in one transaction of its own; for `traces` see `receive`."""
    rules = await office.rules(where)
    async with office.store.begin(where, alone=True) as work:
        return await receive(work, arriving, rules, office.clock(), traces)


async def receive(
    work: Work, arriving: Sequence[NewLead], rules: Rules, now: datetime, traces: Sequence[str] = ()
) -> list[Verdict]:
    """Judge every submission against what is known and save what follows, in the caller's transaction.

    Args:
        traces: The request of each submission, where several share the transaction.
    Returns:
        One verdict each, in order.
    """
    batch = _Batch(work, rules, now)
    await batch.look_up(arriving)
    verdicts = []
    for new, batch.trace in zip(arriving, traces or repeat(""), strict=False):
        verdicts.append(batch.judge(new))
    await batch.save()
    return verdicts


async def observe(
    work: Work, seen: Sequence[NewLead], rules: Rules, now: datetime, traces: Mapping[int, str]
) -> None:
    """Take in what leads (`about`) only looked at: the rules judge each lead once, however much it was.

    Args:
        traces: By lead the request that told us.
    """
    batch = _Batch(work, rules, now)
    await batch.look_up(seen)
    by_lead: dict[int, list[NewLead]] = {}
    for new in seen:
        if new.about in batch.known:
            by_lead.setdefault(new.about, []).append(new)
    for number, theirs in by_lead.items():
        known, batch.trace = batch.known[number], traces.get(number, "")
        arrival = observed(theirs, known, now, rules.definition, rules.week)
        if arrival.events:
            batch.touch(known, arrival, quiet=False)
    await batch.save()


class _Batch:
    def __init__(self, work: Work, rules: Rules, now: datetime) -> None:
        self.work, self.rules, self.now = work, rules, now
        self.touched: dict[int, _Touched] = {}
        self.known: dict[int, Lead] = {}
        self.emails: dict[str, int] = {}
        self.phones: dict[str, int] = {}
        self.external: dict[str, int] = {}
        self.new_external: dict[str, int] = {}
        self.waiting: list[tuple[NewLead, str, datetime, datetime]] = []
        self.earlier: dict[str, list[tuple[int, NewLead]]] = {}
        self.permitted: list[int] = []
        self.traffic: Counter[tuple[str, str]] = Counter()
        self.kept_out = KeptOut(work, rules)
        self.next_number = 0
        self.lookalikes = Lookalikes(work)
        self.trace = ""

    async def look_up(self, arriving: Sequence[NewLead]) -> None:
        """Everything known about these people, in a handful of queries."""
        await self.work.leads.one_at_a_time(TURN)
        emails = sorted({new.email_key for new in arriving if new.email_key})
        phones = sorted({new.phone_key for new in arriving if new.phone_key})
        external = [key for new in arriving if (key := external_key(new))]
        self.emails, self.phones = await self.work.leads.by_person(emails, phones)
        if external:
            self.external = await self.work.leads.by_external_id(external)
        named = {new.about for new in arriving if new.about}
        await self.kept_out.look_up(arriving)
        numbers = {*self.emails.values(), *self.phones.values(), *self.external.values(), *named}
        if numbers:
            self.known = await self.work.leads.many(sorted(numbers), lock=True)
            self._forget({number for number, lead in self.known.items() if lead.erased})
        for waited in await self.work.intake.waiting_for(emails, phones, self.now):
            for key in (waited.new.email_key, waited.new.phone_key):
                if key:
                    self.earlier.setdefault(key, []).append((waited.id, waited.new))
        # Numbers are for new people: somebody's hundredth page view should not use one up.
        new_people = sum(1 for new in arriving if self._may_be_new(new))
        if new_people:
            self.next_number = await self.work.leads.reserve(new_people)

    def _forget(self, erased: set[int]) -> None:
        """Nothing is added to who was erased: whoever comes in under such a number starts anew."""
        if erased:
            self.known = {number: lead for number, lead in self.known.items() if number not in erased}
            for keys in (self.emails, self.phones, self.external):
                for key in [key for key, number in keys.items() if number in erased]:
                    del keys[key]

    def _may_be_new(self, new: NewLead) -> bool:
        return not new.about and bool(new.email_key or new.phone_key) and new.email_key not in self.emails

    def judge(self, new: NewLead) -> Verdict:
        """One submission, against what was known before and what this batch brought so far."""
        if self.kept_out.holds(new) or (new.about and new.about not in self.known):
            if new.past is None:
                self.traffic[(new.source or "unknown", "erased")] += 1
            return Verdict("not_a_lead", None, None, None, (ERASED,))
        key = external_key(new)
        if key and key in self.external and not new.refuses:
            return self._verdict(
                Arrival("duplicate", self._lead(self.external[key]), reasons=("We already have this",))
            )
        number, hint = self._who(new)
        if number is None and key and new.refuses:
            number = self.external.get(key)
        known = self._lead(number) if number else None
        arrival = judge(new, known, self.next_number, self.now, self.rules.definition, self.rules.week)
        if arrival.status == "created" and arrival.lead is not None:
            self.next_number += 1
            self.lookalikes.meet(arrival.lead, new, shares_phone=new.phone_key in self.phones)
        if arrival.status == "waiting":
            until = self.now + self.rules.definition.waits
            self.waiting.append((new, arrival.reasons[0], self.now, until))
        if arrival.lead and arrival.events:
            self.touch(known, arrival, quiet=new.past is not None)
            self._remember(new, arrival.lead.number, key)
            self._keep_former(new, known, arrival.lead)
            if arrival.lead.permission.contact:
                self._release_waiting(new, arrival.lead.number)
        elif arrival.status in ("not_a_lead", "waiting") and new.past is None:
            self.traffic[(new.source or "unknown", arrival.status)] += 1
        if new.past is not None and arrival.lead is not None and arrival.status != "not_a_lead":
            # Nobody reads the score of an imported row, and working it out is a fifth of the rules' time.
            return Verdict(arrival.status, arrival.lead.name, arrival.lead.stage.value, None, arrival.reasons)
        return self._verdict(arrival, hint)

    def _who(self, new: NewLead) -> tuple[int | None, str | None]:
        """The lead this person is: by e-mail, else by phone unless address or name say otherwise."""
        if new.about:
            return new.about, None
        by_email = self.emails.get(new.email_key) if new.email_key else None
        by_phone = self.phones.get(new.phone_key) if new.phone_key else None
        if by_email:
            if not by_phone or by_phone == by_email:
                return by_email, None
            self.lookalikes.both_known(new, self._lead(by_email), self._lead(by_phone))
            return by_email, f"The same phone number as L-{by_phone}"
        if by_phone is None:
            return None, None
        there = self._lead(by_phone)
        if new.refuses and new.email_key and not there.profile.email:
            # Whoever knows a number could else close a deal under any address.
            return None, None
        if not _may_be(new, there):
            if two_people(_known(new), known_of(there)):
                return None, None  # a colleague at the same switchboard: nobody is asked about the two
            return None, f"Perhaps the same person as L-{by_phone}: the same phone number"
        return by_phone, None

    def _lead(self, number: int) -> Lead:
        return self.touched[number].after if number in self.touched else self.known[number]

    def touch(self, known: Lead | None, arrival: Arrival, quiet: bool) -> None:
        """Remember what changed, to be saved at the end."""
        assert arrival.lead is not None
        touched = self.touched.get(arrival.lead.number)
        if touched is None:
            touched = self.touched[arrival.lead.number] = _Touched(known, arrival.lead)
        touched.after, touched.shown = arrival.lead, None
        if self.trace:
            self.work.outbox.traces[arrival.lead.number] = self.trace
        touched.quiet = touched.quiet and quiet
        # One step each: a merge that is taken back parts what two people handed in, also in one request.
        again = uuid4().hex if touched.events else ""
        touched.events += (
            [replace(event, step=again) for event in arrival.events] if again else arrival.events
        )
        if arrival.fact:
            touched.facts.append(arrival.fact)

    def _remember(self, new: NewLead, number: int, key: str | None) -> None:
        if new.email_key:
            self.emails.setdefault(new.email_key, number)
        if new.phone_key:
            self.phones.setdefault(new.phone_key, number)
        if key:
            self.external[key] = self.new_external[key] = number

    def _keep_former(self, new: NewLead, known: Lead | None, lead: Lead) -> None:
        """An address that they have no more still leads to them; merged numbers each keep their own."""
        before = known.profile.email if known and new.email_key and not lead.merged else None
        if before and (had := email_key(before)) and had != new.email_key:
            now = email_key(lead.profile.email or "")
            for former in {had, str(new.email_key)} - {now}:
                self.new_external[former_key(self.work.workspace, former)] = lead.number

    def _release_waiting(self, new: NewLead, number: int) -> None:
        """Permission came: what the person handed in before counts now."""
        for key in (new.email_key, new.phone_key):
            for waited_id, waited in self.earlier.get(key, []) if key else []:
                if waited_id in self.permitted or not self._is_theirs(waited, number):
                    continue
                self.permitted.append(waited_id)
                known = self._lead(number)
                arrival = judge(waited, known, 0, self.now, self.rules.definition, self.rules.week)
                if arrival.lead and arrival.events:
                    self.touch(known, arrival, quiet=new.past is not None)

    def _is_theirs(self, waited: NewLead, number: int) -> bool:
        """A shared phone number alone gives nobody's permission for somebody else."""
        if waited.email_key and (owner := self.emails.get(waited.email_key)):
            return owner == number
        return _may_be(waited, self._lead(number))

    async def save(self) -> None:
        """Write it all, and queue what others must learn."""
        rules = self.rules
        if self.touched:
            changes = [Change(t.after, t.events, t.facts, t.shown, t.before) for t in self.touched.values()]
            await self.work.leads.record_many(
                changes, uuid4().hex, rules.definition, rules.setup.country, self.now
            )
            await self.work.leads.remember_external_ids(self.new_external)
            await self._forget_watched()
            loud = {number for number, touched in self.touched.items() if not touched.quiet}
            asks = await self.lookalikes.suggest(loud, self.now)
            jobs = [job for touched in self.touched.values() for job in self._jobs(touched)]
            await self._queue([*jobs, *asks])
        await self.work.intake.wait_for_permission(self.waiting)
        await self.work.intake.stop_waiting(self.permitted)
        if self.traffic:
            await self.work.intake.count_traffic(self.now.astimezone(rules.setup.zone).date(), self.traffic)

    async def _forget_watched(self) -> None:
        """Who takes back permission with a form is in no count of what they saw."""
        for touched in self.touched.values():
            before, after = touched.before, touched.after
            if before and before.permission.profiling and not after.permission.profiling:
                await self.work.watched.forget_lead(after.number)

    def _jobs(self, touched: _Touched) -> list[NewJob]:
        if touched.quiet and touched.after.imported:
            return []
        jobs = jobs_about(
            touched.before, touched.after, touched.events, self.rules.definition, self.rules.week
        )
        return [job for job in jobs if job.topic in REDRAWS] if touched.quiet else jobs

    async def _queue(self, jobs: list[NewJob]) -> None:
        cards = [job for job in jobs if job.topic == "card.post"]
        if cards and len(cards) + await self.work.outbox.waiting("card.post") > BURST:
            jobs = [job for job in jobs if job.topic != "card.post"]
            jobs.append(NewJob("cards.digest", {}, once="cards.digest", lane=LEADS_LANE))
        await self.work.outbox.put_many(jobs)

    def _verdict(self, arrival: Arrival, hint: str | None = None) -> Verdict:
        lead, reasons = arrival.lead, arrival.reasons + ((hint,) if hint else ())
        status = "not_a_lead" if arrival.status == "waiting" else arrival.status
        if lead is None or status == "not_a_lead":
            return Verdict(status, None, None, None, reasons)
        shown = score(lead, self.rules.definition, self.now)
        if (touched := self.touched.get(lead.number)) and touched.after is lead:
            touched.shown = shown
        why = tuple(reason.text for reason in shown.reasons if reason.points)[:4]
        return Verdict(status, lead.name, lead.stage.value, shown.total, reasons + why)


def _known(new: NewLead) -> Known:
    return Known(0, new.email_key, new.phone_key, None, name_key(new.profile))


def _may_be(new: NewLead, there: Lead) -> bool:
    """Whether who hands this in with the phone number of `there` may be them, by address and name."""
    if new.email_key and there.profile.email and email_key(there.profile.email) != new.email_key:
        return False
    return same_name(new.profile.name_only, there.profile.name_only)
