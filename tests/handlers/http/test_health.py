"""What load balancers and those on call are told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry, Counter, Gauge

from handlers.http import health
from handlers.http.health import Health, add_health

WELL = Health(database=True, schema=True, worker=True, slack=True)


async def ask(path: str, probe: Callable[[], Awaitable[Health]]) -> tuple[int, str, dict[str, object]]:
    registry = CollectorRegistry()
    Counter("leads", "Leads taken in", registry=registry).inc(3)
    app = web.Application()
    seen = Gauge("looks", "How often somebody looked", registry=registry)

    async def look() -> None:
        seen.inc()

    add_health(app, probe, registry, look)
    async with TestClient(TestServer(app)) as client:
        answer = await client.get(path)
        text = await answer.text()
        return answer.status, text, await answer.json() if answer.content_type == "application/json" else {}


async def well() -> Health:
    return WELL


async def test_a_process_that_answers_is_alive():
    assert (await ask("/healthz", well))[0] == 200


async def test_all_well_is_ready():
    status, _, body = await ask("/readyz", well)

    assert status == 200
    assert body == {"ready": True, "database": "ok", "schema": "ok", "worker": "ok", "slack": "ok"}


async def test_slack_being_down_is_told_but_no_reason_to_stop_taking_leads():
    async def probe() -> Health:
        return replace(WELL, slack=False)

    status, _, body = await ask("/readyz", probe)

    assert (status, body["ready"], body["slack"]) == (200, True, "degraded")


@pytest.mark.parametrize(("part", "word"), [("database", "down"), ("schema", "behind"), ("worker", "down")])
async def test_a_part_that_we_need_and_that_is_ill_makes_us_unready(part, word):
    async def probe() -> Health:
        return replace(WELL, **{part: False})

    status, _, body = await ask("/readyz", probe)

    assert (status, body["ready"], body[part]) == (503, False, word)


async def test_a_check_that_fails_or_hangs_is_no_health(monkeypatch):
    async def fails() -> Health:
        raise OSError

    async def hangs() -> Health:
        await asyncio.Event().wait()
        return WELL

    monkeypatch.setattr(health, "PATIENCE", 0.01)
    assert (await ask("/readyz", fails))[0] == 503
    assert (await ask("/readyz", hangs))[0] == 503


async def test_numbers_for_prometheus():
    status, text, _ = await ask("/metrics", well)

    assert status == 200
    assert "leads_total 3.0" in text
    assert "looks 1.0" in text, "gauges are read for the scrape, not before"
