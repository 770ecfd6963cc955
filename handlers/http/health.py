"""Is it alive, is it ready, how is it doing: for load balancers and for those on call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from handlers.http.answers import send, written

PATIENCE = 2.0
"""Seconds within which the probe must answer; a check that hangs is a check that failed."""

PARTS = {"database": "down", "schema": "behind", "worker": "down", "slack": "degraded"}
"""The parts we tell about, and the word for each when it isn't "ok"."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the parts are. Slack is reported only: without it leads still come in and wait.

    `schema` is None where the database can't be asked.
    """

    database: bool
    schema: bool | None
    worker: bool
    slack: bool

    @property
    def ready(self) -> bool:
        return self.database and bool(self.schema) and self.worker


NOTHING_WELL = Health(database=False, schema=None, worker=False, slack=False)


def add_health(
    app: web.Application,
    probe: Callable[[], Awaitable[Health]],
    registry: CollectorRegistry,
    look: Callable[[], Awaitable[None]],
) -> None:
    """Serve `/healthz` (the process answers), `/readyz` (200 or 503) and `/metrics` (Prometheus text).

    Args:
        look: Brings the gauges of the registry up to date, for the scrape that asks now.
    """

    async def healthz(_: web.Request) -> web.Response:
        return send(written(200, {"ok": True}))

    async def readyz(_: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(PATIENCE):
                health = await probe()
        except Exception:  # whatever the reason, who can't say it is well is not ready
            health = NOTHING_WELL
        parts = {part: "ok" if getattr(health, part) else bad for part, bad in PARTS.items()}
        if health.schema is None:
            parts["schema"] = "unknown"
        body = {"ready": health.ready, **parts}
        return send(written(200 if health.ready else 503, body), {"Cache-Control": "no-store"})

    async def metrics(_: web.Request) -> web.Response:
        await look()
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
