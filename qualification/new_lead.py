"""What a form, a file, a rep or a visitor hands in about a person, cleaned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from qualification.definition import PLAIN_NAME
from qualification.events import Fact
from qualification.lead import Copied, Profile
from qualification.past import Past
from qualification.permission import Consent, later
from qualification.value import value


@value(slots=False)
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
    objected_at: datetime | None = None
    """When they had said so before, under an id that turned out to be theirs."""
    declined_at: datetime | None = None
    """When they last said no to being profiled, as in a website's banner; None where they didn't."""
    unnamed: bool = False
    """Was done under an anonymous id: who agrees to be profiled later agrees to this, too."""
    undated: bool = False
    """A list told no date: the same action of the same person again is nothing new, whenever it was."""

    @property
    def refuses(self) -> bool:
        """They don't want to be contacted. That counts also when the rest of it is known already."""
        return self.consent is not None and self.consent.refuses

    @property
    def withdraws(self) -> bool:
        """They take back a purpose other than being contacted."""
        return self.consent is not None and bool(self.consent.withdrawn)

    @property
    def objection(self) -> datetime | None:
        """When they last said "do not sell or share", with this or before."""
        return later(self.objected_at, self.occurred_at if self.objects else None)

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
        data = self.profile.known
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
