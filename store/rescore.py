"""Open leads a page at a time, to be scored anew."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from qualification.lead import IN_PLAY
from store.tables.house import cards
from store.tables.leads import leads
from store.work import Work


async def open_after(work: Work, after: int, limit: int) -> list[int]:
    """The next L-numbers of open leads, in their order."""
    query = select(leads.c.number).where(
        leads.c.workspace == work.workspace, leads.c.stage.in_(IN_PLAY), leads.c.number > after
    )
    return list((await work.execute(query.order_by(leads.c.number).limit(limit))).scalars())


async def open_count(work: Work) -> int:
    """How many are open."""
    query = select(func.count()).where(leads.c.workspace == work.workspace, leads.c.stage.in_(IN_PLAY))
    return int((await work.execute(query)).scalar_one())


async def with_cards(work: Work, numbers: Sequence[int]) -> list[int]:
    """Those of them that a card shows now."""
    query = select(cards.c.lead).where(
        cards.c.workspace == work.workspace,
        cards.c.kind == "card",
        cards.c.current,
        cards.c.lead.in_(list(numbers)),
    )
    return sorted(set((await work.execute(query)).scalars()))
