"""Seeing that every lead is counted by the rules of counting in force: whose days, and what is left out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

from handlers.flows.office import Office
from qualification.definition import Definition
from qualification.kpi_cells import ContactClock, CountingRules
from store.work import Work

RECOUNT = "kpi.recount"
"""The topic of the job that counts the leads there are anew."""
AT_ONCE = 5
"""Pages that whoever asks for a number counts by themselves; more is left to the job."""


async def begin_to_count(office: Office, where: str) -> None:
    """A bot starts: from now on days are those of the zone it was set to, for whoever asks anywhere.

    Whoever merely asks doesn't decide that: a command in a shell without our settings would have every lead
    counted anew, and the bot's next question again.
    """
    rules = await office.rules(where)
    async with office.store.begin(where) as work:
        await work.counting.ensure(counting_rules(rules.definition, office.own_zone))
    office.forget_rules()
    await ready_to_count(office, where)


@asynccontextmanager
async def all_counted(office: Office, where: str) -> AsyncIterator[tuple[Work, int]]:
    """A reading of what is counted by the rules in force, and how many leads are not: counted by older rules
    still, or not at all. Those are counted before if they are few; else that is begun."""
    rules = await office.rules(where)
    wanted = counting_rules(rules.definition, rules.setup.zone)
    async with office.store.read(where) as work:
        if await _is_up_to_date(work, wanted):
            yield work, 0
            return
    left = await _catch_up(office, where, wanted)
    async with office.store.read(where) as work:
        yield work, left


async def ready_to_count(office: Office, where: str) -> int:
    """Count what is not counted yet, if it is little; else have it done; how many are left to count."""
    async with all_counted(office, where) as (_, left):
        return left


async def _catch_up(office: Office, where: str, wanted: CountingRules) -> int:
    async with office.store.begin(where) as work:
        await work.counting.ensure(wanted)
    for _ in range(AT_ONCE):
        if not await recount_page(office, where):
            return 0
    async with office.store.begin(where) as work:
        await work.outbox.put_once(RECOUNT, RECOUNT)
        return await work.counting.left()


def counting_rules(definition: Definition, zone: ZoneInfo) -> CountingRules:
    """By what leads are counted under this definition, with the days of this zone."""
    clock = ContactClock(definition.clocks.week(zone), definition.clocks.claim_to_touch)
    return CountingRules(zone, frozenset(definition.left_out), clock)


async def recount_page(office: Office, where: str) -> int:
    """Count the next leads; how many."""
    async with office.store.begin(where, alone=True) as work:
        return await work.counting.recount()


async def _is_up_to_date(work: Work, wanted: CountingRules) -> bool:
    counting = work.counting
    return await counting.rules(await counting.newest()) == wanted and not await counting.left()
