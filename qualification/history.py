"""From events and facts to the lead as it stands: one small step per event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from qualification.events import Event, Kind, is_person
from qualification.history_inbound import Facts, came_in, with_profile
from qualification.history_permission import permitted, recounted
from qualification.lead import LETTERS, Lead, Permission, Span, Stage
from qualification.permission import plain_basis
from qualification.redirect import bare, merged

TAKE_BACK = frozenset({Kind.UNDONE, Kind.UNMERGED})
"""Events that name a step which counts no more."""


def steps_gone(events: Iterable[Event]) -> set[str]:
    """The steps of a lead's history that count no more: taken back, or given back to whose they are."""
    taken = [event.data for event in events if event.kind in TAKE_BACK]
    return {step for data in taken for step in (data["step"], *data.get("given_back", ()))}


def fold(events: Iterable[Event], facts: Facts) -> Lead | None:
    """The lead after all these events, in recorded order, without the steps that were undone."""
    recorded = list(events)
    undone = steps_gone(recorded)
    lead: Lead | None = None
    for event in recorded:
        if lead and event.step in undone and event.kind not in TAKE_BACK:
            lead = lead.but(revision=lead.revision + 1)
        else:
            lead = apply(lead, event, facts)
    return lead


def apply(lead: Lead | None, event: Event, facts: Facts) -> Lead:
    """The lead one event later.

    Raises:
        ValueError: the first event of a lead is not `created`, or another one is.
    """
    if (lead is None) != (event.kind is Kind.CREATED):
        raise ValueError(f"a lead's history begins with created and has it once, not {event.kind}")
    if lead is None:
        return _created(event)
    after = _STEPS[event.kind](lead, event, facts)
    if after is lead:
        return lead.but(revision=lead.revision + 1)
    # A copy that nobody else has seen yet: making another one for a number would double the price of a step.
    after.__dict__["revision"] = lead.revision + 1
    return after


# Every lead begins as a copy of this one: setting its fifty fields one by one takes ten times longer.
_NEVER = datetime.min.replace(tzinfo=UTC)
_NOBODY = Lead(number=0, created_at=_NEVER, received_at=_NEVER)


def _created(event: Event) -> Lead:
    data = event.data
    return _NOBODY.but(
        number=data["number"],
        created_at=event.at,
        received_at=moment(data["received_at"]),
        source=data.get("source") or "unknown",
        campaign=data.get("campaign"),
        variant=data.get("variant"),
        captured_by=data.get("captured_by", ""),
        imported=bool(data.get("imported")),
        came_late=data.get("late"),
        revision=1,
        stage_since=event.at,
    )


def _details(lead: Lead, event: Event, facts: Facts) -> Lead:
    return lead.but(given=with_profile(lead.given, event.at, facts.get(event.data["fact"], {})))


def _claimed(lead: Lead, event: Event, facts: Facts) -> Lead:
    return _owned_by(lead, event.actor, event.at)


def _reassigned(lead: Lead, event: Event, facts: Facts) -> Lead:
    to = event.data["to"]
    taken_by = to if lead.taken_by else None  # what sales works on stays with sales
    return _owned_by(_unowned(lead, event.at), to, event.at).but(taken_by=taken_by)


def _released(lead: Lead, event: Event, facts: Facts) -> Lead:
    return _unowned(lead, event.at)


def _snoozed(lead: Lead, event: Event, facts: Facts) -> Lead:
    return lead.but(snoozed_until=moment(event.data["until"]) if event.data.get("until") else None)


def _touched(lead: Lead, event: Event, facts: Facts) -> Lead:
    touched = lead.but(
        touches=lead.touches + 1,
        first_touch_at=lead.first_touch_at or event.at,
        last_touch_at=event.at,
        last_touch=event.data["kind"],
    )
    return _with_note(_accepted(touched, event.at), event, facts)


