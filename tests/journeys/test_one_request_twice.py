"""One request that comes twice at once, to two replicas or to one, is done once and answered once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, text

from handlers.http import door
from store.tables.intake import answers, quarantine, traffic
from store.tables.leads import lead_events
from tests.house import DEMO, KEY, House, house
from tests.journeys.test_replicas import another, count

KNOCK = {"Authorization": f"Bearer {KEY}"}
Said = tuple[int, dict[str, Any]]


async def send(h: House, url: str, path: str, key: str, body: object) -> Said:
    headers = {**KNOCK, "Idempotency-Key": key}
    async with h.http.post(f"{url}/intake/{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def both(h: House, urls: tuple[str, str], path: str, *requests: tuple[str, object]) -> list[Said]:
    """Each request to both addresses, all at one moment; what each pair was told, which must be one thing."""
    said = await asyncio.gather(*(send(h, url, path, key, body) for key, body in requests for url in urls))
    assert said[::2] == said[1::2]
    return said[::2]


def person(n: int, **fields: Any) -> dict[str, Any]:
    return {**DEMO, "email": f"n{n}@firm{n}.example", "phone": None, **fields}


async def visitors_counted(h: House) -> dict[str, int]:
    async with h.bot.store.reading() as connection:
        return {row.why: row.count for row in await connection.execute(select(traffic))}


async def story(h: House, urls: tuple[str, str]) -> None:
    singles = [(f"form-{n}", person(n)) for n in range(30)]
    told = await both(h, urls, "leads", *singles)
    assert [(status, one["status"]) for status, one in told] == [(202, "created")] * 30
    assert len({one["lead"] for _, one in told}) == 30

    # A batch is one request too, with what in it is no lead and what can't be read.
    batches: list[tuple[str, object]] = [
        (f"batch-{n}", {"leads": [person(100 + n), {"action": "webinar"}, {"email": "no"}, person(n)]})
        for n in range(8)
    ]
    for status, one in await both(h, urls, "leads", *batches):
        assert status == 202
        first, nobody, bad, again = [result["status"] for result in one["results"]]
        assert (first, nobody, bad, again) == ("created", "not_a_lead", "invalid", "updated")
    assert (await visitors_counted(h))["not_a_lead"] == 8
    assert await count(h, lead_events, lead_events.c.kind == "created") == 38

    # Nothing names these messages but their request.
    page = {"type": "track", "event": "Signed Up", "anonymousId": "v1", "timestamp": "2026-11-18T08:00:00Z"}
    events: list[tuple[str, object]] = [(f"visit-{n}", {"batch": [page]}) for n in range(8)]
    before = (await visitors_counted(h)).get("anonymous", 0)
    assert await both(h, urls, "events", *events) == [(200, {"success": True})] * 8
    assert (await visitors_counted(h))["anonymous"] == before + 8

    row = {"source": "linkedin", "campaign": "x", "from": "2026-10-01", "to": "2026-10-31", "amount": 1}
    costs: list[tuple[str, object]] = [(f"cost-{n}", {**row, "campaign": f"c{n}"}) for n in range(4)]
    assert await both(h, urls, "spend", *costs) == [(202, {"saved": 1})] * 4
    assert await count(h, answers) == 30 + 8 + 8 + 4

    # Two bodies under one key: one is done, the other hears that the key is taken and is not saved.
    rivals = [person(200 + n) for n in range(2)]
    two = await asyncio.gather(
        *(send(h, url, "leads", "same", body) for url, body in zip(urls, rivals, strict=True))
    )
    assert sorted(status for status, _ in two) == [202, 409]
    assert await count(h, lead_events, lead_events.c.kind == "created") == 39


async def test_at_two_replicas(postgres_url: str) -> None:
    async with house(postgres_url) as h, another(h) as second:
        await story(h, (h.url, f"http://127.0.0.1:{second.port}"))


async def test_at_one(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await story(h, (h.url, h.url))


async def test_what_breaks_something_of_ours_is_kept_aside_once(postgres_url: str) -> None:
    refuse = "ALTER TABLE facts ADD CONSTRAINT of_ours CHECK (data::text NOT LIKE '%poison%')"
    async with house(postgres_url) as h, another(h) as second:
        async with h.bot.store.writing() as connection:
            await connection.execute(text(refuse))
        urls = (h.url, f"http://127.0.0.1:{second.port}")
        poison = person(1, last_name="poison")
        [(status, told)] = await both(h, urls, "leads", ("k", {"leads": [person(0), poison, person(2)]}))
        # Which of the two sees the good ones first, and which one's answer stands, is chance.
        assert [result["status"] == "quarantined" for result in told["results"]] == [False, True, False]
        [(alone, aside)] = await both(h, urls, "leads", ("k2", person(3, last_name="poison")))
        assert (status, alone, aside["status"]) == (202, 202, "quarantined")
        assert await count(h, quarantine) == 2
        assert await count(h, lead_events, lead_events.c.kind == "created") == 2


async def test_what_the_database_can_not_take_now_is_no_fault_of_the_sender(postgres_url: str) -> None:
    full = """
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$
    """
    row = {"source": "linkedin", "campaign": "x", "from": "2026-10-01", "to": "2026-10-31", "amount": 1}
    async with house(postgres_url) as h:
        async with h.bot.store.writing() as connection:
            await connection.execute(text(full))
            trigger = "CREATE TRIGGER full_disk BEFORE INSERT ON spend EXECUTE FUNCTION full_disk()"
            await connection.execute(text(trigger))
        assert (await send(h, h.url, "spend", "cost", row))[0] == 503
        assert await count(h, quarantine) == 0, "they have it still, and send it again"
        async with h.bot.store.writing() as connection:
            await connection.execute(text("DROP TRIGGER full_disk ON spend"))
        assert await send(h, h.url, "spend", "cost", row) == (202, {"saved": 1})


async def test_a_database_that_does_not_answer_is_said_in_time_and_nothing_comes_twice(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while it fails over: connections stand and nothing comes back on them."""
    async with house(postgres_url) as h:
        monkeypatch.setattr(door, "PATIENCE", 0.5)
        async with h.bot.store.writing() as held:
            await held.execute(text("LOCK TABLE leads, jobs IN ACCESS EXCLUSIVE MODE"))
            first = asyncio.create_task(send(h, h.url, "leads", "form-0", person(0)))
            await asyncio.sleep(0.2)  # its commit is under way, the others wait for the next one
            others = await asyncio.gather(
                *(send(h, h.url, "leads", f"form-{n}", person(n)) for n in range(1, 4))
            )
            for status, told in (await first, *others):
                assert (status, "does not answer" in told["errors"][0]["message"]) == (503, True)
        monkeypatch.setattr(door, "PATIENCE", 20)

        # The one under way is saved after all; sent again it has its answer, and the others were taken back.
        status, told = await send(h, h.url, "leads", "form-0", person(0))
        assert (status, told["status"]) == (202, "created")
        assert await count(h, lead_events, lead_events.c.kind == "created") == 1
        for n in range(1, 4):
            assert (await send(h, h.url, "leads", f"form-{n}", person(n)))[1]["status"] == "created"
        assert await count(h, lead_events, lead_events.c.kind == "activity") == 4
