"""The day-wise counts are what a full recount gives, whatever happened and whenever they were folded."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

import pytest

from handlers.flows.counting import begin_to_count, ready_to_count, recount_page
from handlers.flows.disqualify import disqualify_lead
from handlers.flows.kpi import ask_with_every_right
from handlers.flows.office import Office
from qualification.kpi import Dimension
from qualification.kpi_cells import (
    CLAIMED,
    CREATED,
    MQL,
    TARGET,
    TOOK,
    UNCLAIMED,
    UNTIMED,
    WAITED,
    WAITING,
    WORKED,
    ContactClock,
    CountingRules,
)
from qualification.periods import Period
from store.kpi_fold import fold
from store.kpi_scope import Scope
from store.kpi_sums import sums_of
from tests.kpi.firm import BERLIN, Firm, firm
from tests.kpi.lives import START, MergingLife, busy_firm
from tests.kpi.recount import LEFT_OUT, counted, recounted

SPLITS: tuple[Dimension | None, ...] = (None, "source", "campaign")


@pytest.mark.parametrize("seed", [1])
async def test_random_lives_are_counted_as_a_full_recount_counts_them(database_url: str, seed: int) -> None:
    async with busy_firm(database_url, Random(seed)) as (f, life):
        for _ in range(6):
            await life.go_on(24)
            assert await counted(f.office, f.where) == await recounted(f.office, f.where)
        while await fold(f.office.store):
            pass
        assert await counted(f.office, f.where) == await recounted(f.office, f.where)


async def test_another_time_zone_and_other_reasons_count_everything_anew(database_url: str) -> None:
    async with busy_firm(database_url, Random(5)) as (f, life):
        await life.go_on(60)
        tokyo = ZoneInfo("Asia/Tokyo")
        rules = await f.office.rules(f.where)
        clock = ContactClock(rules.definition.clocks.week(tokyo), rules.definition.clocks.claim_to_touch)
        f.office = Office(f.office.store, replace(rules.setup, zone=tokyo), f.clock)
        async with f.office.store.begin(f.where) as work:
            assert await work.counting.ensure(CountingRules(tokyo, LEFT_OUT | {"no_need"}, clock))
            await work.counting.recount(limit=7)
        # Half way through the moving, people go on working.
        await life.go_on(18)
        while await recount_page(f.office, f.where):
            await fold(f.office.store)
        anew = await recounted(f.office, f.where, tokyo, LEFT_OUT | {"no_need"})
        assert await counted(f.office, f.where) == anew


async def test_whoever_merely_asks_moves_nobody_to_another_time_zone(database_url: str) -> None:
    """A command in a shell that knows none of the bot's settings; then a bot that was set anew."""
    async with firm(database_url, START, BERLIN) as f:
        await begin_to_count(f.office, f.where)
        await MergingLife(f, Random(5)).go_on(20)
        setup = (await f.office.rules(f.where)).setup
        in_a_shell = Office(f.office.store, replace(setup, zone=ZoneInfo("UTC")), f.clock)
        told = await ask_with_every_right(in_a_shell, f.where, "funnel 90d")
        assert "Europe/Berlin" in told.answer.text
        assert await counted(f.office, f.where) == await recounted(f.office, f.where)
        assert await _zone_counted(f) == BERLIN

        tokyo = ZoneInfo("Asia/Tokyo")
        await begin_to_count(Office(f.office.store, replace(setup, zone=tokyo), f.clock), f.where)
        assert await counted(f.office, f.where) == await recounted(f.office, f.where, tokyo)
        f.office.forget_rules()
        assert "Asia/Tokyo" in (await f.asks("funnel", "90d")).answer.text, "the other bot goes along"
        assert await _zone_counted(f) == tokyo


async def _zone_counted(f: Firm) -> ZoneInfo:
    async with f.office.store.read(f.where) as work:
        rules = await work.counting.rules(await work.counting.newest())
    assert rules is not None
    return rules.zone


async def test_leads_from_before_there_were_counts_are_counted_once(database_url: str) -> None:
    async with firm(database_url, START, BERLIN) as f:
        life = MergingLife(f, Random(8))
        await life.go_on(40)  # nobody ever asked for a number, so there are no rules to count by
        assert await counted(f.office, f.where) == {}
        assert (await f.total("funnel", "90d"))["leads"] > 2
        assert await counted(f.office, f.where) == await recounted(f.office, f.where)
        assert await ready_to_count(f.office, f.where) == 0
        assert await counted(f.office, f.where) == await recounted(f.office, f.where)


async def test_leads_counted_before_waits_were_timed_get_theirs(database_url: str) -> None:
    """As an upgrade finds them: everybody counted by rules that know no working clock."""
    async with firm(database_url, START, BERLIN) as f:
        async with f.office.store.begin(f.where) as work:
            assert await work.counting.ensure(CountingRules(BERLIN, LEFT_OUT))
        life = MergingLife(f, Random(6))
        await life.go_on(60)
        metrics = {cell[0] for _, _, cell in await counted(f.office, f.where)}
        assert {WAITED, WAITING} <= metrics
        assert not metrics & {CLAIMED, UNCLAIMED, WORKED, TARGET, UNTIMED}
        while await ready_to_count(f.office, f.where):
            await recount_page(f.office, f.where)
        assert await counted(f.office, f.where) == await recounted(f.office, f.where)
        assert {cell[0] for _, _, cell in await counted(f.office, f.where)} > metrics


async def test_a_window_says_the_same_by_whole_spans_as_day_by_day(database_url: str) -> None:
    chance = Random(4)
    async with busy_firm(database_url, Random(3)) as (f, life):
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


async def test_nothing_is_known_of_days_before_the_first_lead_that_counts(database_url: str) -> None:
    """Not of those on which spam came either, whether or not that is folded."""
    async with firm(database_url, START, BERLIN) as f:
        await ready_to_count(f.office, f.where)
        await f.lead("spam", at=START - timedelta(days=80))
        await f.lead("ada", at=START)
        await fold(f.office.store)
        assert (await f.total("lvr", "30d"))["last"] == 0
        await disqualify_lead(f.office, f.where, f.numbers["spam"], "UANA", "spam")
        assert (await f.total("lvr", "30d"))["last"] is None, "none there was, though folded days tell of one"
        while await fold(f.office.store):
            pass
        assert (await f.total("lvr", "30d"))["last"] is None
        await f.lead("late", at=START - timedelta(days=70))
        assert (await f.total("lvr", "30d"))["last"] == 0
        await disqualify_lead(f.office, f.where, f.numbers["late"], "UANA", "spam")
        assert (await f.total("lvr", "30d"))["last"] is None, "came and went, both not folded yet"
