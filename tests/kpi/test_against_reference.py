"""Random lives through the real flows, counted twice: by us, and by hand from the events.

The short form of `python -m tests.kpi`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from qualification.kpi import KPIS
from tests.kpi.against_reference import PLACES, agree, live
from tests.kpi.firm import BERLIN
from tests.kpi.lives import busy_firm
from tests.kpi.reference_money import RECOUNTED
from tests.kpi.reference_time import months_before, windows, working_time

ELSEWHERE = {
    "nurture": "test_against_others.py",
    "benchmark": "test_against_others.py",
    "definition": "test_against_others.py",
    "ab": "test_experiments.py",
}
"""Recounted by hand there, from what those stories need beside leads."""


def test_every_number_is_recounted_by_hand() -> None:
    assert {*RECOUNTED, *ELSEWHERE} == set(KPIS)


@pytest.mark.parametrize(("place", "seed", "steps"), [(0, 1, 150), (1, 2, 60), (2, 3, 60), (3, 4, 60)])
async def test_our_numbers_are_those_counted_by_hand(
    database_url: str, place: int, seed: int, steps: int
) -> None:
    asked = await live(database_url, PLACES[place], seed, steps)
    assert set(asked) == set(RECOUNTED)


@pytest.mark.parametrize("leads", [0, 1])
async def test_of_nobody_and_of_one_lead_the_same_is_said(sqlite_url: str, leads: int) -> None:
    async with busy_firm(sqlite_url, Random(1)) as (f, life):
        for _ in range(leads):
            await life.arrives()
            await life.claimed()
        life.everybody |= set(f.numbers.values())
        await agree(f, life, ("30d", "2026-08", "12m", "yesterday", "this month"))


def test_the_slow_calendar_is_right_itself() -> None:
    """What is recounted with is checked by numbers that anybody can look up."""
    now = datetime(2026, 11, 18, 9, tzinfo=UTC)
    whole, so_far, before = windows("this month", now, BERLIN)
    assert (whole.start, whole.end) == (date(2026, 11, 1), date(2026, 12, 1))
    assert (so_far.end, before.start, before.end) == (
        date(2026, 11, 19), date(2026, 10, 1), date(2026, 10, 19),
    )  # fmt: skip
    assert windows("30d", now, BERLIN)[2].start == date(2026, 9, 15), "five whole weeks earlier"
    assert months_before(date(2028, 2, 29), 12) == date(2027, 2, 28)
    friday, monday = datetime(2026, 10, 23, 15, tzinfo=UTC), datetime(2026, 10, 26, 9, tzinfo=UTC)
    # 17 to 18 on summer time, 9 to 10 on winter time.
    assert working_time(friday, monday, BERLIN).total_seconds() == 2 * 3_600
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    assert windows("yesterday", datetime(2027, 10, 3, 13, 30, tzinfo=UTC), lord_howe)[0].start.day == 3
