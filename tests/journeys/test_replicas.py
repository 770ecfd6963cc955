"""Several bots on one PostgreSQL: no leader, any of them may hear a click, do a job, or be gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, text

from bot.app import Greenlight
from bot.settings import DEFINITION
from bot.worker import Done, Job, Outcome, Worker
from handlers.flows.definition_force import apply_at_shell
from handlers.flows.office import FRESH
from store.store import Store
from tests.house import House, house
from tests.journeys.test_lead_command import answer
from tests.journeys.test_nothing_lost_nothing_twice import ANSWERS, eventually
from tests.office import open_office


@asynccontextmanager
async def another(h: House, **how: Any) -> AsyncIterator[Greenlight]:
    """One more bot beside the house's own, on a port of its own."""
    bot = Greenlight(h.bot.settings, h.clock, lane_gap=lambda _: timedelta(), **how)
    await bot.start()
    try:
        yield bot
    finally:
        await bot.stop()


async def count(h: House, table: Any, *which: Any) -> int:
    async with h.bot.store.reading() as connection:
        query = select(func.count()).select_from(table).where(*which)
        return int((await connection.execute(query)).scalar_one())


async def test_a_dialog_opened_by_one_is_saved_by_the_other(postgres_url: str) -> None:
    async with house(postgres_url) as h, another(h) as second:
        await h.form()
        await h.cards()
        elsewhere = f"http://127.0.0.1:{second.port}/slack/events"
        first, h.workspace.request_url = h.workspace.request_url, elsewhere
        await h.slack.click("ana", "Qualify", channel="leads")
        h.workspace.request_url = first
        assert (await h.slack.submit("ana", {**ANSWERS, "Hand to": "ben"}))["ok"]
        await h.quiet()
        await second.worker.idle()
        assert (await h.lead(1001)).stage == "sql"
        assert len(await h.cards("sales-alerts")) == 1
        assert len(await h.slack.told("ben")) == 1


async def test_a_worker_alone_delivers_what_others_take_in(postgres_url: str) -> None:
    async with house(postgres_url) as h:
        await h.bot.worker.stop()
        await h.form()
        async with another(h, http=False) as worker:
            assert worker.port == 0

            async def posted() -> bool:
                return len(await h.slack.messages("leads")) == 1

            await eventually(posted, 20)


async def test_what_one_decides_the_other_goes_by_a_moment_later(postgres_url: str) -> None:
    async with house(postgres_url) as h, another(h) as second, open_office(postgres_url, h.clock) as third:
        # As any replica remembers them, but this one hears nothing else that would remind it.
        assert (await third.office.rules(third.where)).definition.version == 1
        stricter = DEFINITION.read_text(encoding="utf-8").replace("score: 75", "score: 76")
        assert await apply_at_shell(h.bot.office, h.bot.where, stricter, "shell:test", base=1) == 2
        async with h.bot.store.begin(h.bot.where) as work:
            await work.house.set({"crm_url": "https://crm.example/{lead}"})
        await h.form()

        # Numbers are read where they are counted, so nothing of them is ever old.
        h.workspace.request_url = f"http://127.0.0.1:{second.port}/slack/events"
        assert "1 lead " in await answer(h, "ana", "/lead queue")

        async def followed() -> bool:
            rules = await third.office.rules(third.where)
            return rules.definition.version == 2 and rules.setup.crm_url != ""

        await eventually(followed, 4 * FRESH)


async def test_a_call_that_nobody_hears_is_made_good_by_looking(postgres_url: str) -> None:
    done: list[int] = []

    async def deliver(job: Job) -> Outcome:
        done.append(job.payload["number"])
        return Done()

    mine, other = Store(postgres_url), Store(postgres_url)
    where = await mine.workspace()
    worker = Worker(mine, {"alert": deliver}, poll=timedelta(seconds=0.2))
    await worker.start()
    try:
        # The connection that listens is gone, and nobody has told us yet.
        await until(lambda: _listener_ended(other))
        async with other.begin(where) as work:
            await work.outbox.put("alert", number=1)
        await until(lambda: _that(done == [1]))
    finally:
        await worker.stop()
        await mine.close()
        await other.close()


async def until(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(20):
        while not await true():
            await asyncio.sleep(0.02)


async def _listener_ended(store: Store) -> list[Any]:
    """Asked in a transaction of its own: within one PostgreSQL shows the same activity for ever."""
    listens = "query LIKE 'LISTEN%' AND datname = current_database()"
    async with store.writing() as connection:
        ended = text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {listens}")
        return list((await connection.execute(ended)).all())


async def _that(is_so: bool) -> bool:
    return is_so
