"""Who the people are and what happened to each, read off the recorded events alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from qualification.events import Event

LEFT_OUT = ("spam", "test", "duplicate", "existing_customer")
OPEN = ("lead", "mql", "sql")
CLOSED = ("customer", "lost", "disqualified")
FURTHEST = ("lead", "disqualified", "lost", "nurture", "mql", "sql", "customer")
BACKS = ("undone", "unmerged")
KEEPS_EARNED = (*BACKS, "activity", "recounted", "permission", "details", "clock", "redated")
"""What may happen to an MQL that only two numbers together earned, and a later merge still judges it anew."""


@dataclass(frozen=True)
class Touch:
    """Something that makes a lead: when, what, and where it came from."""

    at: datetime
    action: str
    source: str
    campaign: str
    seq: int


@dataclass
class Person:
    """What happened to one lead, under whichever number."""

    created: datetime
    received: datetime
    source: str
    campaign: str
    variant: str
    imported: bool
    late: bool
    stage: str = "lead"
    reason: str | None = None
    owner: str | None = None
    held: tuple[int, str] | None = None
    """Under which number somebody got it: of two people's owners that of the older number stays."""
    opted_out: bool = False
    closed_by: str | None = None
    mql: datetime | None = None
    earned: bool = False
    sql: datetime | None = None
    sql_by: str | None = None
    won: datetime | None = None
    amount: tuple[int, str] | None = None
    lost: datetime | None = None
    claimed: datetime | None = None
    due: datetime | None = None
    let_go: datetime | None = None
    accepted: datetime | None = None
    contact: datetime | None = None
    contact_by: str | None = None
    rejected: datetime | None = None
    rejected_for: str | None = None
    since: datetime | None = None
    sleeps: datetime | None = None
    touches: list[Touch] = field(default_factory=list)
    did: list[Event] = field(default_factory=list)
    """Everything that stands, in the order in which it was recorded."""

    @property
    def valid(self) -> bool:
        """Whether rates count it."""
        return not (self.stage == "disqualified" and self.reason in LEFT_OUT)

    @property
    def open(self) -> bool:
        """Whether it may still buy."""
        return self.stage not in CLOSED

    @property
    def workable(self) -> bool:
        """Whether anybody should work on it."""
        return self.stage in OPEN and not self.opted_out

    def awake(self, now: datetime) -> bool:
        """Whether somebody should look after it now."""
        return self.workable and not (self.sleeps and self.sleeps > now)

    @property
    def timed(self) -> bool:
        """Whether we ever had a chance to be fast."""
        return not self.imported and not self.late

    def key(self, by: str | None) -> str:
        """What it counts under."""
        match by:
            case "source":
                return self.source
            case "campaign":
                return self.campaign or "no campaign"
            case "variant":
                return self.variant or "no variant"
            case "rep":
                return self.owner or "nobody"
            case _:
                return "all"


def is_somebody(actor: str) -> bool:
    """Whether a person did it, by how Slack calls people."""
    return actor[:1] in ("U", "W")


def standing(events: Sequence[Event]) -> list[Event]:
    """The events that were not taken back, nor given back to another number when two were split."""
    said = [event.data for event in events if event.kind in BACKS]
    gone = {step for data in said for step in (data["step"], *data.get("given_back", ()))}
    return [event for event in events if event.step not in gone or event.kind in BACKS]


def people(histories: Sequence[Sequence[Event]]) -> list[Person]:
    """Everybody, by their oldest number; leads that were merged are one person."""
    told = [(events[0].data["number"], event) for events in histories for event in standing(events)]
    found: dict[int, Person] = {}
    for number, event in sorted(told, key=lambda one: one[1].seq):
        if event.kind == "created":
            found[number] = _begun(event)
        elif event.kind == "merged" and "other" in event.data:
            found[number] = _one(found[number], found.pop(event.data["other"]))
            _earns(found[number], event)
        elif number in found:
            _happens(found[number], event, number)
        if number in found:
            found[number].did.append(event)
    return [found[number] for number in sorted(found)]


def _begun(first: Event) -> Person:
    data, received = first.data, datetime.fromisoformat(first.data["received_at"])
    late = received - first.at > timedelta(hours=24)
    words = (data.get("source", "unknown"), data.get("campaign", ""), data.get("variant", ""))
    return Person(first.at, received, *words, bool(data.get("imported")), late, since=first.at)


