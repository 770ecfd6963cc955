"""Every night: what is of no use any more is forgotten, in many short transactions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from handlers.flows.office import Office
from handlers.flows.watch import fold_watched
from store.work import Work

ANSWERS_KEPT = timedelta(hours=48)
QUARANTINE_KEPT = timedelta(days=30)


async def forget_the_old(office: Office, where: str) -> int:
    """Forget answers, links, visitors, what nobody permitted or took in again; says how many rows."""
    now, rules = office.clock(), await office.rules(where)
    pages: Sequence[Callable[[Work], Awaitable[int]]] = (
        lambda work: work.intake.forget_answers(now - ANSWERS_KEPT),
        lambda work: work.intake.expire_waiting(now),
        lambda work: work.intake.expire_quarantine(now - QUARANTINE_KEPT),
        lambda work: work.visitors.expire(now),
        lambda work: fold_watched(work, rules, now),
        lambda work: work.privacy.expire_links(now),
    )
    gone = 0
    for page in pages:
        while True:
            async with office.store.begin(where, alone=True) as work:
                count = await page(work)
            gone += count
            if not count:
                break
    return gone
