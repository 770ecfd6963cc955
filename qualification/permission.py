"""May we contact this person? Permission is explicit, proven and revocable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from qualification.definition import Definition
from qualification.lead import Permission

OWN_WORDS = ("", "consent", "their request")
"""How permission was given, in our own words; anything else was typed and may be personal."""
_VERSION = re.compile(r"v?\d{1,4}(?:[._-]\d{1,4}){0,3}")
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

    @property
    def words(self) -> dict[str, str]:
        """What may be personal in it and belongs with the personal part of the submission."""
        told = {}
        if self.basis and plain_basis(self.basis) != self.basis:
            told["consent_basis"] = self.basis
        if self.text_version and not is_plain_version(self.text_version):
            told["consent_text_version"] = self.text_version
        return told


def plain_basis(basis: str) -> str:
    """The basis as events name it, who must hold nothing personal: one of our own words, or "other"."""
    return basis if basis in OWN_WORDS else "other"


def is_plain_version(version: str) -> bool:
    """Whether it is a number or a date (`v3`, `2026-05`) and so can stand in an event."""
    return _VERSION.fullmatch(version) is not None


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
