"""Segment's and RudderStack's calls, read: who (hashed), what and when. Nothing else of them is kept.

Source: Segment, "Spec" (identify, track, page, screen, group, alias, batch, common fields).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from handlers.http.contact import key_of_email
from handlers.http.event_visit import experiment_seen, inner, is_experiment, read_visit
from handlers.http.lead_body import Reader, read_lead
from handlers.http.told import BadBody, Mistake, kind_of
from qualification.arrival import NewLead, too_far_ahead
from qualification.behaviour import PAGE, SCREEN, plain_event
from qualification.experiments import experiment_key
from qualification.lead import LETTERS
from qualification.permission import Consent
from qualification.signal import OLDEST, Signal, happened_at, hashed

CALLS = ("identify", "track", "page", "screen", "group", "alias")
OBJECTS = "do_not_sell_or_share"
"""What says in a body, ours or a lead's, that the browser sent Sec-GPC: 1."""
LONGEST_ID = 500
_TRAITS = {
    "email": "email", "phone": "phone", "firstName": "first_name", "first_name": "first_name",
    "lastName": "last_name", "last_name": "last_name", "name": "name", "title": "title", "company": "company",
    "employees": "employees", "industry": "industry", "country": "country", "website": "website",
    "consent": "consent",
}  # fmt: skip
"""Traits that say who somebody is; all others are dropped, for nobody asked them to be kept."""
_GROUP = {"name": "company", "employees": "employees", "industry": "industry", "website": "website"}
_REQUEST = ("message", *LETTERS)
"""What else a track event may tell that a form tells."""
_DELIVERED = "email delivered"
_MAIL_IDS = ("email_id", "message_id", "email_message_id")


@dataclass(frozen=True, slots=True)
class Ear:
    """What reading needs to know besides the message."""

    reader: Reader
    workspace: str
    sent_at: object = None
    """The batch's own, where a message has none."""
    context: Mapping[str, Any] | None = None
    """The batch's own; a message's wins."""
    objects: bool = False
    """The request came with Sec-GPC: 1."""

    def hashed(self, kind: str, value: str | None) -> str | None:
        """An id as we keep it."""
        return hashed(self.workspace, kind, value) if value else None


def read_signal(body: object, ear: Ear, call: str | None = None) -> Signal:
    """One call of any kind.

    Args:
        call: What the address says it is; the message's own `type` otherwise.
    Raises:
        BadBody: it says nothing we could use, or something impossible; has the place and why.
    """
    if not isinstance(body, Mapping):
        raise BadBody([Mistake("", f"Must be an object, not {kind_of(body)}")])
    kind = call or body.get("type")
    if kind not in CALLS:
        raise BadBody([Mistake("type", f"Must be one of {', '.join(CALLS)}")])
    account, visitor = _id(body, "userId"), _id(body, "anonymousId")
    if not (account or visitor):
        raise BadBody([Mistake("userId", "The message has neither anonymousId nor userId")])
    context = {**(ear.context or {}), **_mapping(body, "context")}
    at = _moment(body, ear)
    properties = _properties(kind, body, context)
    event = _event(kind, body)
    objects = ear.objects or body.get(OBJECTS) is True
    who = _who(kind, body, context, properties, at, ear)
    visit = read_visit(event, properties, context, ear.reader)
    watches = is_experiment(event)
    experiment, arm = experiment_seen(properties) if watches else (None, None)
    mail = next((str(properties[name]) for name in _MAIL_IDS if properties.get(name)), "")
    return Signal(
        replace(visit, at=at, visitor=ear.hashed("visitor", visitor), account=ear.hashed("account", account)),
        message=ear.hashed("message", _id(body, "messageId")) or "",
        who=who,
        identifies=kind in ("identify", "group", "alias"),
        previous=_previous(kind, body, ear),
        profiling=False if objects else _profiling(context, who, ear),
        objects=objects,
        mail=ear.hashed("mail", f"{mail}\n{account or visitor}" if mail else None) or "",
        delivered=_time(properties.get("delivered_at")),
        is_delivery=plain_event(event) == _DELIVERED,
        looks=watches or kind in (PAGE, SCREEN),
        experiment=experiment_key(experiment) if experiment and arm else "",
        arm=arm or "" if experiment else "",
    )


def _id(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)) > LONGEST_ID:
        raise BadBody([Mistake(name, f"Must be text of at most {LONGEST_ID} characters")])
    return str(value)


