"""May we contact this person? Permission is explicit, proven and revocable."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

from qualification.definition import Definition
from qualification.lead import Permission
from qualification.value import value
from qualification.watching import allows, said_by, with_words

OWN_WORDS = ("", "consent", "their request")
"""How permission was given, in our own words; anything else was typed and may be personal."""
_VERSION = re.compile(r"v?\d{1,4}(?:[._-]\d{1,4}){0,3}")
PURPOSES = ("contact", "marketing", "profiling", "sharing")
UNSUBSCRIBE = "unsubscribe"
"""The action by which somebody takes marketing back, whatever else a definition makes of it."""
OBJECTED_TO = frozenset({"profiling", "sharing"})
"""What "do not sell or share" turns off."""


@value
class Consent:
    """What came with a submission about permission."""

    granted: bool
    purposes: tuple[str, ...] = ("contact",)
    text_version: str | None = None
    at: datetime | None = None
    basis: str | None = None
    """How it was given when a person typed the lead in or imported it, e.g. "on the phone"."""
    form: str | None = None
    page: str | None = None
    """Which form asked, on which page: the proof."""
    decided_by: str | None = None
    """Who said afterwards that the form does ask, by Slack id."""

    @property
    def refuses(self) -> bool:
        """They don't want to be contacted: a no that names no purpose, or this one."""
        return not self.granted and ("contact" in self.purposes or not self.purposes)

    @property
    def withdrawn(self) -> frozenset[str]:
        """The purposes that they say no to, while they may be contacted."""
        return frozenset() if self.granted or self.refuses else frozenset(self.purposes)

    @property
    def words(self) -> dict[str, str]:
        """What may be personal in it and belongs with the personal part of the submission."""
        told = {}
        if self.basis and plain_basis(self.basis) != self.basis:
            told["consent_basis"] = self.basis
        if self.text_version and not is_plain_version(self.text_version):
            told["consent_text_version"] = self.text_version
        if self.form:
            told["consent_form"] = self.form
        if self.page:
            told["consent_page"] = self.page.partition("?")[0].partition("#")[0]
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


@value
class Ruling:
    """The verdict and why, in words."""

    allowed: Allowed
    permission: Permission
    why: str


NONE_YET = Permission()


def rule_on_permission(
    action: str,
    consent: Consent | None,
    held: Permission | None,
    definition: Definition,
    at: datetime | None = None,
    *,
    objected: datetime | None = None,
    declined: datetime | None = None,
) -> Ruling:
    """Decide by what they granted, what they asked for, or what we hold already.

    Refusing to be contacted wins over everything; a no to other purposes takes back those alone. Who asks for
    a demo, price, quote or call gives permission to answer by asking; anything else without a word waits
    until one comes. "Do not sell or share" wins over whatever was agreed to before it, in whichever order we
    hear of the two; and so does a no to being profiled.

    Args:
        at: When it was submitted.
        objected: When they said "do not sell or share", or their browser did (Sec-GPC: 1).
        declined: When they said no to being profiled alone, as in a website's banner.
    """
    held = held or NONE_YET
    if consent and consent.refuses:
        return Ruling(Allowed.NO, held, "They did not give permission to contact them")
    if held.opted_out:
        # They may have changed their mind, but a form that anybody can fill in does not prove it.
        return Ruling(Allowed.YES, held, "They asked not to be contacted: kept, but nobody may call or write")
    granted = set(consent.purposes) if consent and consent.granted else set()
    withdrawn = set(consent.withdrawn) if consent else set()
    if action == UNSUBSCRIBE:
        withdrawn.add("marketing")
    basis = (consent.basis or "consent") if consent and consent.granted else held.basis
    if action in definition.by_request and "contact" not in granted:
        granted.add("contact")
        basis = basis or "their request"
    when = (consent and consent.at) or at
    words = [(no, False) for no in (objected, declined) if no]
    if when and "profiling" in granted:
        words.append((when, True))
    if when and "profiling" in withdrawn:
        words.append((when, False))
    said = with_words(said_by(held), words) if words else held.said
    agreed = later(held.agreed_at, when if granted & OBJECTED_TO else None)
    last_objected = later(held.objected_at, objected)
    stands = last_objected is None or (agreed is not None and agreed > last_objected)
    if last_objected and when and when <= last_objected:
        granted -= OBJECTED_TO
    permission = Permission(
        contact=held.contact or "contact" in granted,
        marketing=(held.marketing or "marketing" in granted) and "marketing" not in withdrawn,
        profiling=allows(said) if said else held.profiling or "profiling" in granted,
        basis=basis,
        sharing=stands and (held.sharing or "sharing" in granted) and "sharing" not in withdrawn,
        objected_at=last_objected,
        agreed_at=agreed,
        said=said,
    )
    if permission.contact:
        return Ruling(Allowed.YES, permission, f"Permission: {basis}")
    days = definition.waits.days
    return Ruling(
        Allowed.WAITING, permission, f"Waiting for permission: it is kept {days} days until they give it"
    )


def withdrawal(held: Permission, purpose: str) -> dict[str, object]:
    """What a permission event says when one purpose is withdrawn; empty when it was not given.

    Contact is not withdrawn by itself: who may not be contacted at all has opted out (`stages.opt_out`).
    """
    if purpose not in PURPOSES or purpose == "contact" or not getattr(held, purpose):
        return {}
    return {purpose: False, "purposes": [], "withdrawn": [purpose]}


def later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two moments, where there are any."""
    if one is None or other is None:
        return one or other
    return max(one, other)