def _one(a: Person, b: Person) -> Person:
    """One person of two; `a` has the older number."""
    a, b = _alone(a), _alone(b)
    far = max((a, b), key=_how_far)
    origin = min((a, b), key=_origin)
    received = min((a, b), key=lambda x: (x.received, x.late))
    one = replace(
        far,
        **{name: getattr(origin, name) for name in ("created", "source", "campaign", "variant")},
        **{name: getattr(received, name) for name in ("received", "late")},
        imported=a.imported and b.imported,
        opted_out=a.opted_out or b.opted_out,
        held=min((x.held for x in (a, b) if x.held), default=None),
        sleeps=min(a.sleeps, b.sleeps) if a.sleeps and b.sleeps else None,
        touches=a.touches + b.touches,
        did=sorted(a.did + b.did, key=lambda event: event.seq),
    )
    one.owner = one.held[1] if one.held and far.stage != "nurture" else None
    one.since = one.created if far.stage == "lead" else far.since
    for name in ("mql", "claimed", "due", "let_go", "accepted", "lost"):
        setattr(one, name, min((x for x in (getattr(a, name), getattr(b, name)) if x), default=None))
    for name, other in (
        ("sql", "sql_by"), ("contact", "contact_by"), ("rejected", "rejected_for"), ("won", "amount"),
    ):  # fmt: skip
        first = min((x for x in (a, b) if getattr(x, name)), key=lambda x: getattr(x, name), default=a)
        setattr(one, name, getattr(first, name))
        setattr(one, other, getattr(first, other))
    return one


def _alone(x: Person) -> Person:
    """As it counts in a merge: without what an earlier merge earned."""
    if x.earned and x.stage == "mql":
        return replace(x, earned=False, stage="lead", since=x.created, mql=None)
    return replace(x, earned=False)


def _how_far(x: Person) -> tuple[Any, ...]:
    bought, since = x.stage == "customer", (x.since or x.created).timestamp()
    return bought, x.opted_out and not bought, FURTHEST.index(x.stage), -since, x.reason or ""


def _origin(x: Person) -> tuple[Any, ...]:
    return x.created, x.source == "unknown", x.source, x.campaign, x.variant


def _earns(one: Person, event: Event) -> None:
    """Neither was an MQL, but what both did makes one."""
    if event.data.get("mql_at") and one.stage == "lead":
        one.stage, one.earned = "mql", True
        one.mql = one.since = datetime.fromisoformat(event.data["mql_at"])


def _happens(one: Person, event: Event, number: int) -> None:
    data = event.data
    one.earned = one.earned and event.kind in KEEPS_EARNED
    match event.kind:
        case "activity" if data.get("qualifies"):
            _touches(one, event)
        case "claimed" | "taken" | "reassigned":
            _owns(one, data.get("to", event.actor), event.at, number)
        case "released":
            one.owner = one.held = None
        case "snoozed":
            one.sleeps = datetime.fromisoformat(data["until"]) if data.get("until") else None
        case "opted_out" | "erased":
            one.opted_out, one.sleeps = True, None
        case "clock" if one.claimed is None:
            due = datetime.fromisoformat(data["due"])
            one.due = min(one.due or due, due)
        case "touched" | "answered":
            if (one.owner or event.kind == "touched") and one.contact is None:
                one.contact, one.contact_by = event.at, event.actor
            if one.owner:
                one.accepted = one.accepted or event.at
        case "redated":
            _redated(one, event)
        case "unmerged":
            one.__dict__.update(_alone(one).__dict__)
            _earns(one, event)
        case "stage":
            _moves(one, event, number)


def _redated(one: Person, event: Event) -> None:
    if event.data.get("withdrawn"):
        one.mql, one.stage, one.since = None, "lead", event.at
        return
    one.since = event.at if one.stage == "mql" and one.since == one.mql else one.since
    one.mql = event.at


def _touches(one: Person, event: Event) -> None:
    """The first touch dates a lead and says where it is from, also when we hear of it late."""
    data = event.data
    words = (data.get("source", "unknown"), data.get("campaign", ""), data.get("variant", ""))
    one.touches.append(Touch(event.at, data["action"], *words[:2], event.seq))
    as_if = replace(one, created=event.at, source=words[0], campaign=words[1], variant=words[2])
    if _origin(as_if) < _origin(one):
        one.created, (one.source, one.campaign, one.variant) = event.at, words
        one.since = event.at if one.stage == "lead" else one.since


def _owns(one: Person, who: str, at: datetime, number: int) -> None:
    one.owner, one.held, one.sleeps = who, (number, who), None
    one.claimed = one.claimed or at


def _moves(one: Person, event: Event, number: int) -> None:
    to, data = str(event.data["to"]), event.data
    one.stage, one.reason, one.since, one.sleeps = to, data.get("reason"), event.at, None
    by_hand = is_somebody(event.actor)
    if to not in ("mql", "sql") and by_hand and one.due and not one.claimed:
        one.let_go = one.let_go or event.at
    match to:
        case "mql":
            one.mql = one.mql or event.at
            if data["from"] != "lead":
                one.owner = one.held = None
            if data.get("back_to"):
                _owns(one, data["back_to"], event.at, number)
        case "sql" if one.sql is None:
            one.sql, one.sql_by = event.at, data.get("by") or event.actor
        case "customer":
            one.won = event.at
            paid = data.get("amount_minor")
            one.amount = None if paid is None else (paid, data["currency"])
        case "lost":
            one.lost = one.lost or event.at
        case "nurture":
            one.owner = one.held = None
        case "disqualified":
            one.closed_by = data.get("by") or event.actor
            if one.sql is None and one.rejected is None and is_somebody(one.closed_by):
                one.rejected, one.rejected_for = event.at, data["reason"]
    one.held = (number, one.owner) if one.owner else None
