"""What every flow works with: the store, the clock, the rules in force, and one lead at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from handlers.flows.guessing import Guesses
from handlers.flows.keyring import Keyring
from handlers.flows.news import jobs_about
from qualification.calendar import WorkWeek
from qualification.definition import Definition
from qualification.errors import Refused
from qualification.events import Event, Fact
from qualification.lead import Lead
from qualification.masking import Level, level_of, strictest
from qualification.seen import Seen, see
from store.house import Person
from store.store import Store
from store.work import Work

UTC = ZoneInfo("UTC")
PLACES = "places"
"""The setting that keeps who can read where (handlers/slack/places.py learns it)."""
FRESH = 5.0
"""Seconds for which rules may be remembered: another replica's change is seen at most this much later."""


class NoSuchLead(Refused):
    """No lead has this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no L-{number}. Try `/lead find` with a name or a company.")


class LeadErased(Refused):
    """Nothing is left of them to work on."""

    def __init__(self, lead: Lead) -> None:
        super().__init__(
            f"{lead.name}: this person's data was erased, so nothing can be done with it any more."
        )


@dataclass(frozen=True, slots=True)
class Setup:
    """What was decided at installation: by environment, or asked in App Home."""

    zone: ZoneInfo = UTC
    country: str = "DE"
    currency: str = "EUR"
    leads_channel: str = ""
    alerts_channel: str = ""
    admins: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    marketers: tuple[str, ...] = ()
    reps_group: str = ""
    crm_url: str = ""
    leads_privacy: str = ""
    alerts_privacy: str = ""
    """What these channels show: full, masked, number; "" goes by who can read them."""
    public_url: str = ""
    """Where people reach us from outside; without it nobody can be given a page of their own."""

    @property
    def managing(self) -> tuple[str, ...]:
        """Managers and admins, each once."""
        return tuple(dict.fromkeys((*self.managers, *self.admins)))


SETTABLE = (
    "leads_channel",
    "alerts_channel",
    "admins",
    "managers",
    "marketers",
    "reps_group",
    "crm_url",
    "leads_privacy",
    "alerts_privacy",
)
"""What App Home may set when the environment does not."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The definition in force and the setup, as one flow sees them."""

    definition: Definition
    setup: Setup
    week: WorkWeek
    names: Mapping[str, str] = field(default_factory=dict)
    """What people are called, by Slack id: to speak of somebody without calling them."""
    outside: frozenset[str] = frozenset()
    """Channels that guests or other companies can read."""
    guests: frozenset[str] = frozenset()
    channels: Mapping[str, str] = field(default_factory=dict)
    """Ids of the channels we are in, by name: settings may name them either way."""
    secret: str = ""
    """The key of the suppression list's hashes; empty while nobody is on it, so that nothing is looked up."""

    def level(self, channel: str, person: str | None = None) -> Level:
        """How much of a lead may be shown in a channel ("" for none), to a person."""
        setup, chosen = self.setup, ""
        if channel and channel == self._id(setup.leads_channel):
            chosen = setup.leads_privacy
        elif channel and channel == self._id(setup.alerts_channel):
            chosen = setup.alerts_privacy
        here = level_of(chosen, channel, self.outside)
        return strictest(here, Level.MASKED) if person in self.guests else here

    def _id(self, name: str) -> str:
        plain = name.strip().lstrip("#")
        return self.channels.get(plain, plain)

    def see(self, lead: Lead, now: datetime) -> Seen:
        """The lead as the screens show it."""
        return see(lead, self.definition, now, self.setup.zone)


@dataclass(frozen=True, slots=True)
class Saved:
    """A lead after a flow. `step` is what Undo takes back; empty when nothing changed."""

    lead: Lead
    step: str


@dataclass
class AtLead:
    """One lead, ours alone until the transaction ends."""

    work: Work
    lead: Lead
    rules: Rules
    now: datetime
    step: str = field(default_factory=lambda: uuid4().hex)

    async def once(self, key: str) -> bool:
        """Whether this is the first time for `key`, e.g. the id of a dialog: its step is named after it."""
        self.step = key or self.step
        return not await self.work.leads.step(self.lead.number, self.step)

    async def record(
        self, events: Sequence[Event], facts: Sequence[Fact] = (), *, refold: bool = False
    ) -> Saved:
        """Save what happened, and queue what others must learn. Nothing happened: nothing is saved."""
        if not events:
            return Saved(self.lead, "")
        before = self.lead
        known: dict[str, Any] = {
            "step": self.step,
            "definition": self.rules.definition,
            "country": self.rules.setup.country,
            "now": self.now,
        }
        if refold:
            change = await self.work.leads.rewrite(before, events, **known)
        else:
            change = await self.work.leads.record(before, events, facts, **known)
        self.lead = change.after
        if before.permission.profiling and not self.lead.permission.profiling:
            await self.work.watched.forget_lead(self.lead.number)
        await self.work.outbox.put_many(
            jobs_about(before, self.lead, change.events, self.rules.definition, self.rules.week)
        )
        return Saved(self.lead, self.step)


