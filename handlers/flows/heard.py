"""Commands that reached us: the only proof that their names are ours (`check` reports it)."""

from __future__ import annotations

from handlers.flows.office import Office

NAME = "command_heard"


async def heard_command(office: Office, where: str) -> None:
    """Remember that a command came; one write a day is enough."""
    now = office.clock()
    async with office.store.read(where) as work:
        last = str((await work.house.settings()).get(NAME, ""))
    if last[:10] != now.isoformat()[:10]:
        async with office.store.begin(where) as work:
            await work.house.set({NAME: now.isoformat()})
