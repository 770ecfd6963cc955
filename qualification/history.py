"""From events and facts to the lead as it stands: one small step per event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from qualification.events import Event, Kind
from qualification.lead import (
    LETTERS,
    Activity,
    Given,
    Lead,
    Permission,
    Profile,
    Span,
    Stage,
)

Facts = Mapping[str, Mapping[str, Any]]
"""Fact id → its data; a fact that was erased is simply not there."""

_PROFILE_FIELDS = tuple(f.name for f in fields(Profile))


def fold(events: Iterable[Event], facts: Facts) -> Lead | None:
    """The lead after all these events, in recorded order, without the steps that were undone."""
    recorded = list(events)
    undone = {event.data["step"] for event in recorded if event.kind is Kind.UNDONE}
    lead: Lead | None = None
    for event in recorded:
        if event.step and event.step in undone and event.kind is not Kind.UNDONE:
            lead = replace(lead, revision=lead.revision + 1) if lead else None
        else:
            lead = apply(lead, event, facts)
    return lead


def apply(lead: Lead | None, event: Event, facts: Facts) -> Lead:
    """The lead one event later.

    Raises:
        ValueError: the first event of a lead is not `created`.
    """
    if event.kind is Kind.CREATED:
        return _created(event)
    if lead is None:
        raise ValueError(f"a lead's history can't begin with {event.kind}")
    changed = _STEPS[event.kind](lead, event, facts)
    return replace(changed, revision=lead.revision + 1)


def _created(event: Event) -> Lead:
    data = event.data
    return Lead(
        number=data["number"],
        created_at=event.at,
        received_at=moment(data["received_at"]),
        source=data.get("source") or "unknown",
        campaign=data.get("campaign"),
        variant=data.get("variant"),
        captured_by=data.get("captured_by", ""),
        imported=bool(data.get("imported")),
        revision=1,
        stage_since=event.at,
    )


def _activity(lead: Lead, event: Event, facts: Facts) -> Lead:
    data, fact = event.data, facts.get(event.data.get("fact", ""), {})
    activity = Activity(
        data["action"], event.at, bool(data.get("with_message")), bool(data.get("counts", True))
    )
    changed = replace(
        lead, activities=(*lead.activities, activity), given=_with_profile(lead.given, event.at, fact)
    )
    if data.get("qualifies") and event.at < lead.created_at:
        # The first qualifying touch dates the lead and names its source, also when it arrives late.
        changed = replace(
            changed,
            created_at=event.at,
            source=data.get("source") or "unknown",
            campaign=data.get("campaign"),
            variant=data.get("variant"),
        )
    if data.get("claims"):
        claims = data["claims"]
        letters = {
            name: replace(lead.answers.letter(name), claimed=claims[name])
            for name in LETTERS
            if name in claims
        }
        changed = replace(changed, answers=replace(lead.answers, **letters))
    if fact.get("external_id"):
        changed = replace(changed, external_id=fact["external_id"])
    if fact.get("message"):
        changed = replace(changed, message=fact["message"])
    if fact.get("extra"):
        changed = replace(changed, extra=tuple(sorted({**dict(lead.extra), **fact["extra"]}.items())))
    return changed


def _permission(lead: Lead, event: Event, facts: Facts) -> Lead:
    data = event.data
    permission = Permission(
        contact=data.get("contact", lead.permission.contact),
        marketing=data.get("marketing", lead.permission.marketing),
        profiling=data.get("profiling", lead.permission.profiling),
        basis=data.get("basis", lead.permission.basis),
        opted_out=lead.permission.opted_out,
    )
    return replace(lead, permission=permission)


def _details(lead: Lead, event: Event, facts: Facts) -> Lead:
    return replace(lead, given=_with_profile(lead.given, event.at, facts.get(event.data["fact"], {})))


def _claimed(lead: Lead, event: Event, facts: Facts) -> Lead:
    return _owned_by(lead, event.actor, event.at)


def _reassigned(lead: Lead, event: Event, facts: Facts) -> Lead:
    return _owned_by(_unowned(lead, event.at), event.data["to"], event.at)


def _released(lead: Lead, event: Event, facts: Facts) -> Lead:
    return _unowned(lead, event.at)


def _snoozed(lead: Lead, event: Event, facts: Facts) -> Lead:
    return replace(lead, snoozed_until=moment(event.data["until"]) if event.data.get("until") else None)


def _touched(lead: Lead, event: Event, facts: Facts) -> Lead:
    touched = replace(
        lead,
        touches=lead.touches + 1,
        first_touch_at=lead.first_touch_at or event.at,
        last_touch_at=event.at,
        last_touch=event.data["kind"],
    )
    return _with_note(_accepted(touched, event.at), event, facts)


def _answered(lead: Lead, event: Event, facts: Facts) -> Lead:
    data = event.data
    letters = {}
    for name in LETTERS:
        if name in data.get("answers", {}):
            letters[name] = replace(lead.answers.letter(name), confirmed=data["answers"][name])
    changed = replace(
        lead,
        answers=replace(lead.answers, **letters) if letters else lead.answers,
        inquiry=data["inquiry"] if "inquiry" in data else lead.inquiry,
        handed_to=data.get("hand_to") if "hand_to" in data else lead.handed_to,
        next_step_at=moment(data["next_step_at"]) if data.get("next_step_at") else lead.next_step_at,
        qualified_at=event.at,
    )
    step = facts.get(data.get("next_step", ""), {})
    if step.get("text"):
        changed = replace(changed, next_step=step["text"])
    return _with_note(_accepted(changed, event.at), event, facts)


def _stage(lead: Lead, event: Event, facts: Facts) -> Lead:
    data = event.data
    to = Stage(data["to"])
    changed = replace(
        lead,
        stage=to,
        stage_since=event.at,
        reason=data.get("reason"),
        until=moment(data["until"]) if data.get("until") else None,
        snoozed_until=None,
        cycle=data.get("cycle", lead.cycle),
    )
    match to:
        case Stage.MQL:
            changed = replace(
                changed, mql_at=lead.mql_at or event.at, approved_by=None, handed_to=None, taken_by=None
            )
            if Stage(data["from"]) in (Stage.NURTURE, Stage.LOST, Stage.DISQUALIFIED):
                changed = replace(
                    _unowned(changed, event.at), lost_at=None, disqualified_at=None, disqualified_by=None
                )
            elif data.get("back_to"):
                changed = _owned_by(_unowned(changed, event.at), data["back_to"], event.at)
        case Stage.SQL:
            changed = replace(changed, sql_at=lead.sql_at or event.at, approved_by=event.actor)
        case Stage.CUSTOMER:
            changed = replace(
                changed, won_at=event.at, amount_minor=data.get("amount_minor"), currency=data.get("currency")
            )
        case Stage.LOST:
            changed = replace(changed, lost_at=event.at)
        case Stage.NURTURE:
            changed = _unowned(changed, event.at)
        case Stage.DISQUALIFIED:
            changed = replace(changed, disqualified_at=event.at, disqualified_by=event.actor)
    if to in (Stage.CUSTOMER, Stage.LOST, Stage.DISQUALIFIED):
        changed = replace(changed, owned=_closed(changed.owned, event.at))
    return _with_note(changed, event, facts)


def _redated(lead: Lead, event: Event, facts: Facts) -> Lead:
    return replace(lead, mql_at=event.at)


def _taken(lead: Lead, event: Event, facts: Facts) -> Lead:
    return replace(_owned_by(_unowned(lead, event.at), event.actor, event.at), taken_by=event.actor)


def _clock(lead: Lead, event: Event, facts: Facts) -> Lead:
    return replace(lead, claim_due=lead.claim_due or moment(event.data["due"]))


def _opted_out(lead: Lead, event: Event, facts: Facts) -> Lead:
    return replace(lead, permission=Permission(basis=lead.permission.basis, opted_out=True))


def _erased(lead: Lead, event: Event, facts: Facts) -> Lead:
    return replace(
        lead, given=(), external_id=None, message=None, notes=None, next_step=None, extra=(), erased=True
    )


def _nothing_more(lead: Lead, event: Event, facts: Facts) -> Lead:
    return lead


_STEPS: Mapping[Kind, Callable[[Lead, Event, Facts], Lead]] = {
    Kind.ACTIVITY: _activity,
    Kind.PERMISSION: _permission,
    Kind.DETAILS: _details,
    Kind.CLAIMED: _claimed,
    Kind.RELEASED: _released,
    Kind.REASSIGNED: _reassigned,
    Kind.SNOOZED: _snoozed,
    Kind.TOUCHED: _touched,
    Kind.ANSWERED: _answered,
    Kind.STAGE: _stage,
    Kind.REDATED: _redated,
    Kind.TAKEN: _taken,
    Kind.CLOCK: _clock,
    Kind.OPTED_OUT: _opted_out,
    Kind.ERASED: _erased,
    Kind.UNDONE: _nothing_more,
}


def moment(text: str) -> datetime:
    """An ISO instant from an event's data."""
    return datetime.fromisoformat(text)