class Office:
    """The store and the rules, for all flows.

    Attributes:
        guesses: Who of the workspace's people tried wrong admin codes lately.
    Args:
        setup: What the environment decides; the rest comes from the workspace's own settings.
        clock: Gives the moment, aware, in UTC.
    """

    def __init__(self, store: Store, setup: Setup, clock: Callable[[], datetime]) -> None:
        self.store = store
        self.clock = clock
        self.keyring = Keyring(store, clock)
        self.guesses = Guesses()
        self._environment = setup
        self._rules: dict[str, tuple[float, Rules]] = {}
        self._forgotten = 0
        self._reading = asyncio.Lock()

    async def rules(self, where: str) -> Rules:
        """The rules in force in a workspace, at most FRESH seconds old."""
        kept = self._rules.get(where)
        if kept and time.monotonic() - kept[0] < FRESH:
            return kept[1]
        async with self._reading:
            kept = self._rules.get(where)
            if kept and time.monotonic() - kept[0] < FRESH:
                return kept[1]
            forgotten = self._forgotten
            async with self.store.read(where) as work:
                definition = await work.house.definition()
                chosen = await work.house.settings()
                setup = merged(self._environment, chosen)
                # Days are those that leads are counted by: what a bot said as it started.
                counted = await work.counting.rules(await work.counting.newest())
                setup = setup if counted is None else replace(setup, zone=counted.zone)
                secret = await work.privacy.secret()
                people = await work.house.people()
            setup = with_ids(setup, people)
            names = {person.user: person.name or person.handle for person in people}
            rules = Rules(definition, setup, definition.clocks.week(setup.zone), names)
            places = chosen.get(PLACES) or {}
            rules = replace(
                rules,
                outside=frozenset(places.get("outside", ())),
                guests=frozenset(places.get("guests", ())),
                channels=places.get("names", {}),
                secret=secret,
            )
            if forgotten == self._forgotten:  # else they changed while we were reading
                self._rules[where] = (time.monotonic(), rules)
            return rules

    @property
    def fixed(self) -> frozenset[str]:
        """What the environment decides, so that App Home can't."""
        return frozenset(name for name in SETTABLE if getattr(self._environment, name))

    @property
    def own_zone(self) -> ZoneInfo:
        """The zone this process was set to; the workspace's (`Setup.zone`) is that of the bot."""
        return self._environment.zone

    def forget_rules(self) -> None:
        """Somebody changed them here: read them anew at once."""
        self._forgotten += 1
        self._rules.clear()

    @asynccontextmanager
    async def at_lead(self, where: str, number: int) -> AsyncIterator[AtLead]:
        """One transaction on one lead; a number that was merged into another one leads there.

        Raises:
            NoSuchLead: no lead has this number.
            LeadErased: there is nothing left of it.
        """
        rules = await self.rules(where)
        async with self.store.begin(where) as work:
            lead = await work.leads.standing(number, lock=True)
            if lead is None:
                raise NoSuchLead(number)
            if lead.erased:
                raise LeadErased(lead)
            yield AtLead(work, lead, rules, self.clock())

    async def look(self, where: str, number: int) -> Seen:
        """The lead as it stands, to look at only."""
        rules = await self.rules(where)
        async with self.store.read(where) as work:
            lead = await work.leads.standing(number)
        if lead is None:
            raise NoSuchLead(number)
        return rules.see(lead, self.clock())


def with_ids(setup: Setup, people: Sequence[Person]) -> Setup:
    """Roles given by e-mail address or handle as Slack ids; whoever is not in the workspace has no role."""
    known = {key: p.user for p in people for key in (p.handle.lower(), p.email.lower()) if key}
    ids = {p.user for p in people}

    def found(names: tuple[str, ...]) -> tuple[str, ...]:
        plain = (name.lstrip("@") for name in names)
        # An id counts even before the member list was read.
        return tuple(
            n if n in ids or (n[:1] in "UW" and n.isupper()) else known.get(n.lower(), "") for n in plain
        )

    return replace(
        setup,
        admins=tuple(filter(None, found(setup.admins))),
        managers=tuple(filter(None, found(setup.managers))),
        marketers=tuple(filter(None, found(setup.marketers))),
    )


def merged(environment: Setup, kept: dict[str, Any]) -> Setup:
    """The environment's word first, then what was asked in App Home."""
    fill: dict[str, Any] = {}
    for name in SETTABLE:
        value = kept.get(name)
        if value and not getattr(environment, name):
            fill[name] = tuple(value) if isinstance(value, list) else value
    return replace(environment, **fill)
