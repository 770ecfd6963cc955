"""Every lead there is, for stories that look at all of them. The app itself never needs that."""

from __future__ import annotations

from sqlalchemy import select

from store.tables.leads import leads
from store.work import Work


async def all_numbers(work: Work) -> list[int]:
    """The workspace's L-numbers, in order."""
    query = select(leads.c.number).where(leads.c.workspace == work.workspace).order_by(leads.c.number)
    return list((await work.execute(query)).scalars())
