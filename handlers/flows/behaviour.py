"""Hear what visitors do: what somebody known did goes to their lead, the rest waits without a name.

One transaction for many signals. First the requests and what people say about themselves, for those make
leads and permissions; then what was only observed, which counts by the permission that holds by then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from handlers.flows.clicks import click_key, too_fast
from handlers.flows.kept_out import KeptOut
from handlers.flows.office import Rules
from handlers.flows.receive import Verdict, observe, receive
from handlers.flows.watch import watch
from handlers.flows.who_is_who import People
from qualification.behaviour import CLICK, TOO_FAST
from qualification.lead import Profile
from qualification.new_lead import NewLead
from qualification.permission import Consent, later, rule_on_permission
from qualification.signal import CAPTURED_BY, KEPT, Signal, Visit
from store.work import Work

REPEATS = timedelta(days=7)
"""For so long a message sent again is known. Segment's own window is a day, but SDKs retry for longer."""
TAKEN, DUPLICATE = "taken", "duplicate"
TURN = "hear"


async def hear(
    work: Work, signals: Sequence[Signal], rules: Rules, now: datetime, traces: Sequence[str] = ()
) -> list[str]:
    """Take in what visitors did and said, in the caller's transaction.

    Args:
        traces: The request of each signal, where several share the transaction.
    Returns:
        For each, in order, "taken" or "duplicate".
    """
    if traces:
        told_by = zip(signals, traces, strict=True)
        signals = [replace(one, visit=replace(one.visit, trace=request)) for one, request in told_by]
    # A turn of their own: a flood of page views keeps no form waiting, only what becomes of a lead does.
    await work.leads.one_at_a_time(TURN)
    known = await work.visitors.heard(
        key for signal in signals for key in (signal.message, signal.mail) if key
    )
    fresh: list[Signal] = []
    answers: list[str] = []
    told: dict[str, datetime] = {}
    for signal in signals:
        if signal.message and (signal.message in known or signal.message in told):
            answers.append(DUPLICATE)
            continue
        answers.append(TAKEN)
        fresh.append(signal)
        if signal.message:
            told[signal.message] = signal.visit.at
        if signal.is_delivery and signal.mail:
            told.setdefault(signal.mail, signal.visit.at)
        elif signal.mail and signal.visit.action == CLICK and not signal.delivered:
            told[click_key(work.workspace, signal.mail, signal.visit.at)] = signal.visit.at
    await work.visitors.remember(told, now + REPEATS)
    heard = _Hearing(work, rules, now, {**told, **known})
    await heard.all_of(sorted(fresh, key=lambda signal: signal.visit.at))
    return answers


