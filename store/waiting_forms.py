"""What waits for permission, by the form it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from store.intake import Waiting, waiting_of
from store.tables.intake import waiting
from store.work import Work

FORMS = 1_000


@dataclass(frozen=True, slots=True)
class WaitingForm:
    """What waits from one form. `until` is when the first of them loses its personal data."""

    form: str
    why: str
    count: int
    oldest: datetime
    until: datetime


async def forms_waiting(work: Work) -> list[WaitingForm]:
    """The forms from which something waits, most first; no submission is read for it."""
    count = func.count().label("waits")
    query = (
        select(
            waiting.c.form,
            func.min(waiting.c.why).label("why"),
            count,
            func.min(waiting.c.received_at).label("oldest"),
            func.min(waiting.c.expires_at).label("until"),
        )
        .where(waiting.c.workspace == work.workspace)
        .group_by(waiting.c.form)
        .order_by(count.desc(), waiting.c.form)
        .limit(FORMS)
    )
    return [WaitingForm(r.form, r.why, r.waits, r.oldest, r.until) for r in await work.execute(query)]


async def count_of(work: Work, form: str) -> int:
    """How many wait from this form."""
    query = select(func.count()).where(waiting.c.workspace == work.workspace, waiting.c.form == form)
    return int((await work.execute(query)).scalar_one())


async def take_from(work: Work, form: str, limit: int) -> Sequence[Waiting]:
    """The next of them, oldest first: they wait no more."""
    ids = select(waiting.c.id).where(waiting.c.workspace == work.workspace, waiting.c.form == form)
    gone = delete(waiting).where(waiting.c.id.in_(ids.order_by(waiting.c.id).limit(limit)))
    taken = await work.execute(gone.returning(*waiting.c))
    return sorted((waiting_of(row) for row in taken), key=lambda one: one.id)
