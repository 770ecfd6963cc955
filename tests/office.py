"""The office without Slack: real flows on a real database, for stories about what is saved."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.settings import DEFINITION
from handlers.flows.office import Office, Setup
from handlers.flows.receive import Verdict, take_in
from handlers.http.lead_body import Reader, read_lead
from qualification.arrival import NewLead
from qualification.lead import Lead
from store.store import Store
from tests.clock import Clock
from tests.house import DEMO


@dataclass
class Desk:
    """An office with its workspace; `clock` is turned by hand."""

    office: Office
    where: str
    clock: Clock

    async def new(self, **fields: Any) -> NewLead:
        """A demo request as the intake reads it, with these fields instead; None leaves one out."""
        rules = await self.office.rules(self.where)
        reader = Reader(rules.definition, rules.setup.country, rules.setup.zone, self.clock(), "intake")
        return read_lead({k: v for k, v in {**DEMO, **fields}.items() if v is not None}, reader)

    async def take_in(self, *arriving: NewLead) -> list[Verdict]:
        """Hand these in, in one transaction."""
        return await take_in(self.office, self.where, arriving)

    async def form(self, **fields: Any) -> Verdict:
        """One form."""
        return (await self.take_in(await self.new(**fields)))[0]

    async def lead(self, number: int) -> Lead:
        """As it is saved."""
        return (await self.office.look(self.where, number)).lead


@asynccontextmanager
async def open_office(
    database_url: str, clock: Clock | None = None, wall: Callable[[], datetime] | None = None
) -> AsyncIterator[Desk]:
    """An office on this database; the definition is put in force if none is."""
    clock = clock or Clock()
    store = Store(database_url, wall or clock)
    await store.open()
    try:
        where = await store.workspace()
        async with store.begin(where) as work:
            if await work.house.definition_text() is None:
                await work.house.put_in_force(DEFINITION.read_text(encoding="utf-8"), "test", clock())
        yield Desk(Office(store, Setup(zone=ZoneInfo("Europe/Berlin")), clock), where, clock)
    finally:
        await store.close()
