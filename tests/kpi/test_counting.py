"""The day-wise counts are what a full recount gives, whatever happened and whenever they were folded."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from handlers.flows.counting import ready_to_count, recount_page
from handlers.flows.erase import erase_person
from handlers.flows.office import Office
from qualification.kpi import Dimension
from qualification.kpi_cells import CREATED, MQL, TOOK, Amount, Cell, CountingRules, cells_of, dims_of
from qualification.periods import Period
from store.kpi_fold import cells_in, fold, places_of
from store.kpi_scope import Scope
from store.kpi_sums import sums_of
from store.tables.counting import SPAN, kpi_changes, kpi_days, kpi_spans
from tests.kpi.firm import BERLIN, Firm, firm
from tests.kpi.test_against_reference import MergingLife
from tests.numbers import all_numbers

Sums = dict[tuple[str, str, Cell], Amount]
SPLITS: tuple[Dimension | None, ...] = (None, "source", "campaign")
START = datetime(2026, 9, 20, 8, 30, tzinfo=UTC)
LEFT_OUT = frozenset({"spam", "test", "duplicate", "existing_customer"})


async def recounted(f: Firm, zone: ZoneInfo = BERLIN, left_out: frozenset[str] = LEFT_OUT) -> Sums:
    """Every lead looked at once."""
    rules = CountingRules(zone, left_out)
    sums: dict[tuple[str, str, Cell], list[int]] = defaultdict(lambda: [0, 0])
    async with f.office.store.read(f.where) as work:
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


async def counted(f: Firm) -> Sums:
    """What is kept, folded or not."""
    spans: Counter[tuple[str, str, int, str, str]] = Counter()
    sums: dict[tuple[str, str, Cell], list[int]] = defaultdict(lambda: [0, 0])
    async with f.office.store.read(f.where) as work:
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


@pytest.mark.parametrize("seed", [1])
async def test_random_lives_are_counted_as_a_full_recount_counts_them(database_url: str, seed: int) -> None:
    chance = Random(seed)
    async with firm(database_url, START, BERLIN) as f:
        await ready_to_count(f.office, f.where)
        life = MergingLife(f, chance)
        for _ in range(6):
            with suppress(AssertionError):  # who was erased is not let in again
                await life.go_on(24)
            if life.everybody and chance.random() < 0.7:
                number = chance.choice(sorted(life.everybody))
                await erase_person(f.office, f.where, f"L-{number}", "UADAM")
                life.names = [name for name in life.names if f.numbers[name] != number]
            assert await counted(f) == await recounted(f)
        while await fold(f.office.store):
            pass
        assert await counted(f) == await recounted(f)


async def test_another_time_zone_and_other_reasons_count_everything_anew(database_url: str) -> None:
    async with firm(database_url, START, BERLIN) as f:
        await ready_to_count(f.office, f.where)
        life = MergingLife(f, Random(5))
        await life.go_on(60)
        tokyo = ZoneInfo("Asia/Tokyo")
        rules = await f.office.rules(f.where)
        f.office = Office(f.office.store, replace(rules.setup, zone=tokyo), f.clock)
        async with f.office.store.begin(f.where) as work:
            assert await work.counting.ensure(tokyo.key, LEFT_OUT | {"no_need"})
            await work.counting.recount(limit=7)
        # Half way through the moving, people go on working.
        await life.go_on(18)
        while await recount_page(f.office, f.where):
            await fold(f.office.store)
        assert await counted(f) == await recounted(f, tokyo, LEFT_OUT | {"no_need"})


async def test_leads_from_before_there_were_counts_are_counted_once(database_url: str) -> None:
    async with firm(database_url, START, BERLIN) as f:
        life = MergingLife(f, Random(8))
        await life.go_on(40)  # nobody ever asked for a number, so there are no rules to count by
        assert await counted(f) == {}
        assert (await f.total("funnel", "90d"))["leads"] > 2
        assert await counted(f) == await recounted(f)
        assert await ready_to_count(f.office, f.where) == 0
        assert await counted(f) == await recounted(f)


async def test_a_window_says_the_same_by_whole_spans_as_day_by_day(database_url: str) -> None:
    async with firm(database_url, START, BERLIN) as f:
        await ready_to_count(f.office, f.where)
        life, chance = MergingLife(f, Random(3)), Random(4)
        await life.go_on(60)
        while await fold(f.office.store):
            pass
        await life.go_on(12)  # and some that is not folded yet
        async with f.office.store.read(f.where) as work:
            today = f.clock().date()
            for by, metric in product(SPLITS, (CREATED, MQL, TOOK)):
                scope = Scope(work, LEFT_OUT, by, f.clock())
                for _ in range(15):
                    ends = sorted(today + timedelta(days=chance.randrange(-200, 3)) for _ in range(2))
                    window = Period(*ends, "some days", "days", BERLIN)
                    days: Counter[tuple[str, str]] = Counter()
                    for place, (n, _) in (await sums_of(scope, {metric}, window, by="both")).items():
                        days[place.key, place.sub] += n
                    whole = await sums_of(scope, {metric}, window)
                    assert {(place.key, place.sub): n for place, (n, _) in whole.items() if n} == +days
