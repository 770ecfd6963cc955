"""A number that is merged: the older one stands for both from then on, the other one only leads there."""

from __future__ import annotations

from dataclasses import replace

from qualification.events import Event
from qualification.history_inbound import Facts
from qualification.lead import Lead, Together


def merged(lead: Lead, event: Event, facts: Facts) -> Lead:
    """Another number is the same person: the older one takes it in (see `merging.py`), this one redirects."""
    own = lead.together or Together(email=lead.profile.email, phone=lead.profile.phone)
    if "into" not in event.data:
        return lead.but(together=replace(own, numbers=tuple(sorted({*own.numbers, event.data["other"]}))))
    # A redirect holds nothing about the person but what forms find it by.
    return bare(lead).but(together=replace(own, numbers=(), into=event.data["into"]))


def bare(lead: Lead) -> Lead:
    """The lead without anything that was told or noted about the person."""
    return lead.but(
        given=(),
        external_id=None,
        message=None,
        message_at=None,
        notes=None,
        sent_back_for=None,
        next_step=None,
        extra=(),
    )
