"""Something came in about a person: is it a lead, and what follows from it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from qualification.calendar import WorkWeek
from qualification.definition import PLAIN_NAME, Definition
from qualification.events import RULE, Event, Fact, Kind
from qualification.history import apply
from qualification.lead import Copied, Lead, Profile, Stage
from qualification.past import Past, told_by_file
from qualification.permission import (
    PURPOSES,
    Allowed,
    Consent,
    Ruling,
    is_plain_version,
    plain_basis,
    rule_on_permission,
)
from qualification.scoring import asked_at
from qualification.stages import after_activity, is_open, opt_out, promote


@dataclass(frozen=True)
class NewLead(Copied):
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
    request_id: str | None = None
    """Names the request it came with, so that a repeat is recognised. Ours alone: no part of the lead."""
    consent: Consent | None = None
    claims: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    past: Past | None = None
    """Set by imports only: such leads never post, alert or start a clock."""
    uncounted: str = ""
    """Why it must not count though it is kept (see `Activity.uncounted`); "" for nearly everything."""
    about: int | None = None
    """The lead it is about, where that is known by other means than an address (an id that names them)."""
    identifies: bool = False
    """Says only who somebody is and what they allow: nothing was done."""
    objects: bool = False
    """Came with "do not sell or share", said in a form or by the browser (Sec-GPC: 1)."""
    undated: bool = False
    """A list told no date: the same action of the same person again is nothing new, whenever it was."""

    @property
    def refuses(self) -> bool:
        """They say no. That counts also when the rest of it is known already."""
        return self.consent is not None and not self.consent.granted

    @property
    def label(self) -> str:
        """The action as events name it, who must hold nothing personal.

        A plain word stands as it is. Anything else might be an address or a sentence: it reads "other", and
        the original goes with the personal part.
        """
        return self.action if PLAIN_NAME.fullmatch(self.action) else "other"

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
        if self.consent:
            data |= self.consent.words
        extra = {"action": self.action, **self.extra} if self.label != self.action else dict(self.extra)
        if extra:
            data["extra"] = extra
        return Fact(self.fact_id, "submission", self.occurred_at, data)


@dataclass(frozen=True, slots=True)
class Arrival:
    """The verdict on one submission: the lead as it stands after it, and the events that say why."""

    status: str
    """created, updated, duplicate, not_a_lead or waiting."""
    lead: Lead | None
    events: tuple[Event, ...] = ()
    reasons: tuple[str, ...] = ()
    fact: Fact | None = None
    """What is personal about those events."""


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
    if new.identifies and not new.refuses:
        return _named(new, known, definition)
    if known and _same_touch(new, known) and not new.refuses:
        return _again(known, new, definition)
    # A refusal needs no address: it may name only the record of the system it came from.
    if not (new.email_key or new.phone_key or (known and (new.refuses or new.about))):
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
    ruling = rule_on_permission(
        new.action,
        new.consent,
        known.permission if known else None,
        definition,
        new.occurred_at,
        objects=new.objects,
    )
    if ruling.allowed is Allowed.NO:
        return _refused(known, new, ruling)
    if ruling.allowed is Allowed.WAITING:
        return Arrival("waiting", known, reasons=(ruling.why,))
    return _taken_in(new, known, number, now, definition, week, ruling)


def _same_touch(new: NewLead, known: Lead) -> bool:
    """Same person, action and time: the same form sent twice."""
    return any(a.action == new.label and (new.undated or a.at == new.occurred_at) for a in known.activities)


def _again(known: Lead, new: NewLead, definition: Definition) -> Arrival:
    """The same form once more; only an objection that came with it is news."""
    known_already = Arrival("duplicate", known, reasons=("We already have this",))
    if not new.objects:
        return known_already
    ruling = rule_on_permission(new.action, None, known.permission, definition, new.occurred_at, objects=True)
    if ruling.permission == known.permission:
        return known_already
    event = _granted(new, known, ruling, _actor(new), definition)
    lead = apply(known, event, {})
    return Arrival("duplicate", lead, (event,), known_already.reasons)


def _refused(known: Lead | None, new: NewLead, ruling: Ruling) -> Arrival:
    """No permission. For somebody we know, that takes back what they gave before."""
    if known is None:
        return Arrival("not_a_lead", None, reasons=(ruling.why,))
    events, lead = (
        opt_out(known, _actor(new), max(new.occurred_at, known.stage_since or new.occurred_at)),
        known,
    )
    for event in events:
        lead = apply(lead, event, {})
    return Arrival("updated", lead, tuple(events), (ruling.why,), new.fact)


def _named(new: NewLead, known: Lead | None, definition: Definition) -> Arrival:
    """What somebody says about a lead we have, without anything having been done."""
    if known is None:
        return Arrival("not_a_lead", None, reasons=("Who somebody is makes no lead: they must do something",))
    ruling = rule_on_permission(
        new.action, new.consent, known.permission, definition, new.occurred_at, objects=new.objects
    )
    fact, lead = new.fact, known
    facts: dict[str, Mapping[str, Any]] = {fact.id: fact.data}
    events: list[Event] = []
    if ruling.allowed is Allowed.YES and ruling.permission != known.permission:
        lead = _record(lead, events, _granted(new, lead, ruling, _actor(new), definition), facts)
    told = lead.profile_at(new.occurred_at)
    if told.filled_from(new.profile) != told:
        details = Event(Kind.DETAILS, new.occurred_at, _actor(new), {"fact": fact.id})
        lead = _record(lead, events, details, facts)
        for event in promote(lead, definition):
            lead = _record(lead, events, event, facts)
    return Arrival("updated", lead, tuple(events), fact=fact)


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
    fact = new.fact
    facts = {fact.id: fact.data}
    events: list[Event] = []
    lead = known
    if lead is None:
        lead = _record(None, events, _created(new, number, now, definition), facts)
    if ruling.permission != lead.permission or (new.consent and new.consent.text_version):
        lead = _record(lead, events, _granted(new, lead, ruling, actor, definition), facts)
    lead = _record(lead, events, activity_event(new, definition, ruling, now), facts)
    if new.past:
        for event in told_by_file(new.past, lead, new.occurred_at, definition):
            lead = _record(lead, events, event, facts)
    if not (new.past and new.past.stage):
        for event in after_activity(lead, lead.activities[-1], definition):
            lead = _record(lead, events, event, facts)
    for event in claim_clock(new, known, lead, now, definition, week):
        lead = _record(lead, events, event, facts)
    reasons = [*new.warnings]
    if lead.permission.opted_out:
        reasons.append(ruling.why)
    if new.action not in definition.actions:
        reasons.append(f"“{new.action}” is no action we know: kept, not scored")
    return Arrival("updated" if known else "created", lead, tuple(events), tuple(reasons), fact)


def _record(
    lead: Lead | None, events: list[Event], event: Event, facts: dict[str, Mapping[str, Any]]
) -> Lead:
    events.append(event)
    return apply(lead, event, facts)


def _actor(new: NewLead) -> str:
    return new.captured_by if new.captured_by and "@" not in new.captured_by else "intake"


def _origin(new: NewLead) -> dict[str, Any]:
    """Where the touch came from. Senders type these labels, and an address is none."""
    labels = {"campaign": new.campaign, "variant": new.variant, "captured_by": new.captured_by}
    told: dict[str, Any] = {name: label for name, label in labels.items() if label and "@" not in label}
    told["source"] = new.source if new.source and "@" not in new.source else "unknown"
    return told


def _is_late(new: NewLead, now: datetime, definition: Definition) -> bool:
    """Whether it reaches us too long after it happened for anybody to wait for an answer."""
    return now - new.occurred_at > definition.clocks.late_after


def _lateness(new: NewLead, now: datetime, definition: Definition) -> dict[str, bool]:
    """Said of what comes in by itself; a file's past was never awaited."""
    return {} if new.past else {"late": _is_late(new, now, definition)}