def _answered(lead: Lead, event: Event, facts: Facts) -> Lead:
    data = event.data
    confirmed = data.get("answers", {})
    letters = {
        name: replace(lead.answers.letter(name), confirmed=confirmed[name])
        for name in LETTERS
        if name in confirmed
    }
    inquiry = data.get("inquiry", lead.inquiry)
    changes: dict[str, Any] = {
        "answers": replace(lead.answers, **letters),
        "inquiry": inquiry,
        "inquiry_at": (lead.inquiry_at or event.at) if inquiry else None,
        "handed_to": data.get("hand_to", lead.handed_to),
        "qualified_at": event.at,
    }
    if inquiry != lead.inquiry:
        changes["inquiry_by"] = event.actor if inquiry is not None else None
        changes["inquiry_said_at"] = event.at if inquiry is not None else None
    if "next_step_at" in data:
        changes["next_step_at"] = moment(data["next_step_at"]) if data["next_step_at"] else None
    step = facts.get(data.get("next_step", ""), {})
    if "text" in step:
        changes["next_step"] = step["text"]
    return _with_note(_accepted(lead.but(**changes), event.at), event, facts)


def _stage(lead: Lead, event: Event, facts: Facts) -> Lead:
    data = event.data
    to = Stage(data["to"])
    by = data.get("by") or event.actor
    changed = lead.but(
        stage=to,
        stage_since=event.at,
        reason=data.get("reason"),
        until=moment(data["until"]) if data.get("until") else None,
        snoozed_until=None,
        cycle=data.get("cycle", lead.cycle),
    )
    match to:
        case Stage.MQL:
            changed = _in_the_hands_of(
                data.get("back_to"),
                Stage(data["from"]),
                changed.but(mql_at=lead.mql_at or event.at, ruled_at=_ruled(lead, event)),
                event.at,
            )
        case Stage.SQL:
            changed = changed.but(sql_at=lead.sql_at or event.at, approved_by=by, sent_back_for=None)
        case Stage.CUSTOMER:
            changed = changed.but(
                won_at=event.at, amount_minor=data.get("amount_minor"), currency=data.get("currency")
            )
        case Stage.LOST:
            changed = changed.but(lost_at=event.at, first_lost_at=lead.first_lost_at or event.at)
        case Stage.NURTURE:
            changed = _unowned(changed, event.at)
        case _:  # disqualified, for no stage leads back to lead
            changed = changed.but(disqualified_at=event.at, disqualified_by=by)
            if lead.sql_at is None and lead.rejected_at is None and is_person(by):
                changed = changed.but(rejected_at=event.at, rejected_for=changed.reason)
    if to not in (Stage.MQL, Stage.SQL):
        changed = _let_go(changed, event)
    if to in (Stage.CUSTOMER, Stage.LOST, Stage.DISQUALIFIED):
        changed = changed.but(owned=_closed(changed.owned, event.at))
    if data.get("reason") == "sent_back":
        # Beside the rep's notes: those are what the next call begins with.
        return changed.but(sent_back_for=facts.get(data.get("note", ""), {}).get("text"))
    return _with_note(changed, event, facts)


def _ruled(lead: Lead, event: Event) -> datetime | None:
    return event.at if event.data.get("reason") == "new_rules" else lead.ruled_at


def _let_go(lead: Lead, event: Event) -> Lead:
    """Handing it back or closing it answers a promise to claim, in time or too late."""
    promised = lead.claim_due is not None and lead.first_claimed_at is None and lead.let_go_at is None
    return lead.but(let_go_at=event.at) if promised and is_person(event.actor) else lead


def _in_the_hands_of(rep: str | None, came_from: Stage, lead: Lead, at: datetime) -> Lead:
    """Who has a lead that became an MQL: who had it before; after a send-back `rep`; else the queue."""
    lead = lead.but(approved_by=None, handed_to=None, taken_by=None)
    if came_from is not Stage.LEAD:
        lead = _unowned(lead, at).but(lost_at=None, disqualified_at=None, disqualified_by=None)
    return _owned_by(lead, rep, at) if rep else lead


