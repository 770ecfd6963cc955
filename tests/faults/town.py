"""A workspace, a database, the replicas between them, and everybody who uses them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.driver import Slack
from sandbox.people import Person
from sandbox.server import running
from sandbox.workspace import Workspace
from tests.faults.ledger import Ledger
from tests.faults.replicas import Replica, settings

REPS = ("ana", "cleo", "dan", "eve")
"""Who qualifies. Ben gets what they hand over."""
WORKDAY = 0.05


@dataclass
class Town:
    """Everything a run of faults works with."""

    database_url: str
    slack: Slack
    workspace: Workspace
    replicas: list[Replica]
    ledger: Ledger
    chance: Random
    http: aiohttp.ClientSession
    webhook_answers: list[int] = field(default_factory=list)
    """HTTP statuses the other system answers next, before it is well again."""
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_sqlite(self) -> bool:
        """Which of the two databases it is."""
        return self.database_url.startswith("sqlite")

    @property
    def working(self) -> bool:
        """Whether anything new is begun."""
        return not self.closed.is_set()

    async def pause(self, rate: float) -> None:
        """Wait for the next of what happens so often a second, or until nothing does any more."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.closed.wait(), self.chance.expovariate(rate))

    def anyone(self) -> Replica:
        """A replica as a balancer without health checks picks it."""
        return self.chance.choice(self.replicas)

    async def all_ready(self) -> None:
        """Wait until every replica answers."""
        await asyncio.gather(*(replica.ready() for replica in self.replicas))

    async def close_of_business(self) -> None:
        """Nobody begins anything new; what was begun is finished."""
        self.closed.set()
        await asyncio.gather(*self.tasks)
        self.tasks.clear()


@asynccontextmanager
async def town(
    database_url: str, folder: Path, *, seed: int, replicas: int | None = None, module: str = "bot"
) -> AsyncIterator[Town]:
    """Start everything on this migrated database; stop it at the end.

    Args:
        replicas: How many; by default one on SQLite, two on PostgreSQL.
        module: What is run in place of `bot`.
    """
    workspace = Workspace()
    for name in REPS[1:]:
        workspace.people[f"U{name.upper()}"] = Person(f"U{name.upper()}", name, name.title(), "Sales")
        for channel in workspace.channels.values():
            channel.members.append(f"U{name.upper()}")
    ledger, answers = Ledger(), list[int]()
    async with running(workspace=workspace) as place, _other_system(ledger, answers) as webhook:
        count = replicas or (1 if database_url.startswith("sqlite") else 2)
        environment = settings(database_url, place.api_url, GREENLIGHT_WEBHOOK_URL=webhook)
        there = [Replica(environment, folder / f"replica-{n}.log", module) for n in range(count)]
        timeout = aiohttp.ClientTimeout(total=15)
        nobody_waits = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=nobody_waits) as http:
            made = Town(database_url, place.slack, workspace, there, ledger, Random(seed), http, answers)
            balancing = asyncio.create_task(_balance(made))
            try:
                for replica in there:
                    await replica.start()
                await made.all_ready()
                yield made
            finally:
                made.closed.set()
                for task in (balancing, *made.tasks):
                    task.cancel()
                await asyncio.gather(balancing, *made.tasks, return_exceptions=True)
                with suppress(TimeoutError):
                    await asyncio.gather(*(replica.stop() for replica in there))


async def _balance(made: Town) -> None:
    """Slack's requests go now to one replica, now to the other."""
    while True:
        made.workspace.request_url = f"{made.anyone().url}/slack/events"
        await asyncio.sleep(WORKDAY)


@asynccontextmanager
async def _other_system(ledger: Ledger, answers: list[int]) -> AsyncIterator[str]:
    """Whoever follows our stages: writes down what comes, and is sometimes not well."""

    async def stage(request: web.Request) -> web.Response:
        body = json.loads(await request.text())
        lead, _, place = str(body["id"]).partition(":")
        if answers:
            return web.Response(status=answers.pop())
        key = request.headers["Idempotency-Key"]
        ledger.webhooks.append((key, int(lead.removeprefix("L-")), int(place)))
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_post("/stages", stage)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/stages"
    finally:
        await runner.cleanup()
