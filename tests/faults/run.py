"""One run: trouble for a while, then quiet, then a recount."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.complaints import is_complaint
from tests.faults.databases import Disk, Server
from tests.faults.people import open_for_business
from tests.faults.quiet import quiet
from tests.faults.recount import violations
from tests.faults.replicas import Ended
from tests.faults.rows import one
from tests.faults.soak import Soak
from tests.faults.town import Town, town
from tests.faults.trouble import Trouble

Plan = Callable[[Trouble], Awaitable[None]]


@dataclass
class Report:
    """What a run did and found.

    Attributes:
        minutes: How long the trouble, and how long until all was quiet and counted.
        stood: The longest time in seconds that the first job of a lane stood after the trouble.
        complaints: Errors in the replicas' logs that must be when a database is away; others are violations.
        seen: What a soak saw.
    """

    name: str
    faults: dict[str, int]
    done: dict[str, int]
    violations: list[str]
    minutes: tuple[float, float]
    stood: float
    complaints: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For people."""
        faults = ", ".join(f"{kind} {times}" for kind, times in sorted(self.faults.items()))
        done = ", ".join(f"{what} {times}" for what, times in sorted(self.done.items()))
        return [
            f"{self.name}: {len(self.violations)} violations",
            f"  faults: {faults}",
            f"  done: {done}",
            f"  {self.minutes[0]:.1f} min of trouble, {self.minutes[1]:.1f} until quiet; a lane stood for "
            f"{self.stood:.0f} s at most; load {os.getloadavg()[0]:.1f}",
            *self.seen,
            *(f"  ! {said}" for said in self.violations[:40]),
            f"  {len(self.complaints)} errors in the logs, of clicks while the database was away",
        ]


async def run(
    name: str,
    database_url: str,
    folder: Path,
    plan: Plan,
    *,
    seed: int,
    server: Server | None = None,
    disk: Disk | None = None,
    leads_per_second: float = 5,
    saves_per_second: float = 0.4,
    module: str = "bot",
    soak: Soak | None = None,
) -> Report:
    """Open a town, make trouble by `plan` while everybody works, and count anew when all is quiet."""
    async with town(database_url, folder, seed=seed, module=module) as there:
        trouble, began = Trouble(there, server, disk), time.monotonic()
        open_for_business(there, leads_per_second=leads_per_second, saves_per_second=saves_per_second)
        await plan(trouble)
        await there.all_ready()
        await there.close_of_business()
        troubled = time.monotonic()
        stood = await quiet(there)
        found = await violations(there)
        done = await _done(there)
        minutes = ((troubled - began) / 60, (time.monotonic() - troubled) / 60)
        grew = soak.violations() if soak else []
        seen = soak.lines(there) if soak else []
        expected, complaints = _complaints(there)
        said = [f"in a log: {line[:400]}" for line in complaints]
        wrong = [*found, *grew, *said]
        return Report(name, dict(trouble.made), done, wrong, minutes, stood, expected, seen)


async def _done(there: Town) -> dict[str, int]:
    entries = "SELECT count(*) FROM leads WHERE sql_at IS NOT NULL"
    return {
        **there.ledger.counts,
        "leads acknowledged": len(there.ledger.leads),
        "leads there": int(await one(there.database_url, "SELECT count(*) FROM leads")),
        "SQLs": int(await one(there.database_url, entries)),
        "saves acknowledged": len(there.ledger.saved),
        "messages posted": sum(len(said) for said in there.workspace.messages.values()),
        "webhooks heard": len(there.ledger.webhooks),
    }


EXPECTED = re.compile(r' says="a click failed, code \w+: DatabaseAway in ')
"""Who presses while the disk is full or the database restarts is told a code, and an admin finds it."""


def _complaints(there: Town) -> tuple[list[str], list[str]]:
    """Those that must be when a database is away, and those that nobody should have to read."""
    said = [line for replica in there.replicas for line in replica.said().splitlines()]
    loud = [line for line in said if is_complaint(line)]
    return [line for line in loud if EXPECTED.search(line)], [
        line for line in loud if not EXPECTED.search(line)
    ]


async def killing(trouble: Trouble, kills: int) -> None:
    """Kill after kill, while Slack, the other system and the database have a bad day too."""
    meanwhile = [trouble.slack_misbehaves, trouble.others_misbehave]
    if not trouble.town.is_sqlite:
        meanwhile.append(trouble.connections_reset)
    if trouble.server is not None:
        meanwhile += [trouble.server_restarts]
    await trouble.until(trouble.kills(kills), *meanwhile)
    await asyncio.gather(*(_up(trouble, n) for n in range(len(trouble.town.replicas))))


async def clocks(trouble: Trouble, seconds: float) -> None:
    """Clocks are set again and again, and a replica is killed every few seconds."""
    kills = trouble.kills(round(seconds / 6), (3, 6))
    await trouble.until(kills, trouble.clocks_are_set, trouble.slack_misbehaves)
    await asyncio.gather(*(_up(trouble, n) for n in range(len(trouble.town.replicas))))


async def full_disk(trouble: Trouble, seconds: float) -> None:
    """The disk is full again and again, and a replica is killed every few seconds."""
    kills = trouble.kills(round(seconds / 6), (3, 6))
    await trouble.until(kills, trouble.disk_fills_up)
    await asyncio.gather(*(_up(trouble, n) for n in range(len(trouble.town.replicas))))


async def _up(trouble: Trouble, n: int) -> None:
    replica = trouble.town.replicas[n]
    while True:
        try:
            await replica.ready()
            return
        except Ended:
            trouble.made["ended by itself as it started"] += 1
            await replica.start()
