"""In a rush people's clicks come first: what nobody waits for steps aside, gathers, and is still done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from math import inf

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.collector import Collector
from bot.traffic import GAP, MANY, Traffic, count_traffic
from bot.worker import Worker
from store.store import Store
from tests.bot.test_worker import Outside, at_once, put, until


async def test_many_at_once_are_a_rush_and_it_ends_by_itself() -> None:
    traffic = Traffic()
    for _ in range(MANY - 1):
        traffic.passed()
        assert not traffic.is_dense
    traffic.passed()
    assert traffic.is_dense
    await until(lambda: not traffic.is_dense)
    traffic.passed()
    assert not traffic.is_dense, "one more is no new rush"


async def test_a_request_counts_before_it_is_answered() -> None:
    traffic, dense = Traffic(), list[bool]()

    async def answer(_: web.Request) -> web.Response:
        dense.append(traffic.is_dense)
        return web.Response()

    app = web.Application(middlewares=[count_traffic(traffic)])
    app.router.add_get("/", answer)
    async with TestClient(TestServer(app)) as client:
        for _ in range(MANY):
            await client.get("/")
        await client.get("/nowhere")
    assert dense == [False] * (MANY - 1) + [True]


async def test_what_gathers_in_a_rush_is_claimed_together(store: Store, here: str) -> None:
    outside, gathered = Outside(), list[int]()

    async def stepping_aside() -> None:
        if outside.seen and not gathered:
            for number in (2, 3, 4):
                await put(store, here, number)
                gathered.append(number)

    worker = Worker(store, {"alert": outside}, lane_gap=at_once, let_by=stepping_aside)
    await worker.start()
    await put(store, here, 1)
    await until(lambda: len(outside.seen) == 4)
    await worker.stop()
    assert sorted(outside.numbers) == [1, 2, 3, 4]
    assert len({job.first_claimed for job in outside.seen[1:]}) == 1, "one claim for all of them"


async def test_a_rush_that_never_ends_starves_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.traffic.LET_BY", 0.05)
    traffic = Traffic()
    for _ in range(MANY):
        traffic.passed()

    async def rush() -> None:
        while True:
            traffic.passed()
            await asyncio.sleep(0.01)

    rushing = asyncio.create_task(rush())
    await traffic.let_by()
    assert traffic.is_dense, "it went on although the rush does"
    rushing.cancel()


async def test_who_stepped_aside_goes_on_when_it_is_calm() -> None:
    traffic = Traffic()
    for _ in range(MANY):
        traffic.passed()
    await traffic.let_by()
    assert not traffic.is_dense


async def test_forms_leave_a_gap_while_people_are_at_work() -> None:
    traffic = Traffic()

    async def waits(rested: float) -> bool:
        task = asyncio.create_task(traffic.people_first(rested))
        await asyncio.sleep(0)
        had_to, _ = not task.done(), await task
        return had_to

    assert not await waits(0), "nobody is at work"
    traffic.clicked()
    assert await waits(0)
    traffic.clicked()
    assert not await waits(GAP), "who comes alone waits for nobody"


async def test_whoever_rests_is_told_since_when() -> None:
    told = list[float]()

    async def commit(names: Sequence[str]) -> Sequence[str]:
        return names

    async def rest(seconds: float) -> None:
        told.append(seconds)

    forms = Collector[str, str](commit, max_batch=1, rest=rest)
    await asyncio.gather(forms.put("a"), forms.put("b"))
    assert told[0] == inf
    assert 0 <= told[1] < inf
