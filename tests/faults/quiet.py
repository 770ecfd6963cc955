"""After the trouble: wait until everything that was due is done, and see that it goes on."""

from __future__ import annotations

import asyncio
import time

from tests.faults.recount import BEGUN
from tests.faults.rows import rows
from tests.faults.town import Town

STARVED = 400.0
"""Seconds a lane's first job may stand: the longest pause after a failure is five minutes."""


class Starved(AssertionError):
    """A lane stood still."""


async def quiet(town: Town, seconds: float = 3600) -> float:
    """Wait until nothing is due any more, nor half done; the longest time a lane's first job stood.

    Raises:
        Starved: one stood for longer than any pause of ours.
        TimeoutError: it does not get quiet.
    """
    heads = f"SELECT lane, min(id), count(*) FROM jobs WHERE {BEGUN} GROUP BY lane"
    stands: dict[str, tuple[int, float]] = {}
    longest = 0.0
    async with asyncio.timeout(seconds):
        while there := await rows(town.database_url, heads):
            now = time.monotonic()
            stands = {
                lane: stands[lane] if lane in stands and stands[lane][0] == head else (head, now)
                for lane, head, _ in there
            }
            for lane, (head, since) in stands.items():
                longest = max(longest, now - since)
                if now - since > STARVED:
                    raise Starved(f"{lane} stands at job {head} for {now - since:.0f} s")
            await asyncio.sleep(0.5)
    return longest
