"""Something came in about a person: is it a lead, and what follows from it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from qualification.arrival_events import activity_event, actor_of, claim_clock, created, granted
from qualification.calendar import WorkWeek
from qualification.definition import Definition
from qualification.events import Event, Fact, Kind
from qualification.history import apply
from qualification.lead import Lead, Profile, Stage
from qualification.new_lead import NewLead
from qualification.past import told_by_file
from qualification.permission import UNSUBSCRIBE, Allowed, Consent, Ruling, rule_on_permission
from qualification.stages import after_activity, judged_anew, opt_out
from qualification.value import value
from qualification.watching import heard_since, recounted

__all__ = ["Arrival", "NewLead", "judge", "too_far_ahead"]


@value
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
        objected=new.objection,
        declined=new.declined_at,
    )
    if ruling.allowed is Allowed.NO:
        return _refused(known, new, ruling, definition)
    if ruling.allowed is Allowed.WAITING:
        return Arrival("waiting", known, reasons=(ruling.why,))
    return _taken_in(new, known, number, now, definition, week, ruling)


def _same_touch(new: NewLead, known: Lead) -> bool:
    """Same person, action and time: the same form sent twice."""
    return any(a.action == new.label and (new.undated or a.at == new.occurred_at) for a in known.activities)


def _again(known: Lead, new: NewLead, definition: Definition) -> Arrival:
    """The same form once more; only an objection that came with it is news."""
    known_already = Arrival("duplicate", known, reasons=("We already have this",))
    if not (new.objects or new.withdraws):
        return known_already
    consent = new.consent if new.withdraws else None
    ruling = rule_on_permission(
        new.action, consent, known.permission, definition, new.occurred_at, objected=new.objection
    )
    if ruling.permission == known.permission:
        return known_already
    events: list[Event] = []
    lead = _permitted(known, events, new, ruling, definition, {})
    for event in judged_anew(lead, definition, new.objection or new.occurred_at):
        lead = _record(lead, events, event, {})
    return Arrival("duplicate", lead, tuple(events), known_already.reasons)


def _refused(known: Lead | None, new: NewLead, ruling: Ruling, definition: Definition) -> Arrival:
    """No permission. For somebody we know, that takes back what they gave before."""
    if known is None:
        return Arrival("not_a_lead", None, reasons=(ruling.why,))
    if known.stage is Stage.SQL and not known.permission.opted_out:
        return _asked_about(known, new, definition)
    events, lead = (
        opt_out(known, actor_of(new), max(new.occurred_at, known.stage_since or new.occurred_at)),
        known,
    )
    for event in events:
        lead = apply(lead, event, {})
    return Arrival("updated", lead, tuple(events), (ruling.why,), new.fact)


def _asked_about(known: Lead, new: NewLead, definition: Definition) -> Arrival:
    """A no without saying to what, while sales works on it: an unticked box closes no deal they asked for.

    Whatever they did not ask for is taken back at once; whether they may still be contacted, their rep asks.
    """
    consent = Consent(
        False, ("marketing", "profiling", "sharing"), at=new.consent.at if new.consent else None
    )
    anew = new.but(consent=consent)
    ruling = rule_on_permission(UNSUBSCRIBE, consent, known.permission, definition, new.occurred_at)
    facts: dict[str, Mapping[str, Any]] = {new.fact_id: new.fact.data}
    event = granted(anew, known, ruling, actor_of(new), definition)
    event = replace(event, data={**event.data, "refused": True, "fact": new.fact_id})
    events: list[Event] = []
    lead = _recounted(_record(known, events, event, facts), known, events, event)
    why = "They said no without saying to what: their rep is asked whether they may still be contacted"
    return Arrival("updated", lead, tuple(events), (why,), new.fact)


def _named(new: NewLead, known: Lead | None, definition: Definition) -> Arrival:
    """What somebody says about a lead we have, without anything having been done."""
    if known is None:
        return Arrival("not_a_lead", None, reasons=("Who somebody is makes no lead: they must do something",))
    ruling = rule_on_permission(
        new.action,
        new.consent,
        known.permission,
        definition,
        new.occurred_at,
        objected=new.objection,
        declined=new.declined_at,
    )
    fact, lead = new.fact, known
    facts: dict[str, Mapping[str, Any]] = {fact.id: fact.data}
    events: list[Event] = []
    if ruling.permission != known.permission and not _says_nothing_new(new, known):
        lead = _permitted(lead, events, new, ruling, definition, facts)
    told = lead.profile_at(new.occurred_at)
    if told.filled_from(new.profile) != told:
        details = Event(Kind.DETAILS, new.occurred_at, actor_of(new), {"fact": fact.id})
        lead = _record(lead, events, details, facts)
    if events:
        since = heard_since(known.permission, lead.permission, new.occurred_at)
        for event in judged_anew(lead, definition, since):
            lead = _record(lead, events, event, facts)
    return Arrival("updated", lead, tuple(events), fact=fact)


def _says_nothing_new(new: NewLead, known: Lead) -> bool:
    """A banner's no comes with every page they look at: alone it is news while they are profiled."""
    alone = new.profile == Profile() and new.consent is None and new.objection is None
    return alone and not known.permission.profiling


def _permitted(
    lead: Lead,
    events: list[Event],
    new: NewLead,
    ruling: Ruling,
    definition: Definition,
    facts: dict[str, Mapping[str, Any]],
) -> Lead:
    """What they allow from now on, and what that says about what they had done."""
    event = granted(new, lead, ruling, actor_of(new), definition)
    return _recounted(_record(lead, events, event, facts), lead, events, event)


def _recounted(lead: Lead, before: Lead, events: list[Event], event: Event) -> Lead:
    """What they had done counts, or counts no more, by what they allow now."""
    if lead.permission.said != before.permission.said:
        for late in recounted(lead, event.at):
            lead = _record(lead, events, late, {})
    return lead


def _taken_in(
    new: NewLead,
    known: Lead | None,
    number: int,
    now: datetime,
    definition: Definition,
    week: WorkWeek,
    ruling: Ruling,
) -> Arrival:
    fact = new.fact
    facts = {fact.id: fact.data}
    events: list[Event] = []
    lead = known
    if lead is None:
        lead = _record(None, events, created(new, number, now, definition), facts)
    if ruling.permission != lead.permission or (new.consent and new.consent.text_version):
        lead = _permitted(lead, events, new, ruling, definition, facts)
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


def too_far_ahead(moment: datetime, now: datetime) -> bool:
    """Clocks differ a little between machines; more than five minutes ahead is a mistake."""
    return moment > now + timedelta(minutes=5)
