"""May we contact this person? Permission is explicit, proven and revocable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from qualification.definition import Definition
from qualification.lead import Permission

PURPOSES = ("contact", "marketing", "profiling", "sharing")


@dataclass(frozen=True, slots=True)
class Consent:
    """What came with a submission about permission."""

    granted: bool
    purposes: tuple[str, ...] = ("contact",)
    text_version: str | None = None
    at: datetime | None = None
    basis: str | None = None
    """How it was given when a person typed the lead in or imported it, e.g. "on the phone"."""


class Allowed(StrEnum):
    """What follows from a submission's permission."""

    YES = "yes"
    NO = "no"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Ruling:
    """The verdict and why, in words."""

    allowed: Allowed
    permission: Permission
    why: str


def rule_on_permission(
    action: str, consent: Consent | None, held: Permission | None, definition: Definition
) -> Ruling:
    """Decide by what they granted, what they asked for, or what we hold already.

    Refusing wins over everything. Who asks for a demo, price, quote or call gives permission to answer by
    asking; anything else without a word on permission waits until one comes.
    """
    held = held or Permission()
    if consent and not consent.granted:
        return Ruling(Allowed.NO, held, "They did not give permission to contact them")
    if held.opted_out:
        # They may have changed their mind, but a form that anybody can fill in does not prove it.
        return Ruling(Allowed.YES, held, "They asked not to be contacted: kept, but nobody may call or write")
    granted = set(consent.purposes) if consent else set()
    basis = (consent.basis or "consent") if consent else held.basis
    if action in definition.by_request and "contact" not in granted:
        granted.add("contact")
        basis = basis or "their request"
    permission = Permission(
        contact=held.contact or "contact" in granted,
        marketing=held.marketing or "marketing" in granted,
        profiling=held.profiling or "profiling" in granted,
        basis=basis,
    )
    if permission.contact:
        return Ruling(Allowed.YES, permission, f"Permission: {basis}")
    days = definition.waits.days
    return Ruling(
        Allowed.WAITING, permission, f"Waiting for permission: it is kept {days} days until they give it"
    )
