"""Three years of leads for measuring numbers: many, and skewed as real ones are. Written past the intake.

A few sources and campaigns bring most leads; few become customers; the last weeks are still being worked on.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from benchmarks.stock import opened, utc_now
from handlers.flows.counting import counting_rules
from qualification.kpi_cells import Cell, CountingRules, cells_of, dims_of
from qualification.lead import Lead, Stage
from qualification.scoring import Score
from store.bulk import insert_rows
from store.kpi_fold import places_of
from store.lead_rows import row_of
from store.tables.counting import SPAN, kpi_days
from store.tables.leads import leads

YEARS, PAGE = 3, 2_000
SPANS = f"""
    INSERT INTO kpi_spans (workspace, dim, metric, span, key, sub, n, minor)
    SELECT workspace, dim, metric, day / {SPAN}, key, sub, sum(n), sum(minor) FROM kpi_days
    GROUP BY workspace, dim, metric, day / {SPAN}, key, sub
"""
SOURCES = ("google", "linkedin", "web", "newsletter", "partner", "event", "referral", "import")
REPS = tuple(f"UREP{number:02}" for number in range(12))
VARIANTS = (None, "A", "B")
_NEVER = utc_now()
_BLANK = Lead(number=0, created_at=_NEVER, received_at=_NEVER)
_SCORE = Score(15, 20, 10, (), 2, 45, None)


async def kpi_stocked(database: str, count: int) -> None:
    """Write `count` leads and their day-wise counts, as the intake and a fold would have left them."""
    office, where = await opened(database)
    rules = await office.rules(where)
    by = counting_rules(rules.definition, rules.setup.zone)
    async with office.store.begin(where) as work:
        await work.counting.ensure(by)
    sums: dict[tuple[str, str, Cell], list[int]] = defaultdict(lambda: [0, 0])
    try:
        chance, now = random.Random(7), utc_now()
        for first in range(0, count, PAGE):
            page = [_life(number, count, now, chance) for number in range(first, min(first + PAGE, count))]
            rows = [row_of(lead, rules.definition, "DE", now, _SCORE) for lead in page]
            names = ("workspace", "counted", *rows[0])
            async with office.store.begin(where) as work:
                counted = await work.counting.newest()
                written = [(where, counted, *row.values()) for row in rows]
                await insert_rows(work.connection, leads, names, written)
            for lead in page:
                _add(sums, lead, by)
        days = ("workspace", "dim", "key", "metric", "day", "sub", "n", "minor")
        every = [(where, dim, key, *cell, *amount) for (dim, key, cell), amount in sorted(sums.items())]
        for first in range(0, len(every), PAGE):
            async with office.store.begin(where) as work:
                await insert_rows(work.connection, kpi_days, days, every[first : first + PAGE])
        async with office.store.writing() as connection:
            await connection.exec_driver_sql(SPANS)
            await connection.exec_driver_sql("ANALYZE")
    finally:
        await office.store.close()


def _add(sums: dict[tuple[str, str, Cell], list[int]], lead: Lead, by: CountingRules) -> None:
    dims = dims_of(lead)
    for cell, minor in cells_of(lead, by):
        for dim, key in places_of(dims, cell[0]):
            one = sums[dim, key, cell]
            one[0] += 1
            one[1] += minor


def _life(number: int, count: int, now: datetime, chance: random.Random) -> Lead:
    """One lead, oldest first; its milestones follow each other until today."""
    age = timedelta(days=YEARS * 365) * (1 - (number + 1) / (count + 1))
    created = now - age
    source = SOURCES[min(int(chance.expovariate(0.6)), len(SOURCES) - 1)]
    facts = dict(_milestones(created, now, chance))
    return _BLANK.but(
        number=1001 + number,
        revision=3,
        created_at=created,
        received_at=created + timedelta(days=3 if chance.random() < 0.01 else 0),
        source=source,
        campaign=f"{source}-{min(int(chance.expovariate(0.2)), 40)}" if chance.random() < 0.8 else None,
        variant=chance.choice(VARIANTS),
        came_late=False,
        **facts,
    )


def _milestones(created: datetime, now: datetime, chance: random.Random) -> Iterator[tuple[str, object]]:
    if chance.random() < 0.05:
        at = created + timedelta(hours=2)
        yield from (("stage", Stage.DISQUALIFIED), ("reason", "spam"), ("disqualified_by", REPS[0]))
        yield from (
            ("disqualified_at", min(at, now)),
            ("rejected_at", min(at, now)),
            ("rejected_for", "spam"),
        )
        return
    if chance.random() > 0.45:
        return
    mql = created + timedelta(minutes=chance.expovariate(1 / 600))
    if mql > now:
        return
    yield from (("stage", Stage.MQL), ("mql_at", mql), ("claim_due", mql + timedelta(hours=2)))
    rep, claimed = chance.choice(REPS), mql + timedelta(minutes=chance.expovariate(1 / 90))
    if claimed > now or chance.random() < 0.05:
        return
    yield from (("owner", rep), ("claimed_at", claimed), ("first_claimed_at", claimed))
    contact = claimed + timedelta(minutes=chance.expovariate(1 / 200))
    if contact > now or chance.random() < 0.1:
        return
    yield from (("first_touch_at", contact), ("accepted_at", contact))
    sql = contact + timedelta(days=chance.expovariate(1 / 6))
    if sql > now or chance.random() < 0.6:
        return
    yield from (("stage", Stage.SQL), ("sql_at", sql))
    closed = sql + timedelta(days=chance.expovariate(1 / 40))
    if closed > now:
        return
    if chance.random() < 0.3:
        yield from (("stage", Stage.CUSTOMER), ("won_at", closed), ("currency", "EUR"))
        yield "amount_minor", chance.randrange(1_000, 5_000_000)
    else:
        yield from (("stage", Stage.LOST), ("lost_at", closed), ("first_lost_at", closed))
