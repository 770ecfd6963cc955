"""What somebody allows, step by step in a lead's history, and what of their doings counts by that."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from qualification.events import Event
from qualification.history_inbound import Facts
from qualification.lead import Lead, Permission
from qualification.watching import Said, said_by, with_words


def permitted(lead: Lead, event: Event, facts: Facts) -> Lead:
    """The lead with what they allow from now on."""
    data, fact = event.data, facts.get(event.data.get("fact", ""), {})
    basis = data.get("basis", lead.permission.basis)
    if "basis" in data:
        basis = fact.get("consent_basis", basis)  # the words it was told in, as long as we keep them
    permission = Permission(
        contact=data.get("contact", lead.permission.contact),
        marketing=data.get("marketing", lead.permission.marketing),
        profiling=data.get("profiling", lead.permission.profiling),
        basis=basis,
        opted_out=lead.permission.opted_out,
        sharing=data.get("sharing", lead.permission.sharing),
        objected_at=_moment_or(data.get("objected_at"), lead.permission.objected_at),
        agreed_at=_moment_or(data.get("agreed_at"), lead.permission.agreed_at),
        said=_said(lead.permission, event),
    )
    return lead.but(permission=permission)


def _said(held: Permission, event: Event) -> Said:
    """Their words about being profiled, and what this event adds to them."""
    words = [(datetime.fromisoformat(at), bool(yes)) for at, yes in event.data.get("said", ())]
    now = event.data.get("profiling", held.profiling)
    if not words and now is not held.profiling:  # withdrawn, or a history from before words were kept
        words = [(event.at, bool(now))]
    return with_words(said_by(held), words) if words else held.said


def recounted(lead: Lead, event: Event, facts: Facts) -> Lead:
    """What we know now of these touches says that they count, or that they don't."""
    why = event.data["uncounted"]
    touches = {(action, datetime.fromisoformat(at)) for action, at in event.data["touches"]}
    return lead.but(
        activities=tuple(
            replace(one, counts=not why, uncounted=why) if (one.action, one.at) in touches else one
            for one in lead.activities
        )
    )


def _moment_or(text: str | None, known: datetime | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else known
