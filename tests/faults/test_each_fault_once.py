"""Each fault once, in a few seconds; `make soak` makes them for as long as one likes.

Left to the long form: clocks that are set (`tests/bot/test_clock_set.py` tells it; what they spoil rests for
a lease of a minute), a PostgreSQL server that restarts (others of this run use it too), a disk that is
really full (mounting one takes root), Slack hanging until we give up. Slack's outage and its digest, and a
database that is away, are told in `tests/journeys/test_faults.py`.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import make_url

from tests.faults.databases import Disk
from tests.faults.people import two_reps_want_one
from tests.faults.run import run
from tests.faults.trouble import Trouble


async def once_each(trouble: Trouble) -> None:
    """Everything that can go wrong, one after the other, while people work."""
    there = trouble.town
    await asyncio.sleep(0.5)
    for kind in ("429", "500", "half", "drop"):
        await there.slack.misbehave("chat.postMessage", kind)
    there.webhook_answers.append(503)
    await trouble.kills(len(there.replicas), (0.3, 0.6))
    for replica in there.replicas:
        await replica.ready()
    await two_reps_want_one(there)
    if trouble.disk is None:
        await trouble.reset_connections()
    else:
        pids = [replica.process.pid for replica in there.replicas if replica.process]
        trouble.disk.fill(pids)
        await asyncio.sleep(0.4)
        trouble.disk.free(pids)
    async with asyncio.timeout(60):
        while not there.ledger.saved:  # a busy machine's reps may not have come so far in the trouble
            await asyncio.sleep(0.1)


async def test_nothing_is_lost_made_up_or_done_twice(database_url: str, tmp_path: Path) -> None:
    file = make_url(database_url).database if database_url.startswith("sqlite") else None
    report = await run(
        "each fault once",
        database_url,
        tmp_path,
        once_each,
        seed=7,
        disk=Disk(Path(file).parent, is_real=False) if file else None,
        leads_per_second=0.8,
        saves_per_second=1,
    )
    assert report.violations == []
    assert report.done["leads acknowledged"] > 3
    assert report.done["saves acknowledged"] > 0, report.lines()
