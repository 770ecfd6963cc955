"""A stock of leads to work with, taken in the way HTTP hands them in."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from benchmarks.requests import person
from bot.settings import Settings
from handlers.flows.office import Office
from handlers.flows.receive import take_in
from handlers.http.lead_body import Reader, read_lead
from qualification.arrival import NewLead
from store.store import Store
from store.tables.jobs import jobs

BATCH = 500


def utc_now() -> datetime:
    """The moment."""
    return datetime.now(UTC)


async def opened(database: str) -> tuple[Office, str]:
    """An office on this database with the default rules in force, and its workspace."""
    store = Store(database)
    await store.open()
    where = await store.workspace()
    settings = Settings(_env_file=None)
    async with store.begin(where) as work:
        if await work.house.definition_text() is None:
            await work.house.put_in_force(settings.definition_text, "installation", utc_now())
    return Office(store, settings.setup, utc_now), where


async def arriving(office: Office, where: str, numbers: range) -> list[NewLead]:
    """These people's leads as the edge reads them."""
    rules = await office.rules(where)
    reader = Reader(rules.definition, "DE", ZoneInfo("UTC"), utc_now())
    return [read_lead(person(number), reader) for number in numbers]


async def stocked(database: str, count: int) -> list[int]:
    """Take in `count` leads, and forget what was to be told about them: the story begins afterwards.

    Returns:
        Their L-numbers.
    """
    office, where = await opened(database)
    found: list[int] = []
    try:
        for start in range(0, count, BATCH):
            leads = await arriving(office, where, range(start, min(start + BATCH, count)))
            verdicts = await take_in(office, where, leads)
            found += [int(v.lead.removeprefix("L-")) for v in verdicts if v.lead]
        async with office.store.begin(where) as work:
            await work.execute(delete(jobs))
    finally:
        await office.store.close()
    return found