def _redated(lead: Lead, event: Event, facts: Facts) -> Lead:
    """The rules date the MQL anew, or take it back (`withdrawn`), because something older came in late."""
    if event.data.get("withdrawn"):
        return lead.but(mql_at=None, stage=Stage.LEAD, stage_since=event.at)
    by_then = lead.stage is Stage.MQL and lead.stage_since == lead.mql_at
    since = event.at if by_then else lead.stage_since
    return lead.but(mql_at=event.at, stage_since=since)


def _taken(lead: Lead, event: Event, facts: Facts) -> Lead:
    return _owned_by(_unowned(lead, event.at), event.actor, event.at).but(taken_by=event.actor)


def _clock(lead: Lead, event: Event, facts: Facts) -> Lead:
    """The promise to the first claim: the earliest one made until then; later rounds don't change it."""
    due = moment(event.data["due"])
    if lead.first_claimed_at:
        return lead
    return lead.but(claim_due=min(lead.claim_due or due, due))


def _opted_out(lead: Lead, event: Event, facts: Facts) -> Lead:
    """Nobody may contact them any more: clocks, dates and the time somebody worked on it end here."""
    return lead.but(
        permission=Permission(
            basis=lead.permission.basis, opted_out=True, objected_at=lead.permission.objected_at
        ),
        owned=_closed(lead.owned, event.at),
        until=None,
        snoozed_until=None,
    )


def _erased(lead: Lead, event: Event, facts: Facts) -> Lead:
    """Nothing of them is left to show, and nobody to contact. The stage stays, so the counts do."""
    return bare(lead).but(
        together=lead.together and replace(lead.together, email=None, phone=None),
        erased=True,
        permission=Permission(basis=plain_basis(lead.permission.basis), opted_out=True),
        owned=_closed(lead.owned, event.at),
        until=None,
        snoozed_until=None,
        next_step_at=None,
    )


def _nothing_more(lead: Lead, event: Event, facts: Facts) -> Lead:
    return lead


_STEPS: Mapping[Kind, Callable[[Lead, Event, Facts], Lead]] = {
    Kind.ACTIVITY: came_in,
    Kind.PERMISSION: permitted,
    Kind.DETAILS: _details,
    Kind.CLAIMED: _claimed,
    Kind.RELEASED: _released,
    Kind.REASSIGNED: _reassigned,
    Kind.SNOOZED: _snoozed,
    Kind.TOUCHED: _touched,
    Kind.ANSWERED: _answered,
    Kind.STAGE: _stage,
    Kind.REDATED: _redated,
    Kind.RECOUNTED: recounted,
    Kind.TAKEN: _taken,
    Kind.CLOCK: _clock,
    Kind.OPTED_OUT: _opted_out,
    Kind.REVEALED: _nothing_more,
    Kind.ERASED: _erased,
    Kind.UNDONE: _nothing_more,
    Kind.MERGED: merged,
    Kind.UNMERGED: _nothing_more,
}


def moment(text: str) -> datetime:
    """An ISO instant from an event's data."""
    return datetime.fromisoformat(text)


def _with_note(lead: Lead, event: Event, facts: Facts) -> Lead:
    note = facts.get(event.data.get("note", ""), {})
    return lead.but(notes=note["text"]) if "text" in note else lead


def _accepted(lead: Lead, at: datetime) -> Lead:
    """Accepted = claimed and worked: a saved Qualify or a logged touch (design §1)."""
    return lead.but(accepted_at=lead.accepted_at or at) if lead.owner else lead


def _owned_by(lead: Lead, rep: str, at: datetime) -> Lead:
    return lead.but(
        owner=rep,
        claimed_at=at,
        first_claimed_at=lead.first_claimed_at or at,
        owned=(*lead.owned, Span(at)),
        snoozed_until=None,
    )


def _unowned(lead: Lead, at: datetime) -> Lead:
    return lead.but(
        previous_owner=lead.owner or lead.previous_owner,
        owner=None,
        claimed_at=None,
        owned=_closed(lead.owned, at),
    )


def _closed(owned: tuple[Span, ...], at: datetime) -> tuple[Span, ...]:
    if owned and owned[-1].end is None:
        return (*owned[:-1], replace(owned[-1], end=at))
    return owned
