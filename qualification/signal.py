"""One thing a website, a product or a mailer tells about a visitor, cleaned: who (hashed), what and when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from qualification.new_lead import NewLead
from qualification.permission import UNSUBSCRIBE, Consent

CAPTURED_BY = "events"
"""What the history calls whoever hands these in."""
KEPT = timedelta(days=90)
"""How long the activity of somebody unknown is kept under their anonymous id."""
OLDEST = timedelta(days=365)
"""What happened longer ago is history: it is imported by file, with its dates."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Something an unknown visitor did, without anything personal: no address, no network, no full URL."""

    at: datetime
    action: str
    """An action of the definition; "" for an experiment's arm that they saw."""
    visitor: str | None = None
    """Hash of the anonymous id."""
    account: str | None = None
    """Hash of the user id."""
    uncounted: str = ""
    source: str = "unknown"
    campaign: str | None = None
    variant: str | None = None
    """Experiment and arm."""
    id: int | None = None
    """Its row; None until it is kept."""
    trace: str = ""
    """The request that told us; "" for what was kept before."""

    @property
    def keys(self) -> tuple[str, ...]:
        """By what it is found when somebody turns out to be who did it: the user id first."""
        return tuple(key for key in (self.account, self.visitor) if key)


@dataclass(frozen=True, slots=True)
class Signal:
    """One call: something was done (`visit.action`), or somebody said who they are (`who`), or both."""

    visit: Visit
    message: str = ""
    """Hash of its messageId, by which a repeat is known; "" without one."""
    who: NewLead | None = None
    """Contact data, profile, message and consent that came with it; None when nothing did."""
    identifies: bool = False
    """It says who somebody is (identify, group, alias), and nothing was done."""
    previous: tuple[str, ...] = ()
    """Hashes of ids they had before (alias)."""
    profiling: bool | None = None
    """What they said on the website about being profiled; None when nothing was said."""
    objects: bool = False
    """Their browser says "do not sell or share" (Sec-GPC: 1)."""
    mail: str = ""
    """Hash that names the e-mail it is about, and whose; "" when none is."""
    delivered: datetime | None = None
    """When that e-mail arrived, where the message tells itself."""
    is_delivery: bool = False
    looks: bool = False
    """A page, a screen or an arm of an experiment was seen."""
    experiment: str = ""
    arm: str = ""
    """The experiment and its arm that were seen, where both are told."""

    @property
    def unsubscribes(self) -> bool:
        """They want no more mail from us."""
        return self.visit.action == UNSUBSCRIBE

    @property
    def no_more_mail(self) -> Consent:
        """What unsubscribing says of permission."""
        return Consent(False, ("marketing",), at=self.visit.at)

    @property
    def declines(self) -> bool:
        """The website's banner was told not to profile them, in so many words."""
        return self.profiling is False and not self.objects

    @property
    def keys(self) -> tuple[str, ...]:
        """Every id it carries."""
        return (*self.visit.keys, *self.previous)


def hashed(workspace: str, kind: str, value: str) -> str:
    """An id of another system as we keep it: ids there may be addresses.

    Args:
        kind: What sort of id it is: the same text as a user id and as an anonymous id is not one person.
    """
    return hashlib.sha256(f"{workspace}\n{kind}\n{value}".encode("utf-8", "replace")).hexdigest()[:40]


def happened_at(received: datetime, sent: datetime | None, original: datetime | None) -> datetime:
    """When it happened by our clock: `received − (sent − original)`, never after we heard of it.

    The sender's clock may be wrong, but it was equally wrong both times; what took long was the way to us.

    Source: Segment, "Spec: Common Fields", on timestamps.
    """
    if original is None:
        return received
    if sent is None:
        return min(original, received) if original - received <= timedelta(minutes=5) else original
    return min(received - (sent - original), received)
