"""What load balancers and Prometheus are told by a running bot."""

from __future__ import annotations

from datetime import timedelta

from tests.house import House, house


async def test_a_probe_waits_for_nobody_who_writes(database_url: str) -> None:
    async with house(database_url) as h:
        async with h.bot.store.begin(h.bot.where), h.http.get(f"{h.url}/readyz") as ready:
            told = await ready.json()
        assert told == {**told, "ready": True, "schema": "ok", "database": "ok"}


async def test_a_scrape_sees_the_outbox_as_it_is_now(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        before = await open_jobs(h)
        async with h.bot.store.begin(h.bot.where) as work:
            await work.outbox.put("card.redraw", due=h.clock() + timedelta(days=1))
        assert await open_jobs(h) == before + 1


async def open_jobs(h: House) -> float:
    await h.quiet()
    async with h.http.get(f"{h.url}/metrics") as answer:
        assert answer.status == 200
        lines = dict(line.rsplit(" ", 1) for line in (await answer.text()).splitlines() if line[0] != "#")
    return float(lines['greenlight_jobs{state="open"}'])
