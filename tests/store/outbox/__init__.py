"""The outbox's stories, told on both databases with a clock turned by hand."""

from __future__ import annotations

from collections.abc import Sequence

from store.finish import DEAD_JOB, Ending, finish
from store.jobs import Jobs
from store.outcomes import Job, Outcome
from store.store import Store
from store.tables.workspaces import workspaces
from store.work import Work
from tests.clock import Clock

TOPICS = ["card.redraw", "alert", "sla", "digest", DEAD_JOB]


async def end(store: Store, job: Job, outcome: Outcome) -> bool:
    return (await finish(store, [Ending(job, outcome)]))[0]


async def put_each(store: Store, here: str, lane: str, numbers: Sequence[int]) -> None:
    for number in numbers:
        async with store.begin(here) as work:
            await work.outbox.put("alert", lane=lane, number=number)


def numbers(claimed: Sequence[Job]) -> list[int]:
    return [job.payload["number"] for job in claimed]


async def soon(jobs: Jobs, store: Store) -> list[Job]:
    """What can be claimed when the lane's turn has come."""
    clock = store.clock
    assert isinstance(clock, Clock)
    clock.forward(1)
    return await jobs.claim(10)


async def make_workspace(work: Work) -> None:
    await work.execute(work.insert(workspaces).values(id=work.workspace, created=work.now))
