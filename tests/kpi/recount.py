"""The day-wise counts as they are kept, and as a full recount of every lead gives them.

What a lead adds is taken from `cells_of`: whether that is right, `reference.py` tells, which knows no cells.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from zoneinfo import ZoneInfo

from sqlalchemy import select

from handlers.flows.office import Office
from qualification.kpi_cells import Amount, Cell, ContactClock, CountingRules, cells_of, dims_of
from store.counting import cells_in
from store.kpi_fold import places_of
from store.tables.counting import SPAN, kpi_changes, kpi_days, kpi_spans
from tests.kpi.firm import BERLIN
from tests.numbers import all_numbers

Sums = dict[tuple[str, str, Cell], Amount]
LEFT_OUT = frozenset({"spam", "test", "duplicate", "existing_customer"})


async def recounted(
    office: Office, where: str, zone: ZoneInfo = BERLIN, left_out: frozenset[str] = LEFT_OUT
) -> Sums:
    """Every lead looked at once."""
    clocks = (await office.rules(where)).definition.clocks
    rules = CountingRules(zone, left_out, ContactClock(clocks.week(zone), clocks.claim_to_touch))
    sums: dict[tuple[str, str, Cell], list[int]] = defaultdict(lambda: [0, 0])
    async with office.store.read(where) as work:
        numbers = await all_numbers(work)
        leads = await work.leads.many(numbers)
    for lead in leads.values():
        if lead.merged_into is not None:
            continue
        for cell, minor in cells_of(lead, rules):
            for dim, key in places_of(dims_of(lead), cell[0]):
                one = sums[dim, key, cell]
                one[0] += 1
                one[1] += minor
    return {place: (n, minor) for place, (n, minor) in sums.items()}


async def counted(office: Office, where: str) -> Sums:
    """What is kept, folded or not."""
    spans: Counter[tuple[str, str, int, str, str]] = Counter()
    sums: dict[tuple[str, str, Cell], list[int]] = defaultdict(lambda: [0, 0])
    async with office.store.read(where) as work:
        for row in await work.execute(select(kpi_days)):
            one = sums[row.dim, row.key, (row.metric, row.day, row.sub)]
            one[0] += row.n
            one[1] += row.minor
            spans[row.dim, row.metric, row.day // SPAN, row.key, row.sub] += row.n
        for row in await work.execute(select(kpi_spans)):
            spans[row.dim, row.metric, row.span, row.key, row.sub] -= row.n
        assert not any(spans.values()), "days and spans say the same"
        for (told,) in await work.execute(select(kpi_changes.c.cells)):
            for dims, cell, (n, minor) in cells_in(told):
                for dim, key in places_of(dims, cell[0]):
                    one = sums[dim, key, cell]
                    one[0] += n
                    one[1] += minor
    return {place: (n, minor) for place, (n, minor) in sums.items() if n or minor}
