"""Words for telling a lead's story in a test: who comes in, what a rep does, what the rules make of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import qualification
from qualification.arrival import Arrival, NewLead, judge
from qualification.definition import Definition, parse_definition
from qualification.events import Event, Fact
from qualification.history import apply
from qualification.lead import Lead, Profile
from qualification.permission import Consent
from qualification.qualify import Call, call_facts, save_call

YAML = (Path(qualification.__file__).parent / "definition.yml").read_text(encoding="utf-8")
RULES: Definition = parse_definition(YAML)
WEEK = RULES.clocks.week(ZoneInfo("UTC"))
MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
YES = Consent(granted=True, purposes=("contact", "marketing", "profiling"))
_ids = count(1)

NAMED = Profile(email="ada@acme.example", first_name="Ada", last_name="L")
"""Name and work mail only: fit 15."""
FIT: Mapping[int, Profile] = {
    15: NAMED,
    20: Profile(email="ada@acme.example", employees=100),
    30: Profile(
        email="ada@acme.example", title="VP Engineering", employees=250, industry="software", country="DE"
    ),
}
"""A profile for each fit the worked rows need."""


def after(hours: float = 0, days: float = 0) -> datetime:
    """A moment that long after Monday morning."""
    return MONDAY + timedelta(days=days, hours=hours)


def form(
    action: str = "demo_request",
    at: datetime = MONDAY,
    profile: Profile = NAMED,
    consent: Consent | None = YES,
    **more: Any,
) -> NewLead:
    """A submission by somebody whose e-mail address (or phone) is their key."""
    keys = {"email_key": profile.email, "phone_key": profile.phone}
    fact = more.pop("fact_id", None) or f"fact-{next(_ids)}"
    return NewLead(profile, action, at, fact, consent=consent, **{**keys, **more})


class Story:
    """One lead as it goes along, with every event and fact kept."""

    def __init__(self, definition: Definition = RULES) -> None:
        self.definition = definition
        self.lead: Lead | None = None
        self.events: list[Event] = []
        self.facts: dict[str, Mapping[str, Any]] = {}

    @property
    def now_is(self) -> Lead:
        assert self.lead is not None
        return self.lead

    def comes_in(self, new: NewLead, now: datetime | None = None) -> Arrival:
        """Somebody hands in a form; we receive it at `now`."""
        arrival = judge(new, self.lead, 1042, now or new.occurred_at, self.definition, WEEK)
        self.facts[new.fact_id] = new.fact.data
        self._add(arrival.events)
        if arrival.events:
            self.lead = arrival.lead
        return arrival

    def does(self, events: Iterable[Event], step: str = "", facts: Sequence[Fact] = ()) -> Lead:
        """A person does something."""
        self.facts |= {fact.id: fact.data for fact in facts}
        for event in self._add(events, step):
            self.lead = apply(self.lead, event, self.facts)
        return self.now_is

    def qualifies(self, rep: str, call: Call, now: datetime, step: str = "") -> list[Event]:
        """A rep saves the Qualify dialog."""
        facts = call_facts(self.now_is, call, now, lambda: f"fact-{next(_ids)}")
        events = save_call(self.now_is, rep, call, now, self.definition, facts)
        self.does(events, step, facts)
        return events

    def _add(self, events: Iterable[Event], step: str = "") -> list[Event]:
        added = [
            Event(e.kind, e.at, e.actor, e.data, e.version, step, len(self.events) + place)
            for place, e in enumerate(events, 1)
        ]
        self.events += added
        return added