class _Hearing:
    """One batch, in the order of time."""

    def __init__(self, work: Work, rules: Rules, now: datetime, delivered: Mapping[str, datetime]) -> None:
        self.work, self.rules, self.now, self.delivered = work, rules, now, delivered
        self.people = People(work)
        self.kept: list[Visit] = []
        """What was done before and waits for a name."""
        self.fresh: list[Visit] = []
        """What was done now and has no name either."""
        self.joined: set[int] = set()
        self.too_fast: list[NewLead] = []
        """Clicks of leads that came before their e-mail's delivery and turn out to be a machine's."""
        self.traffic: Counter[tuple[str, str]] = Counter()
        self.requests: dict[str, str] = {}
        """By visitor, account and address the request that told us of them now."""
        self.seen_by: dict[int, str] = {}
        """By lead the request that told us what they looked at."""
        self.became: dict[str, datetime] = {}
        """Ids under which a request made a lead just now, and when it was handed in."""

    async def all_of(self, signals: Sequence[Signal]) -> None:
        """Everything that follows from these."""
        for signal in signals:
            for key in (*signal.keys, signal.who.email_key if signal.who else None):
                if key:
                    self.requests.setdefault(key, signal.visit.trace)
        await self.people.look_up(signals, self.now)
        kept_out = KeptOut(self.work, self.rules)
        await kept_out.look_up(signal.who for signal in signals if signal.who)
        self.people.learn(signals, kept_out)
        # Only who can be named has anything to join, and only who got mail may have clicked in it; a page
        # view of somebody unknown looks nothing up.
        naming = (s for s in signals if s.who or s.identifies or s.is_delivery)
        named = {key for signal in naming for key in signal.keys}
        self.kept = await self.work.visitors.visits(
            named | self.people.links.keys() | self.people.names.keys()
        )
        await self._judge_clicks_again([signal for signal in signals if signal.is_delivery and signal.mail])
        done = [(self._judged(signal), signal) for signal in signals]
        self.earlier = sorted([*self.kept, *(visit for visit, _ in done)], key=lambda visit: visit.at)
        await self._take_requests([pair for pair in done if self._is_request(pair[0])])
        await self._take_names(signals)
        await self.people.read_leads()
        await self.people.link(signals)
        await self._take_observed([pair for pair in done if not self._is_request(pair[0])])
        await watch(self.work, done, self.people, self.rules.setup.zone, self.now + KEPT)
        await self.work.watched.became_leads(self.became)
        await self._keep(signals)

    def _judged(self, signal: Signal) -> Visit:
        """The visit, with why no person made it where that is so."""
        visit, behaviour = signal.visit, self.rules.definition.behaviour
        delivered = signal.delivered or self.delivered.get(signal.mail)
        machine = visit.uncounted or behaviour.uncounted(visit.action, visit.at, delivered, None)
        return replace(visit, uncounted=machine)

    async def _judge_clicks_again(self, deliveries: Sequence[Signal]) -> None:
        """Clicks that we heard of before we heard that their e-mail had arrived."""
        fast = await too_fast(
            self.work, self.rules.definition.behaviour, deliveries, self.delivered, self.people, self.kept
        )
        self.too_fast = [new for visit, owner in fast if owner for new in self._seen(visit, owner)]
        waiting = {visit.id: visit for visit, _ in fast if visit.id is not None}
        await self.work.visitors.uncount(waiting, TOO_FAST)
        self.kept = [waiting.get(visit.id or 0, visit) for visit in self.kept]

    def _is_request(self, visit: Visit) -> bool:
        """Something people hand in: it always counts and may make a lead; the rest is only observed."""
        action = self.rules.definition.actions.get(visit.action)
        return bool(action and (not action.observed or action.inquiry or action.fast))

    async def _take_requests(self, requests: Sequence[tuple[Visit, Signal]]) -> None:
        """What people handed in, now or while nobody knew them."""
        arriving: list[NewLead] = []
        asked: list[Visit] = []
        before = [(visit, None) for visit in self.kept if self._is_request(visit)]
        for visit, signal in (*before, *requests):
            new = self._submission(visit, signal)
            if new is None:
                self.fresh += [visit] if signal else []
                continue
            arriving.append(new)
            asked.append(visit)
            if visit.id is not None:
                self.joined.add(visit.id)
        traces = [self._request(visit) for visit in asked]
        for visit, verdict in zip(asked, await self._receive(arriving, traces), strict=True):
            if verdict.status == "created":
                self.became |= dict.fromkeys(visit.keys, visit.at)

    def _submission(self, visit: Visit, signal: Signal | None) -> NewLead | None:
        """A request as the intake takes it, or None while nobody knows whose it is."""
        own = signal.who if signal else None
        number = self.people.number(visit, own, by_name=True)
        who = self.people.name(visit.keys, visit.at, own)
        if number is None and not (who and (who.email_key or who.phone_key)):
            return None
        declines = visit.at if signal and signal.declines else None
        new = replace(
            who or _nobody(visit),
            action=visit.action,
            occurred_at=visit.at,
            fact_id=uuid4().hex,
            consent=(own.consent if own else None) or (who.consent if who else None),
            about=number,
            identifies=False,
            objects=bool(signal and signal.objects),
            declined_at=later(who.declined_at if who else None, declines),
            unnamed=not visit.account,
            uncounted=visit.uncounted,
            captured_by=CAPTURED_BY,
        )
        came = self._came_from(visit, self.people.may_profile(number) or self._will_profile(new))
        return replace(new, source=came.source, campaign=came.campaign, variant=came.variant)

    def _will_profile(self, new: NewLead) -> bool:
        """Whether somebody new allows to be profiled, by all they said until then."""
        said = rule_on_permission(
            *("", new.consent, None, self.rules.definition, new.occurred_at),
            objected=new.objection,
            declined=new.declined_at,
        )
        return said.permission.profiling

    def _came_from(self, visit: Visit, may_profile: bool) -> Visit:
        """Where a request came from: what it says, else what brought the same visitor here before."""
        if not may_profile:
            return visit
        before = [v for v in reversed(self.earlier) if v.at <= visit.at and set(v.keys) & set(visit.keys)]
        source = next((v for v in (visit, *before) if v.source != "unknown"), visit)
        variant = next((v.variant for v in (visit, *before) if v.variant), None)
        return replace(visit, source=source.source, campaign=source.campaign, variant=variant)

    async def _take_names(self, signals: Sequence[Signal]) -> None:
        """What people say about themselves, and what it sets free that waited for permission."""
        told = [(who, self._request(signal.visit)) for signal in signals if (who := self._told_about(signal))]
        await self._receive([who for who, _ in told], [request for _, request in told])
        allowing = {
            who.email_key: who
            for who in self.people.everybody()
            if who.email_key and _grants(who.consent, "contact") and not self.people.is_lead(who.email_key)
        }
        waited = await self.work.intake.waiting_for(sorted(allowing), [], self.now) if allowing else []
        addresses = [w.new.email_key or "" for w in waited]
        await self._receive(
            [_allowed(w.new, allowing[address]) for w, address in zip(waited, addresses, strict=True)],
            [self.requests.get(address, "") for address in addresses],
        )
        await self.work.intake.stop_waiting([w.id for w in waited])

    def _told_about(self, signal: Signal) -> NewLead | None:
        """What somebody says about themselves, where that concerns a lead we have."""
        tells = signal.who is not None and signal.identifies
        says_no = signal.objects or signal.declines or signal.unsubscribes
        number = self.people.of(signal) if tells or says_no else None
        who = signal.who or _nobody(signal.visit)
        if number is None or not (says_no or who.consent or who.profile != Profile()):
            return None
        if not signal.identifies:
            who = _nobody(signal.visit)  # what else they did is told by what they did
        if signal.unsubscribes:
            who = replace(who, consent=signal.no_more_mail)
        return replace(
            who,
            action="identify",
            fact_id=uuid4().hex,
            about=number,
            objects=signal.objects,
            declined_at=signal.visit.at if signal.declines else None,
            identifies=True,
            captured_by=CAPTURED_BY,
        )

    def _request(self, visit: Visit) -> str:
        """The request it goes back to: what was kept before, to the one that says now whose it is."""
        return visit.trace or next((self.requests[key] for key in visit.keys if key in self.requests), "")

    async def _receive(self, arriving: Sequence[NewLead], traces: Sequence[str]) -> list[Verdict]:
        if not arriving:
            return []
        verdicts = await receive(self.work, arriving, self.rules, self.now, traces)
        for new, verdict in zip(arriving, verdicts, strict=True):
            self.people.remember(new, verdict)
        return verdicts

    async def _take_observed(self, observed: Sequence[tuple[Visit, Signal]]) -> None:
        """What was only observed goes to whose it is; the rest is kept without a name, or only counted."""
        arriving = [*self.too_fast]
        for visit in self.kept:
            number = self.people.number(visit) if visit.id not in self.joined else None
            if number and visit.id is not None:
                self.joined.add(visit.id)
                arriving += self._seen(visit, number)
        for visit, signal in observed:
            if signal.identifies or signal.is_delivery:
                continue
            number = self.people.number(visit, signal.who)
            if signal.profiling is False or not (visit.action or visit.variant) or not visit.keys:
                self.traffic[(visit.source, "anonymous")] += 1
            elif number:
                arriving += self._seen(visit, number)
            else:
                self.fresh.append(visit)
        if arriving:
            await observe(self.work, arriving, self.rules, self.now, self.seen_by)

    def _seen(self, visit: Visit, number: int) -> list[NewLead]:
        if not visit.action:
            return []  # an experiment's arm is told with the request it led to
        self.seen_by.setdefault(number, self._request(visit))
        return [replace(_nobody(visit), about=number, unnamed=not visit.account)]

    async def _keep(self, signals: Sequence[Signal]) -> None:
        """What nobody could be found for is kept for a while, and counted as what it is until then."""
        for visit in self.fresh:
            self.traffic[(visit.source, "anonymous")] += 1
        await self.work.visitors.keep_visits(self.fresh, self.now + KEPT)
        await self.work.visitors.drop_visits(self.joined)
        await self.people.keep_names(self.now + self.rules.definition.waits)
        day = self.now.astimezone(self.rules.setup.zone).date()
        await self.work.intake.count_traffic(day, self.traffic)


def _grants(consent: Consent | None, purpose: str) -> bool:
    return bool(consent and consent.granted and purpose in consent.purposes)


def _allowed(waiting: NewLead, who: NewLead) -> NewLead:
    """What waited for permission, with what they said about that since."""
    objected = later(waiting.objected_at, who.objected_at)
    return replace(waiting, consent=who.consent, objected_at=objected, declined_at=who.declined_at)


def _nobody(visit: Visit) -> NewLead:
    """A submission that names nobody by itself: whose it is, is known by an id."""
    return NewLead(
        Profile(),
        visit.action,
        visit.at,
        uuid4().hex,
        uncounted=visit.uncounted,
        source=visit.source,
        campaign=visit.campaign,
        captured_by=CAPTURED_BY,
    )
