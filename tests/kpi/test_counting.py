"""The day-wise counts are what a full recount gives, whatever happened and whenever they were folded."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from handlers.flows.counting import ready_to_count, recount_page
from handlers.flows.erase import erase_person
from handlers.flows.office import Office
from store.kpi_fold import fold
from tests.kpi.firm import BERLIN, firm
from tests.kpi.recount import LEFT_OUT, counted, recounted
from tests.kpi.test_against_reference import MergingLife

START = datetime(2026, 9, 20, 8, 30, tzinfo=UTC)


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
            assert await counted(f.office, f.where) == await recounted(f.office, f.where)
        while await fold(f.office.store):
            pass
        assert await counted(f.office, f.where) == await recounted(f.office, f.where)


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
        anew = await recounted(f.office, f.where, tokyo, LEFT_OUT | {"no_need"})
        assert await counted(f.office, f.where) == anew


async def test_leads_from_before_there_were_counts_are_counted_once(database_url: str) -> None:
    async with firm(database_url, START, BERLIN) as f:
        life = MergingLife(f, Random(8))
        await life.go_on(40)  # nobody ever asked for a number, so there are no rules to count by
        assert await counted(f.office, f.where) == {}
        assert (await f.total("funnel", "90d"))["leads"] > 2
        assert await counted(f.office, f.where) == await recounted(f.office, f.where)
        assert await ready_to_count(f.office, f.where) == 0
        assert await counted(f.office, f.where) == await recounted(f.office, f.where)