def _mapping(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadBody([Mistake(name, f"Must be an object, not {kind_of(value)}")])
    return value


def _moment(body: Mapping[str, Any], ear: Ear) -> datetime:
    now = ear.reader.now.astimezone(UTC)
    original = _told_time(body, "originalTimestamp") or _told_time(body, "timestamp")
    sent = _told_time(body, "sentAt") or _time(ear.sent_at)
    forwarded = _time(body.get("receivedAt"))
    if forwarded and _time(body.get("originalTimestamp")) and body.get("timestamp"):
        # Forwarded by Segment, which has corrected `timestamp` by its own clock already. Where that lies
        # ahead of us it is our clock that is behind: a refusal would lose it, for 200 is not sent again.
        original = _told_time(body, "timestamp")
        sent = forwarded if original and original > now else None
    try:
        at = happened_at(now, sent, original)
    except OverflowError:
        raise BadBody([Mistake("timestamp", "Lies outside any calendar")]) from None
    if too_far_ahead(at, now):
        raise BadBody([Mistake("timestamp", "Lies in the future")])
    if now - at > OLDEST:
        raise BadBody([Mistake("timestamp", "Lies more than a year back: import history from a file")])
    return at


def _told_time(body: Mapping[str, Any], name: str) -> datetime | None:
    value = body.get(name)
    if value is None or value == "":
        return None
    told = _time(value)
    if told is None:
        raise BadBody([Mistake(name, "Must be a time as “2026-11-02T09:30:00.000Z”")])
    return told


def _time(value: object) -> datetime | None:
    """A time in ISO 8601, or None where it is none. Without a zone it is meant in UTC, as Segment's are."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _event(kind: str, body: Mapping[str, Any]) -> str:
    if kind != "track":
        return kind
    event = body.get("event")
    if not isinstance(event, str) or not event.strip():
        raise BadBody([Mistake("event", "A track call must name its event")])
    return event[:200]


def _properties(kind: str, body: Mapping[str, Any], context: Mapping[str, Any]) -> Mapping[str, Any]:
    """What rules may ask for: the call's own properties, and of a page where it stands."""
    told = dict(_mapping(body, "properties"))
    if kind in (PAGE, SCREEN):
        page = {name: value for name, value in inner(context, "page").items() if name not in told}
        told |= page
        if isinstance(body.get("name"), str):
            told.setdefault("name", body["name"])
    return told


def _who(
    kind: str,
    body: Mapping[str, Any],
    context: Mapping[str, Any],
    properties: Mapping[str, Any],
    at: datetime,
    ear: Ear,
) -> NewLead | None:
    """Contact data, profile and consent in the traits, and in the properties of what may be a form."""
    if kind == "group":
        told = _picked(_mapping(body, "traits"), _GROUP)
    else:
        told = _picked(inner(context, "traits"), _TRAITS)
        told |= _picked(_mapping(body, "traits"), _TRAITS)
        if kind == "track":
            told |= {k: v for k, v in _picked(properties, _TRAITS).items() if k in ("email", "phone")}
            told |= {name: properties[name] for name in _REQUEST if isinstance(properties.get(name), str)}
        account = body.get("userId")
        if "email" not in told and isinstance(account, str) and key_of_email(account.strip()):
            told["email"] = account  # many a product calls its users by their address
    if not told and not _granted(context, ear):
        return None
    try:
        read = read_lead(told, ear.reader)
    except BadBody as bad:
        raise BadBody([Mistake(f"traits.{m.path}", m.message) for m in bad.mistakes]) from None
    consent = _consent(read.consent, context, ear)
    return replace(read, action="", occurred_at=at, consent=consent, source=None, warnings=(), extra={})


def _picked(traits: Mapping[str, Any], wanted: Mapping[str, str]) -> dict[str, Any]:
    found = {ours: traits[theirs] for theirs, ours in wanted.items() if traits.get(theirs) not in (None, "")}
    company = found.get("company")
    if isinstance(company, Mapping):
        found.pop("company")
        inside = {"name": "company", "employee_count": "employees", "industry": "industry"}
        found |= {ours: company[theirs] for theirs, ours in inside.items() if company.get(theirs)}
    address = traits.get("address")
    if isinstance(address, Mapping) and address.get("country"):
        found.setdefault("country", address["country"])
    return found


def _categories(context: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The website's own consent: category → true or false; None when it says nothing."""
    said = inner(context, "consent").get("categoryPreferences")
    return said if isinstance(said, Mapping) and said else None


def _profiling(context: Mapping[str, Any], who: NewLead | None, ear: Ear) -> bool | None:
    if who and who.consent and who.consent.granted and "profiling" in who.consent.purposes:
        return True
    return None if _categories(context) is None else _granted(context, ear)


def _granted(context: Mapping[str, Any], ear: Ear) -> bool:
    names = ear.reader.definition.behaviour.profiling
    return any(
        value is True and str(name).lower() in names for name, value in (_categories(context) or {}).items()
    )


def _consent(told: Consent | None, context: Mapping[str, Any], ear: Ear) -> Consent | None:
    """What the traits say, as in our own lead body, and with it what the website's banner was told."""
    if told is not None and not told.granted:
        return told
    if not _granted(context, ear):
        return told
    if told is None:
        return Consent(True, ("profiling",))
    return replace(told, purposes=tuple(dict.fromkeys((*told.purposes, "profiling"))))


def _previous(kind: str, body: Mapping[str, Any], ear: Ear) -> tuple[str, ...]:
    if kind != "alias":
        return ()
    before = _id(body, "previousId")
    if before is None:
        raise BadBody([Mistake("previousId", "An alias call names the id that was used before")])
    return hashed(ear.workspace, "visitor", before), hashed(ear.workspace, "account", before)
