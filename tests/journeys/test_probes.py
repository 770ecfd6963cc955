"""What load balancers and Prometheus are told by a running bot."""

from __future__ import annotations

from tests.house import house


async def test_a_probe_waits_for_nobody_who_writes(database_url: str) -> None:
    async with house(database_url) as h:
        async with h.bot.store.begin(h.bot.where), h.http.get(f"{h.url}/readyz") as ready:
            told = await ready.json()
        assert told == {**told, "ready": True, "schema": "ok", "database": "ok"}
