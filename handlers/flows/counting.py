"""Seeing that every lead is counted by the rules of counting in force: whose days, and what is left out."""

from __future__ import annotations

from handlers.flows.office import Office, Rules
from qualification.kpi_cells import ContactClock, CountingRules

RECOUNT = "kpi.recount"
"""The topic of the job that counts the leads there are anew."""
AT_ONCE = 5
"""Pages that whoever asks for a number counts by themselves; more is left to the job."""


async def ready_to_count(office: Office, where: str) -> int:
    """Count what is not counted yet, if it is little; else have it done.

    Returns:
        How many leads are counted by older rules still, or not at all.
    """
    rules = await office.rules(where)
    if await _is_up_to_date(office, where, rules):
        return 0
    async with office.store.begin(where) as work:
        await work.counting.ensure(counting_rules(rules))
    for _ in range(AT_ONCE):
        if not await recount_page(office, where):
            return 0
    async with office.store.begin(where) as work:
        await work.outbox.put_once(RECOUNT, RECOUNT)
        return await work.counting.left()


def counting_rules(rules: Rules) -> CountingRules:
    """By what leads are counted now."""
    clock = ContactClock(rules.week, rules.definition.clocks.claim_to_touch)
    return CountingRules(rules.setup.zone, frozenset(rules.definition.left_out), clock)


async def recount_page(office: Office, where: str) -> int:
    """Count the next leads; how many."""
    async with office.store.begin(where) as work:
        return await work.counting.recount()


async def _is_up_to_date(office: Office, where: str, rules: Rules) -> bool:
    async with office.store.read(where) as work:
        counting = work.counting
        by = await counting.rules(await counting.newest())
        return by == counting_rules(rules) and not await counting.left()
