"""`jobs`: what was given up, and trying it again."""

from __future__ import annotations

from bot.cli.desk import opened
from store.job_care import dead, replay


async def list_dead() -> int:
    """One line a job: number, topic, when, why."""
    async with opened() as (_, office, where), office.store.read(where) as work:
        given_up = await dead(work)
    for job in given_up:
        print(f"{job.id}  {job.topic}  {job.finished:%Y-%m-%d %H:%M}  {job.error}")
    if not given_up:
        print("Nothing was given up.")
    return 0


async def replay_job(job: int) -> int:
    """Put one back; a running bot picks it up at once or within five seconds."""
    async with opened() as (_, office, where), office.store.begin(where) as work:
        again = await replay(work, job)
    print(f"Job {job} will be tried again." if again else f"There is no given-up job {job}.")
    return 0 if again else 1
