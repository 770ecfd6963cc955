"""Something came in about a person: is it a lead, and what follows from it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from qualification.calendar import WorkWeek
from qualification.definition import Definition
from qualification.events import RULE, Event, Fact, Kind
from qualification.history import apply
from qualification.lead import IN_PLAY, Lead, Profile, Stage
from qualification.permission import Allowed, Consent, Ruling, rule_on_permission
from qualification.scoring import asked_at
from qualification.stages import TRANSITIONS, after_activity, is_open, move


@dataclass(frozen=True, slots=True)
class Past:
    """What an import says already happened. Instants; `amount_minor` in cents."""

    stage: Stage | None = None
    owner: str | None = None
    mql_at: datetime | None = None
    sql_at: datetime | None = None
    won_at: datetime | None = None
    lost_at: datetime | None = None
    disqualified_at: datetime | None = None
    reason: str | None = None
    amount_minor: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class NewLead:
    """One submission, cleaned: what a form, file or rep handed in about a person."""

    profile: Profile
    action: str
    occurred_at: datetime
    fact_id: str
    email_key: str | None = None
    phone_key: str | None = None
    source: str | None = None
    campaign: str | None = None
    variant: str | None = None
    captured_by: str = ""
    message: str | None = None
    external_id: str | None = None
    consent: Consent | None = None
    claims: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    past: Past | None = None
    """Set by imports only: such leads never post, alert or start a clock."""

    @property
    def fact(self) -> Fact:
        """The personal part of this submission, kept apart from the event."""
        told = {
            name: value for name in Profile.__slots__ if (value := getattr(self.profile, name)) is not None
        }
        data: dict[str, Any] = dict(told)
        if self.external_id:
            data["external_id"] = self.external_id
        if self.message:
            data["message"] = self.message
        if self.extra:
            data["extra"] = dict(self.extra)
        return Fact(self.fact_id, "submission", self.occurred_at, data)


@dataclass(frozen=True, slots=True)
class Arrival:
    """The verdict on one submission: the lead as it stands after it, and the events that say why."""

    status: str
    """created, updated, duplicate, not_a_lead or waiting."""
    lead: Lead | None
    events: tuple[Event, ...] = ()
    reasons: tuple[str, ...] = ()


def judge(
    new: NewLead, known: Lead | None, number: int, now: datetime, definition: Definition, week: WorkWeek
) -> Arrival:
    """A lead = contact data + a qualifying action + permission; everything else is visitor activity.

    Args:
        known: The lead this person already is, or None.
        number: The L-number to give a new lead.
        week: When we work: a direct inquiry or a new MQL starts the clock to its claim.
    """
    action = definition.actions.get(new.action)
    if known and _same_touch(new, known):
        return Arrival("duplicate", known, reasons=("We already have this",))
    if not (new.email_key or new.phone_key):
        return Arrival(
            "not_a_lead", None, reasons=("No contact data: a lead needs an e-mail address or a phone number",)
        )
    if known is None and (action is None or not action.qualifies):
        why = (
            f"“{new.action}” is no action we know"
            if action is None
            else f"{action.says}: that alone makes no lead"
        )
        return Arrival("not_a_lead", None, reasons=(why,))
    ruling = rule_on_permission(new.action, new.consent, known.permission if known else None, definition)
    if ruling.allowed is Allowed.NO:
        return _refused(known, new, ruling)
    if ruling.allowed is Allowed.WAITING and new.past is None:
        return Arrival("waiting", known, reasons=(ruling.why,))
    return _taken_in(new, known, number, now, definition, week, ruling)


def _same_touch(new: NewLead, known: Lead) -> bool:
    """Same person, action and time: the same form sent twice."""
    return any(a.action == new.action and a.at == new.occurred_at for a in known.activities)


def _refused(known: Lead | None, new: NewLead, ruling: Ruling) -> Arrival:
    """No permission. For somebody we know, that takes back what they gave before."""
    if known is None or known.permission.opted_out:
        return Arrival("not_a_lead", None, reasons=(ruling.why,))
    event = Event(Kind.OPTED_OUT, new.occurred_at, _actor(new))
    return Arrival("updated", apply(known, event, {}), (event,), (ruling.why,))


def _taken_in(
    new: NewLead,
    known: Lead | None,
    number: int,
    now: datetime,
    definition: Definition,
    week: WorkWeek,
    ruling: Ruling,
) -> Arrival:
    actor = _actor(new)
    facts = {new.fact_id: new.fact.data}
    events: list[Event] = []
    lead = known
    if lead is None:
        lead = _record(None, events, _created(new, number, now), facts)
    if ruling.permission != lead.permission:
        lead = _record(lead, events, _granted(new, ruling, actor), facts)
    activity_event = _activity(new, definition, ruling)
    lead = _record(lead, events, activity_event, facts)
    if new.past:
        for event in _history(new, new.past, lead, known):
            lead = _record(lead, events, event, facts)
    if not (new.past and new.past.stage):
        for event in after_activity(lead, lead.activities[-1], definition):
            lead = _record(lead, events, event, facts)
    for event in _clock(known, lead, now, definition, week) if new.past is None else ():
        lead = _record(lead, events, event, facts)
    reasons = [*new.warnings]
    if new.action not in definition.actions:
        reasons.append(f"“{new.action}” is no action we know: kept, not scored")
    return Arrival("updated" if known else "created", lead, tuple(events), tuple(reasons))


def _record(
    lead: Lead | None, events: list[Event], event: Event, facts: dict[str, Mapping[str, Any]]
) -> Lead:
    events.append(replace(event, step=""))
    return apply(lead, event, facts)


def _actor(new: NewLead) -> str:
    return new.captured_by or "intake"


def _created(new: NewLead, number: int, now: datetime) -> Event:
    data = {
        "number": number,
        "received_at": (new.occurred_at if new.past else now).isoformat(),
        "source": new.source or "unknown",
        "campaign": new.campaign,
        "variant": new.variant,
        "captured_by": new.captured_by,
        "imported": new.past is not None,
    }
    return Event(Kind.CREATED, new.occurred_at, _actor(new), {k: v for k, v in data.items() if v is not None})


def _granted(new: NewLead, ruling: Ruling, actor: str) -> Event:
    permission = ruling.permission
    data: dict[str, Any] = {
        "contact": permission.contact,
        "marketing": permission.marketing,
        "profiling": permission.profiling,
        "basis": permission.basis,
    }
    if new.consent and new.consent.text_version:
        data["text_version"] = new.consent.text_version
    return Event(Kind.PERMISSION, (new.consent and new.consent.at) or new.occurred_at, actor, data)


def _activity(new: NewLead, definition: Definition, ruling: Ruling) -> Event:
    action = definition.actions.get(new.action)
    data: dict[str, Any] = {
        "action": new.action if action else _short(new.action),
        "fact": new.fact_id,
        "with_message": bool(new.message),
        "qualifies": bool(action and action.qualifies),
        "counts": not (action and action.observed) or ruling.permission.profiling,
        "source": new.source or "unknown",
        "campaign": new.campaign,
        "variant": new.variant,
        "captured_by": new.captured_by,
    }
    if new.claims:
        data["claims"] = dict(new.claims)
    return Event(
        Kind.ACTIVITY, new.occurred_at, _actor(new), {k: v for k, v in data.items() if v is not None}
    )


def _clock(
    before: Lead | None, lead: Lead, now: datetime, definition: Definition, week: WorkWeek
) -> list[Event]:
    """Start the clock to the claim: minutes for a direct inquiry, an hour for another new MQL."""
    if lead.owner or not lead.clocked or not is_open(lead):
        return []
    asked = asked_at(lead, definition)
    if asked and (before is None or asked != asked_at(before, definition)):
        target = definition.clocks.inquiry_to_claim
    elif lead.stage is Stage.MQL and (before is None or before.stage is not Stage.MQL):
        target = definition.clocks.mql_to_claim
    else:
        return []
    return [Event(Kind.CLOCK, now, RULE, {"due": week.due(now, target).isoformat()})]


def _short(action: str) -> str:
    return action[:60]


def _history(new: NewLead, past: Past, lead: Lead, known: Lead | None) -> list[Event]:
    """The stages an import says were reached, each at its own time; missing dates fall on the next known one.

    A lead that is known already only moves on, never back, and keeps the owner it has.
    """
    events: list[Event] = []
    at = max(new.occurred_at, known.stage_since) if known and known.stage_since else new.occurred_at
    if past.owner and not lead.owner and past.stage not in (Stage.LEAD, Stage.NURTURE):
        events.append(Event(Kind.REASSIGNED, at, "import", {"to": past.owner}))
    path = _path(past)
    if known:
        path = _onward(path, lead.stage)
        events = events if path or lead.stage in IN_PLAY else []
    here = lead.stage
    for to, when in path:
        if here is to:
            continue
        at = max(at, when or at)
        step = move(replace(lead, stage=here), to, at, past.owner or "import", **_outcome(past, to))
        events.append(step)
        here = to
    return events


def _onward(path: list[tuple[Stage, datetime | None]], here: Stage) -> list[tuple[Stage, datetime | None]]:
    """What of an import's path lies ahead of a lead that stands at `here`; nothing if it can't be walked."""
    stages = [to for to, _ in path]
    if here in stages:
        return path[stages.index(here) + 1 :]
    backwards = stages == [Stage.MQL] and here is not Stage.LEAD
    if backwards or here in (Stage.CUSTOMER, Stage.LOST, Stage.DISQUALIFIED):
        return []
    ahead = path[stages.index(Stage.SQL) + 1 :] if here is Stage.SQL and Stage.SQL in stages else path
    for start, (to, _) in zip([here, *(to for to, _ in ahead)], ahead, strict=False):
        if to not in TRANSITIONS[start]:
            return []
    return ahead


def _path(past: Past) -> list[tuple[Stage, datetime | None]]:
    """The way from lead to the stage an import names, with the dates it gives."""
    mql, sql = (Stage.MQL, past.mql_at), (Stage.SQL, past.sql_at or past.mql_at)
    match past.stage:
        case Stage.MQL:
            return [mql]
        case Stage.SQL:
            return [mql, sql]
        case Stage.CUSTOMER:
            return [mql, sql, (Stage.CUSTOMER, past.won_at)]
        case Stage.LOST:
            return [mql, sql, (Stage.LOST, past.lost_at)]
        case Stage.DISQUALIFIED:
            reached = [mql] if past.mql_at else []
            reached += [sql] if past.sql_at else []
            return [*reached, (Stage.DISQUALIFIED, past.disqualified_at)]
        case Stage.NURTURE:
            return ([mql] if past.mql_at else []) + [(Stage.NURTURE, None)]
        case _:
            return []


def _outcome(past: Past, to: Stage) -> dict[str, Any]:
    if to is Stage.CUSTOMER and past.amount_minor is not None:
        return {"amount_minor": past.amount_minor, "currency": past.currency}
    if to in (Stage.LOST, Stage.DISQUALIFIED):
        return {"reason": past.reason or "other"}
    return {}


def too_far_ahead(moment: datetime, now: datetime) -> bool:
    """Clocks differ a little between machines; more than five minutes ahead is a mistake."""
    return moment > now + timedelta(minutes=5)
