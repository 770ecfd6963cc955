"""The events of an arrival: what the history keeps of a submission, without anything personal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from qualification.calendar import WorkWeek
from qualification.definition import Definition
from qualification.events import RULE, Event, Kind
from qualification.lead import Lead, Stage
from qualification.new_lead import NewLead
from qualification.permission import PURPOSES, Ruling, is_plain_version, plain_basis
from qualification.scoring import asked_at
from qualification.stages import is_open
from qualification.watching import NAMED, PROFILING, UNNAMED, allowed_at, said_by


def actor_of(new: NewLead) -> str:
    """Who handed it in, as events name it: no address."""
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


def created(new: NewLead, number: int, now: datetime, definition: Definition) -> Event:
    """Somebody new."""
    data = {
        "number": number,
        **_lateness(new, now, definition),
        "received_at": (new.occurred_at if new.past else now).isoformat(),
        **_origin(new),
        "imported": new.past is not None,
    }
    told = {k: v for k, v in data.items() if v is not None}
    return Event(Kind.CREATED, new.occurred_at, actor_of(new), told)


def granted(new: NewLead, lead: Lead, ruling: Ruling, actor: str, definition: Definition) -> Event:
    """The proof, without what may be personal in it: that is in the submission's fact."""
    permission = ruling.permission
    data: dict[str, Any] = {
        "contact": permission.contact,
        "marketing": permission.marketing,
        "profiling": permission.profiling,
        "sharing": permission.sharing,
    }
    given = set(new.consent.purposes) if new.consent and new.consent.granted else set()
    if permission.contact and (not lead.permission.contact or "contact" in given):
        given.add("contact")
        if not (new.consent and "contact" in new.consent.purposes):
            data["by_request"] = True
    data["purposes"] = [name for name in PURPOSES if name in given and data[name]]
    gone = [name for name in PURPOSES if getattr(lead.permission, name) and not data[name]]
    objected = permission.objected_at != lead.permission.objected_at or new.declined_at
    if gone and not objected:
        data["withdrawn"] = gone
    legal = {name: definition.legal_basis(name, new.profile.country) for name in data["purposes"]}
    if any(legal.values()):
        data["legal"] = {name: basis for name, basis in legal.items() if basis}
    for name, moment in (("objected_at", permission.objected_at), ("agreed_at", permission.agreed_at)):
        if moment and moment != getattr(lead.permission, name):
            data[name] = moment.isoformat()
    before = said_by(lead.permission)
    said = [[at.isoformat(), yes] for at, yes in permission.said if (at, yes) not in before]
    if said:
        data["said"] = said
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
    """What was done, as the history keeps it. What was only observed counts if they allowed it by then."""
    action = definition.actions.get(new.action)
    uncounted, watched = new.uncounted, ""
    if action and action.observed:
        watched = UNNAMED if new.unnamed else NAMED
        said = said_by(ruling.permission)
        if not uncounted and not allowed_at(said, new.occurred_at, unnamed=new.unnamed):
            uncounted = PROFILING
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
    if watched:
        data["watched"] = watched
    claims = {
        letter: option
        for letter, option in new.claims.items()
        if letter in definition.questions and definition.questions[letter].option(option)
    }
    if claims:
        data["claims"] = claims
    return Event(
        Kind.ACTIVITY, new.occurred_at, actor_of(new), {k: v for k, v in data.items() if v is not None}
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
