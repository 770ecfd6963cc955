"""App Home: what one person needs to see of everything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from handlers.flows.find import Found, my_leads, the_queue
from handlers.flows.house_state import Condition, look_around, missing_setup
from handlers.flows.kpi_board import Board, see_board
from handlers.flows.office import Office, Rules
from handlers.flows.setup import is_open
from qualification.masking import as_shown

OPENED = "home:"
"""Settings with this prefix say who has opened Home: only their Home is redrawn."""


@dataclass(frozen=True, slots=True)
class Home:
    """One person's Home.

    Attributes:
        board: for managers and admins; None for everybody else.
        condition: for admins, the same.
        unset: what nobody has set up yet.
        code_counts: whoever has the admin code may set it up.
        waiting: submissions that wait for permission; for admins and marketers.
    """

    person: str
    rules: Rules
    at: datetime
    mine: Found
    queue: Found
    board: Board | None
    condition: Condition | None
    unset: tuple[str, ...]
    code_counts: bool
    waiting: int = 0


async def see_home(office: Office, where: str, person: str) -> Home:
    """Everything that stands in it, as it is now."""
    rules = await office.rules(where)
    setup, now = rules.setup, office.clock()
    leads = person in (*setup.managers, *setup.admins)
    waiting = 0
    if person in (*setup.admins, *setup.marketers):
        async with office.store.read(where) as work:
            waiting = await work.intake.waiting_length()
    level = rules.level("", person)
    mine, queue = await my_leads(office, where, person), await the_queue(office, where)
    return Home(
        person=person,
        rules=rules,
        at=now,
        mine=replace(mine, leads=tuple(as_shown(seen, level) for seen in mine.leads)),
        queue=replace(queue, leads=tuple(as_shown(seen, level) for seen in queue.leads)),
        board=await see_board(office, where) if leads else None,
        condition=await look_around(office, where) if person in setup.admins else None,
        unset=missing_setup(rules),
        code_counts=is_open(setup) and person not in setup.admins,
        waiting=waiting,
    )


async def has_opened(office: Office, where: str, person: str) -> bool:
    """Whether they ever looked at their Home."""
    async with office.store.read(where) as work:
        return f"{OPENED}{person}" in await work.house.settings()


async def remember_opened(office: Office, where: str, person: str) -> None:
    """They look at their Home, so it is kept up to date from now on."""
    if not await has_opened(office, where, person):
        async with office.store.begin(where) as work:
            await work.house.set({f"{OPENED}{person}": True})
