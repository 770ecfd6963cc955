"""What was given up or kept aside, for admins: what each is about, and trying it again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from handlers.flows.house_state import Condition, condition, must_run_it
from handlers.flows.office import Office
from qualification.errors import Refused
from store.intake import Aside
from store.job_care import dead, replay, state_of
from store.outcomes import DeadJob
from store.tables.jobs import DEAD, DONE

SHOWN = 8
"""Of each kind: a message has to fit a phone."""
_OURS = re.compile(r"[A-Za-z]\w* \([0-9a-f]+\)")
"""What we wrote about a fault of ours: its kind and the code in the log."""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A job that nobody tries any more; `lead` is the L-number it is about, if any."""

    number: int
    topic: str
    lead: int | None
    attempts: int
    why: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Repairs:
    """How everything is, and what can be tried again, the latest jobs and the oldest submissions first."""

    condition: Condition
    jobs: tuple[GivenUp, ...]
    aside: tuple[Aside, ...]


class Went(Enum):
    """What became of a job that is tried again."""

    DONE = "done"
    WAITS = "waits"
    DEAD = "dead"


async def see_repairs(office: Office, where: str, person: str) -> Repairs:
    """For admins.

    Raises:
        NotAllowed: they are none.
    """
    state = await condition(office, where, person)
    async with office.store.read(where) as work:
        jobs = await dead(work, SHOWN)
        aside = await work.intake.set_aside(SHOWN)
    return Repairs(state, tuple(_given_up(job) for job in jobs), tuple(map(_without_words, aside)))


async def replay_job(office: Office, where: str, person: str, number: int) -> None:
    """Try a job again that was given up.

    Raises:
        NotAllowed: they are no admin (any more).
        Refused: somebody was faster, or a newer job does its work.
    """
    await must_run_it(office, where, person)
    async with office.store.begin(where) as work:
        if not await replay(work, number):
            raise Refused("That is being tried again already, or is done.")


async def how_it_went(office: Office, where: str, number: int) -> Went:
    """What became of it so far."""
    async with office.store.read(where) as work:
        state = await state_of(work, number)
    # A job that is gone was done and swept.
    return {DONE: Went.DONE, None: Went.DONE, DEAD: Went.DEAD}.get(state, Went.WAITS)


def _given_up(job: DeadJob) -> GivenUp:
    lead = job.payload.get("lead")
    number = lead if isinstance(lead, int) else None
    return GivenUp(job.id, job.topic, number, job.attempts, job.error or "", job.finished)


def _without_words(aside: Aside) -> Aside:
    """What is said about a body that can't be read may quote it."""
    if _OURS.fullmatch(aside.error):
        return aside
    return Aside(aside.id, aside.source, aside.received_at, "", aside.size)