def _created(new: NewLead, number: int, now: datetime, definition: Definition) -> Event:
    data = {
        "number": number,
        **_lateness(new, now, definition),
        "received_at": (new.occurred_at if new.past else now).isoformat(),
        **_origin(new),
        "imported": new.past is not None,
    }
    return Event(Kind.CREATED, new.occurred_at, _actor(new), {k: v for k, v in data.items() if v is not None})


def _granted(new: NewLead, lead: Lead, ruling: Ruling, actor: str, definition: Definition) -> Event:
    """The proof, without what may be personal in it: that is in the submission's fact."""
    permission = ruling.permission
    data: dict[str, Any] = {
        "contact": permission.contact,
        "marketing": permission.marketing,
        "profiling": permission.profiling,
        "sharing": permission.sharing,
    }
    given = set(new.consent.purposes) if new.consent else set()
    if permission.contact and (not lead.permission.contact or "contact" in given):
        given.add("contact")
        if not (new.consent and "contact" in new.consent.purposes):
            data["by_request"] = True
    data["purposes"] = [name for name in PURPOSES if name in given and data[name]]
    legal = {name: definition.legal_basis(name, new.profile.country) for name in data["purposes"]}
    if any(legal.values()):
        data["legal"] = {name: basis for name, basis in legal.items() if basis}
    for name, moment in (("objected_at", permission.objected_at), ("agreed_at", permission.agreed_at)):
        if moment and moment != getattr(lead.permission, name):
            data[name] = moment.isoformat()
    if permission.basis != lead.permission.basis:
        data["basis"] = plain_basis(permission.basis)
    if new.consent and new.consent.decided_by:
        data["decided_by"] = new.consent.decided_by
    if new.consent and new.consent.words:
        data["fact"] = new.fact_id
    if new.consent and new.consent.text_version and is_plain_version(new.consent.text_version):
        data["text_version"] = new.consent.text_version
    return Event(Kind.PERMISSION, (new.consent and new.consent.at) or new.occurred_at, actor, data)


