"""Errands after a click: a few at a time, in their turn, and none that fails holds up the next."""

from __future__ import annotations

import asyncio
import logging

import pytest

from handlers.slack.reception import ERRANDS_AT_ONCE
from tests.house import house


async def test_a_rush_of_errands_is_run_a_few_at_a_time_in_their_turn(sqlite_url: str) -> None:
    begun: list[int] = []
    may_end = asyncio.Event()

    async def errand(number: int) -> None:
        begun.append(number)
        await may_end.wait()

    async with house(sqlite_url) as h:
        await h.quiet()
        for number in range(3 * ERRANDS_AT_ONCE):
            h.bot.reception.errand(errand(number))
        # Other clicks go on meanwhile, and are answered.
        assert (await h.form())["status"] == "created"
        assert begun == list(range(ERRANDS_AT_ONCE)), "the rest waits for its turn"

        may_end.set()
        await h.bot.reception.finish_errands()
        assert begun == list(range(3 * ERRANDS_AT_ONCE)), "first come, first served, and all of them"


async def test_errands_that_fail_give_their_turn_back(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    async def fails() -> None:
        raise RuntimeError("Slack did not want it")

    async def works() -> None:
        done.append("worked")

    async with house(sqlite_url) as h:
        await h.quiet()
        for _ in range(2 * ERRANDS_AT_ONCE):
            h.bot.reception.errand(fails())
        h.bot.reception.errand(works())
        await h.bot.reception.finish_errands()
        assert done == ["worked"]
    alarms = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(alarms) == 2 * ERRANDS_AT_ONCE
    assert "RuntimeError" in alarms[0]


async def test_a_stop_waits_for_errands_under_way(sqlite_url: str) -> None:
    done: list[int] = []

    async def slow(number: int) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        done.append(number)

    async with house(sqlite_url) as h:
        await h.quiet()
        for number in range(ERRANDS_AT_ONCE + 1):
            h.bot.reception.errand(slow(number))
    assert sorted(done) == list(range(ERRANDS_AT_ONCE + 1))
