"""Waits read from buckets: the same leads, the same promises kept, and no time more than 2% off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from random import Random

import pytest

from handlers.flows.claim import claim_lead
from handlers.flows.counting import ready_to_count
from handlers.flows.kpi import ask_with_every_right
from handlers.flows.log import log_touch
from qualification.kpi_cells import ContactClock, bucket
from qualification.kpi_counts import SpeedTimes, WaitCounts
from qualification.periods import Period
from store import kpi_speed
from store.kpi_fold import fold
from store.kpi_scope import Scope
from store.kpi_speed import speed, speed_in_buckets
from tests.kpi.firm import BERLIN, Firm, firm
from tests.kpi.lives import START, busy_firm
from tests.kpi.recount import LEFT_OUT

HALF_AN_HOUR, AN_HOUR = 1_800, 3_600


@pytest.mark.parametrize("seed", [2, 9])
async def test_buckets_hold_what_a_look_at_each_lead_finds(database_url: str, seed: int) -> None:
    chance = Random(seed)
    async with busy_firm(database_url, chance) as (f, life):
        for _ in range(4):
            await life.go_on(24)
            if chance.random() < 0.5:
                await fold(f.office.store)
            # Whatever the hour: at night, at a weekend, and in the hour in which promises run out.
            for _ in range(6):
                await _both_say_the_same(f, chance)
                f.clock.forward(chance.randrange(40 * 3_600))


async def test_a_promise_runs_out_at_its_minute_and_not_at_its_hour(database_url: str) -> None:
    async with firm(database_url, START, BERLIN) as f:
        await ready_to_count(f.office, f.where)
        await f.lead("ada")
        async with f.office.at_lead(f.where, f.numbers["ada"]) as at:
            due, rules = at.lead.claim_due, at.rules
        assert due is not None
        over = rules.week.due(due, rules.definition.clocks.claim_to_touch)
        f.clock.forward((over - f.clock()).total_seconds() - 60)
        clock = ContactClock(rules.week, rules.definition.clocks.claim_to_touch)
        for seconds, judged in ((0, 0), (59, 0), (2, 1), (60, 1), (3_600, 1)):
            f.clock.forward(seconds)
            async with f.office.store.read(f.where) as work:
                scope = Scope(work, LEFT_OUT, None, f.clock())
                period = Period(START.date(), f.clock().date(), "those days", "days", BERLIN)
                (told,) = await speed_in_buckets(scope, period, clock)
            assert (told.in_target, told.judged) == (0, judged), seconds


async def _both_say_the_same(f: Firm, chance: Random) -> None:
    rules, now = await f.office.rules(f.where), f.clock()
    clock = ContactClock(rules.week, rules.definition.clocks.claim_to_touch)
    ends = sorted(now.date() - timedelta(days=chance.randrange(-1, 90)) for _ in range(2))
    period = Period(ends[0], ends[1] + timedelta(days=1), "some days", "days", BERLIN)
    async with f.office.store.read(f.where) as work:
        scope = Scope(work, LEFT_OUT, None, now)
        one_by_one = await speed(scope, period, clock)
        buckets = await speed_in_buckets(scope, period, clock)
    assert len(one_by_one) == len(buckets)
    for each, told in zip(one_by_one, buckets, strict=True):
        for name in ("in_target", "judged", "late", "imported"):
            assert getattr(told, name) == getattr(each, name), (name, period, now)
        _are_alike(told, each)


def _are_alike(told: SpeedTimes, each: SpeedTimes) -> None:
    for name in ("claims", "contacts", "worked"):
        ours: WaitCounts = getattr(told, name)
        theirs: WaitCounts = getattr(each, name)
        assert _in_buckets(ours.ended) == _in_buckets(theirs.ended), name
        assert ours.n == theirs.n, name
        # A step of hours may hold more work than its share.
        rel, seconds = (0.03, AN_HOUR) if name == "worked" else (0.011, HALF_AN_HOUR)
        for about, exact in zip(_each(ours.waiting), _each(theirs.waiting), strict=True):
            assert about == pytest.approx(exact, rel=rel, abs=seconds), name


def _in_buckets(ended: Mapping[float, int]) -> Counter[int]:
    found: Counter[int] = Counter()
    for seconds, n in ended.items():
        found[bucket(seconds)] += n
    return found


def _each(waits: Mapping[float, int]) -> list[float]:
    return sorted(Counter(waits).elements())


async def test_many_leads_are_read_from_buckets_unless_exact_is_asked_for(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kpi_speed, "FEW", 40)
    chance = Random(1)
    async with firm(database_url, START, BERLIN) as f:
        for n in range(41):
            name = f"p{n}"
            await f.lead(name, source="google" if n % 3 else "linkedin")
            f.clock.forward(chance.randrange(20, 900))
            await claim_lead(f.office, f.where, f.numbers[name], "UANA")
            f.clock.forward(chance.randrange(20, 9_000))
            if n % 8:
                await log_touch(f.office, f.where, f.numbers[name], "UANA", "call")
        told = (await f.asks("speed")).answer
        exact = await ask_with_every_right(f.office, f.where, "how fast did we answer leads exactly")
        by_source = (await f.asks("speed", by="source")).answer
        only = (await ask_with_every_right(f.office, f.where, "speed only source=google")).answer
        later = (await f.asks("speed", "yesterday")).answer
    assert "41 leads" in told.text
    assert "read from buckets, at most 2% off" in told.text
    assert exact.asked == "speed 30d exact"
    assert "lead by lead" in exact.understood
    for answer in (exact.answer, by_source, only, later):
        assert "buckets" not in answer.text
    for name, value in exact.answer.total.items():
        if name.endswith(("median", "p90")) and value is not None:
            assert told.total[name] == pytest.approx(value, rel=0.0205), name
            assert told.total[name] != value, name
        else:
            assert told.total[name] == value, name