def activity_event(new: NewLead, definition: Definition, ruling: Ruling, now: datetime) -> Event:
    """What was done, as the history keeps it."""
    action = definition.actions.get(new.action)
    uncounted = new.uncounted
    if not uncounted and action and action.observed and not ruling.permission.profiling:
        uncounted = "profiling"
    data: dict[str, Any] = {
        "action": new.label,
        **_lateness(new, now, definition),
        "fact": new.fact_id,
        "with_message": bool(new.message),
        "qualifies": bool(action and action.qualifies),
        "counts": not uncounted,
        # A file's word on the stage stands beside the rules: a replay under others must not decide on it.
        "told_stage": True if new.past and new.past.stage else None,
        **_origin(new),
    }
    if uncounted:
        data["uncounted"] = uncounted
    claims = {
        letter: option
        for letter, option in new.claims.items()
        if letter in definition.questions and definition.questions[letter].option(option)
    }
    if claims:
        data["claims"] = claims
    return Event(
        Kind.ACTIVITY, new.occurred_at, _actor(new), {k: v for k, v in data.items() if v is not None}
    )


def claim_clock(
    new: NewLead, before: Lead | None, lead: Lead, now: datetime, definition: Definition, week: WorkWeek
) -> list[Event]:
    """Start the clock to the claim: minutes for a direct inquiry, an hour for another new MQL.

    What counts is this submission: an old or imported lead that asks today is answered like any other.
    """
    if lead.owner or _is_late(new, now, definition) or new.past or not is_open(lead):
        return []
    asked = asked_at(lead, definition)
    if asked and (before is None or asked != asked_at(before, definition)):
        target = definition.clocks.inquiry_to_claim
    elif lead.stage is Stage.MQL and (before is None or before.stage is not Stage.MQL):
        target = definition.clocks.mql_to_claim
    else:
        return []
    return [Event(Kind.CLOCK, now, RULE, {"due": week.due(now, target).isoformat()})]


def too_far_ahead(moment: datetime, now: datetime) -> bool:
    """Clocks differ a little between machines; more than five minutes ahead is a mistake."""
    return moment > now + timedelta(minutes=5)
