"""A firm without Slack: leads come in and people act through the real flows, on a clock turned by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from handlers.flows.kpi import Told, answer
from handlers.flows.kpi_asking import read_parts
from handlers.flows.office import Office, Setup
from handlers.flows.receive import take_in
from qualification.arrival import NewLead
from qualification.events import Event
from qualification.lead import Profile
from qualification.matching import email_key
from qualification.past import Past
from qualification.permission import Consent
from store.intake import SpendRow
from store.store import Store
from tests.clock import Clock

DEFINITION = (Path(__file__).parents[2] / "qualification" / "definition.yml").read_text(encoding="utf-8")
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass
class Firm:
    """One workspace, its clock, and the leads by the name the story gives them."""

    office: Office
    where: str
    clock: Clock
    numbers: dict[str, int] = field(default_factory=dict)

    async def lead(
        self,
        name: str,
        *,
        at: datetime | None = None,
        action: str = "demo_request",
        source: str = "linkedin",
        campaign: str | None = None,
        variant: str | None = None,
        past: Past | None = None,
        permitted: bool = True,
    ) -> int:
        """This person does something; the first time they become a lead. 0 while permission is awaited."""
        email = f"{name}@{name}.example"
        new = NewLead(
            action=action,
            occurred_at=at or self.clock(),
            profile=Profile(email=email, first_name=name.title()),
            fact_id=uuid4().hex,
            email_key=email_key(email),
            source=source,
            campaign=campaign,
            variant=variant,
            consent=Consent(granted=True, purposes=("contact",), at=at or self.clock())
            if permitted
            else None,
            past=past,
        )
        (verdict,) = await take_in(self.office, self.where, [new])
        if not permitted and verdict.lead is None:
            return 0
        assert verdict.lead, verdict
        self.numbers[name] = int(verdict.lead.removeprefix("L-"))
        return self.numbers[name]

    async def did(self, name: str, events: Any, *, refold: bool = False) -> str:
        """Somebody acts on a lead: `events` makes the events from the lead at hand. Gives the step."""
        async with self.office.at_lead(self.where, self.numbers[name]) as at:
            made: Sequence[Event] = events(at.lead, at.now, at.rules.definition)
            return (await at.record(made, refold=refold)).step

    async def history(self, number: int) -> list[Event]:
        """Everything recorded about a lead."""
        async with self.office.store.read(self.where) as work:
            return await work.leads.history(number)

    async def spend(
        self, source: str, start: date, end: date, minor: int, currency: str = "EUR", campaign: str = ""
    ) -> None:
        """A campaign cost something."""
        async with self.office.store.begin(self.where) as work:
            row = SpendRow(source, campaign, start, end, minor, currency)
            await work.intake.save_spend([row], "UMARK", self.clock())

    async def asks(self, name: str, period: str = "", by: str = "", model: str = "") -> Told:
        """A manager asks."""
        question = await read_parts(self.office, self.where, name, period=period, by=by, model=model)
        return await answer(self.office, self.where, question, None)

    async def total(self, name: str, period: str = "", by: str = "") -> dict[str, Any]:
        """What the answer says in total, as machines read it."""
        told: Any = (await self.asks(name, period, by)).answer.to_json()
        return dict(told["total"])


@asynccontextmanager
async def firm(database_url: str, now: datetime, zone: ZoneInfo | None = None) -> AsyncIterator[Firm]:
    """A firm on this database, at this moment."""
    clock = Clock(now)
    store = Store(database_url)
    await store.open()
    try:
        where = await store.workspace()
        async with store.begin(where) as work:
            await work.house.put_in_force(DEFINITION, "installation", now)
        setup = Setup(managers=("UMAYA",), marketers=("UMARK",))
        office = Office(store, replace(setup, zone=zone) if zone else setup, clock)
        yield Firm(office, where, clock)
    finally:
        await store.close()