def _with_profile(given: tuple[Given, ...], at: datetime, fact: Mapping[str, Any]) -> tuple[Given, ...]:
    told = {name: fact[name] for name in _PROFILE_FIELDS if fact.get(name) is not None}
    return (*given, Given(at, Profile(**told))) if told else given


def _with_note(lead: Lead, event: Event, facts: Facts) -> Lead:
    note = facts.get(event.data.get("note", ""), {})
    return replace(lead, notes=note["text"]) if "text" in note else lead


def _accepted(lead: Lead, at: datetime) -> Lead:
    """Accepted = claimed and worked: a saved Qualify or a logged touch (design §1)."""
    return replace(lead, accepted_at=lead.accepted_at or at) if lead.owner else lead


def _owned_by(lead: Lead, rep: str, at: datetime) -> Lead:
    return replace(
        lead,
        owner=rep,
        claimed_at=at,
        first_claimed_at=lead.first_claimed_at or at,
        owned=(*lead.owned, Span(at)),
        snoozed_until=None,
    )


def _unowned(lead: Lead, at: datetime) -> Lead:
    return replace(
        lead,
        previous_owner=lead.owner or lead.previous_owner,
        owner=None,
        claimed_at=None,
        owned=_closed(lead.owned, at),
    )


def _closed(owned: tuple[Span, ...], at: datetime) -> tuple[Span, ...]:
    if owned and owned[-1].end is None:
        return (*owned[:-1], replace(owned[-1], end=at))
    return owned
