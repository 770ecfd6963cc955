"""Somebody a lead is given to must be somebody who can be told."""

from __future__ import annotations

from qualification.errors import Refused
from store.work import Work


async def must_be_here(work: Work, user: str | None) -> None:
    """Let pass nobody at all, and whoever works here; before the member list was read, anybody.

    Raises:
        Refused: a bot, a stranger, or somebody who has left.
    """
    if user is None or not await work.house.people():
        return
    person = await work.house.person(user)
    if person is None:
        raise Refused("I know nobody of that name here, so they could not be told. Choose somebody else.")
    if not person.active:
        raise Refused(f"{person.name or person.handle} has left this workspace. Choose somebody else.")
