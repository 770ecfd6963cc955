"""The ranges that others publish, edited by managers and marketers."""

from __future__ import annotations

from handlers.flows.kpi import roles_of
from handlers.flows.kpi_against import RANGES, ranges_text
from handlers.flows.office import Office, Setup
from qualification.benchmarks import SHIPPED, read_ranges, written
from qualification.errors import Refused


async def ranges_to_edit(office: Office, where: str, user: str) -> str:
    """The ranges as they are, one a line.

    Raises:
        Refused: not this person's to change; the words name who may.
    """
    _let_in((await office.rules(where)).setup, user)
    async with office.store.read(where) as work:
        return await ranges_text(work)


async def save_ranges(office: Office, where: str, user: str, text: str) -> int:
    """Keep the ranges, all of them anew; an empty text brings back those shipped. Gives how many there are.

    Raises:
        Refused: not this person's to change.
        BadLine: a line can't be read; nothing was changed.
    """
    _let_in((await office.rules(where)).setup, user)
    ranges = read_ranges(text)
    async with office.store.begin(where) as work:
        # As we write it, so that the next to open it reads one style.
        await work.house.set({RANGES: written(ranges) if ranges else None})
    return len(ranges or read_ranges(SHIPPED))


def _let_in(setup: Setup, user: str) -> None:
    if roles_of(setup, user) & {"manager", "marketer", "admin"}:
        return
    people = dict.fromkeys((*setup.managers, *setup.marketers, *setup.admins))
    named = ", ".join(f"<@{one}>" for one in people)
    raise Refused(
        "The ranges are changed by managers and marketers. "
        + (f"Please ask {named}." if named else "Nobody is one yet: an admin names them in App Home.")
    )
