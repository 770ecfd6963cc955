"""`jobs`: what was given up, and trying it again."""

from __future__ import annotations

from bot.cli.desk import opened
from store.job_care import dead, replay
from store.trace import TRACE


async def list_dead() -> int:
    """One line a job: number, topic, when, why, and the request it goes back to."""
    async with opened() as (_, office, where), office.store.read(where) as work:
        given_up = await dead(work)
    for job in given_up:
        request = f"  (request {job.payload[TRACE]})" if TRACE in job.payload else ""
        print(f"{job.id}  {job.topic}  {job.finished:%Y-%m-%d %H:%M}  {job.error}{request}")
    if not given_up:
        print("Nothing was given up.")
    return 0


async def replay_jobs(which: str) -> int:
    """Put one back, or all; a running bot picks them up at once or within five seconds."""
    if which != "all" and not which.isdecimal():
        print(f"“{which}” is no job's number. `jobs list` shows them; `jobs replay all` tries all again.")
        return 2
    async with opened() as (_, office, where), office.store.begin(where) as work:
        wanted = [job.id for job in await dead(work, limit=10_000)] if which == "all" else [int(which)]
        # In the order in which they were first asked for.
        again = [job for job in sorted(wanted) if await replay(work, job)]
    if which == "all":
        print(f"{len(again)} will be tried again." if again else "Nothing was given up.")
        return 0
    print(f"Job {which} will be tried again." if again else f"There is no given-up job {which}.")
    return 0 if again else 1
