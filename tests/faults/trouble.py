"""What goes wrong, by a schedule that a seed decides."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import asyncpg

from tests.faults.databases import Disk, Server
from tests.faults.replicas import Ended, Replica
from tests.faults.rows import connected
from tests.faults.town import Town

log = logging.getLogger("faults")
SLACK_METHODS = (
    *(
        "chat.postMessage",
        "chat.postMessage",
        "chat.update",
        "conversations.history",
        "conversations.replies",
    ),
    *("views.open", "views.publish", "response_url", "users.list", "auth.test", "*"),
)
SLACK_KINDS = ("429", "500", "timeout", "drop", "half")
WEBHOOK_STATUSES = (500, 502, 503, 429)
ON, BACK = signal.SIGUSR1, signal.SIGUSR2
RESTART_EVERY = 30.0
"""Seconds between two restarts of a PostgreSQL server."""


@dataclass
class Trouble:
    """Makes trouble, and counts it by kind."""

    town: Town
    server: Server | None = None
    disk: Disk | None = None
    made: Counter[str] = field(default_factory=Counter)

    async def kills(self, times: int, pause: tuple[float, float] = (0.1, 0.9)) -> None:
        """Kill whichever answers, again and again, so many times; each is started again at once. Every
        seventh is killed while it starts."""
        town = self.town
        while self.made["kill -9"] < times:
            await asyncio.sleep(town.chance.uniform(*pause))
            starting = self.made["kill -9"] % 7 == 6
            replica = town.chance.choice(town.replicas) if starting else await self._one_that_answers()
            await replica.kill()
            self.made["kill -9"] += 1
            if self.made["kill -9"] % 25 == 0:
                log.info("%d kills, %d leads", self.made["kill -9"], len(town.ledger.leads))
            await replica.start()

    async def _one_that_answers(self) -> Replica:
        """Wait for it; who ended by itself meanwhile, for its database was away, is started again.

        Raises:
            Frozen: none answers for a long time, though all run.
        """
        until = time.monotonic() + 60
        while True:
            for replica in self.town.chance.sample(self.town.replicas, len(self.town.replicas)):
                try:
                    if await replica.answers():
                        return replica
                except Ended:
                    self.made["ended by itself as it started"] += 1
                    await replica.start()
            if time.monotonic() > until:
                await self.town.replicas[0].ready(10)
            await asyncio.sleep(0.05)

    async def slack_misbehaves(self) -> None:
        """Every second or two something Slack does on bad days; until cancelled."""
        chance = self.town.chance
        while True:
            await asyncio.sleep(chance.uniform(0.5, 2.5))
            method, kind = chance.choice(SLACK_METHODS), chance.choice(SLACK_KINDS)
            times = chance.randint(1, 3)
            self.made[f"Slack: {kind}"] += times
            await self.town.slack.misbehave(method, kind, times=times, retry_after=chance.randint(1, 3))

    async def others_misbehave(self) -> None:
        """Who follows our stages is not well now and then; until cancelled."""
        while True:
            await asyncio.sleep(self.town.chance.uniform(1, 5))
            self.town.webhook_answers.append(self.town.chance.choice(WEBHOOK_STATUSES))
            self.made["webhook: 429, 5xx"] += 1

    async def connections_reset(self) -> None:
        """Every few seconds all connections to the PostgreSQL database are cut; until cancelled."""
        while True:
            await asyncio.sleep(self.town.chance.uniform(2, 6))
            await self.reset_connections()

    async def reset_connections(self) -> None:
        """Cut them once."""
        try:
            connection = await connected(self.town.database_url)
            cut = (
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            )
            self.made["connections cut"] += await connection.fetchval(
                f"{cut} AND datname = current_database()"
            )
            await connection.close()
        except (OSError, asyncpg.PostgresError):
            return  # it restarts just now

    async def server_restarts(self) -> None:
        """PostgreSQL restarts, in turn as an upgrade does it and as if killed; until cancelled."""
        assert self.server is not None
        while True:
            for mode in ("fast", "immediate"):
                await asyncio.sleep(self.town.chance.uniform(0.5, 1.5) * RESTART_EVERY)
                await self.server.restart(mode)
                self.made[f"PostgreSQL restarted ({mode})"] += 1

    async def clocks_are_set(self) -> None:
        """Somebody sets a replica's clock, an hour on or back, and later right again; until cancelled, and
        then all are right. Only replicas that run by `tests.faults.stepping` notice."""
        chance = self.town.chance
        while True:
            await asyncio.sleep(chance.uniform(1, 3))
            replica = chance.choice(self.town.replicas)
            there, back = chance.choice(((ON, BACK), (BACK, ON)))
            life = replica.lives
            self.set_clock(replica, there)
            try:
                await asyncio.sleep(chance.uniform(1, 4))
            finally:
                if replica.lives == life:
                    self.set_clock(replica, back)

    def set_clock(self, replica: Replica, which: signal.Signals) -> None:
        """An hour on, or an hour back."""
        if replica.running and replica.process is not None:
            replica.process.send_signal(which)
            self.made["clock set by an hour"] += 1

    async def disk_fills_up(self) -> None:
        """Now and then nothing more fits on the disk, for a while; until cancelled, and then it does."""
        assert self.disk is not None
        try:
            while True:
                await asyncio.sleep(self.town.chance.uniform(1, 4))
                pids = [r.process.pid for r in self.town.replicas if r.running and r.process is not None]
                self.disk.fill(pids)
                self.made[f"disk full ({self.disk.how})"] += 1
                await asyncio.sleep(self.town.chance.uniform(0.5, 3))
                self.disk.free(pids)
        finally:
            self.disk.free([r.process.pid for r in self.town.replicas if r.running and r.process is not None])

    async def until(self, end: Awaitable[None], *meanwhile: Callable[[], Awaitable[None]]) -> float:
        """Let all this go on until `end` is over; the seconds it took. Then Slack is well again."""
        began = time.monotonic()
        tasks = [asyncio.ensure_future(make()) for make in meanwhile]
        try:
            await end
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for method in SLACK_METHODS:
                await self.town.slack.misbehave(method, "500", times=0)
            self.town.webhook_answers.clear()
        return time.monotonic() - began
