"""Lists of leads: the queue, a rep's own, what a search finds, what a morning's message names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from qualification.lead import Lead
from store.lead_rows import lead_of
from store.leads import IN_PLAY, chunks
from store.tables.leads import leads

if TYPE_CHECKING:
    from store.work import Work


class LeadLists:
    """Questions that many leads answer, within one transaction. Always an order, always a limit."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def _here(self) -> ColumnElement[bool]:
        return leads.c.workspace == self._work.workspace

    async def queue(self, now: datetime, limit: int = 50) -> list[Lead]:
        """Leads nobody has: direct inquiries by their clock first, then the rest by score."""
        query = (
            select(leads.c.body)
            .where(self._here(), *self._waiting(now))
            .order_by(
                leads.c.asked_at.is_(None),
                # Other MQLs have a clock too, but stand by their score.
                # An imported inquiry has no clock: it waits behind those whose time is running.
                case((leads.c.asked_at.is_not(None), leads.c.claim_due.is_(None))),
                case((leads.c.asked_at.is_not(None), func.coalesce(leads.c.claim_due, leads.c.asked_at))),
                leads.c.score.desc(),
                leads.c.number,
            )
            .limit(limit)
        )
        return [lead_of(row.body) for row in await self._work.execute(query)]

    async def queue_length(self, now: datetime) -> int:
        """How many leads nobody has."""
        query = select(func.count()).select_from(leads).where(self._here(), *self._waiting(now))
        return int((await self._work.execute(query)).scalar_one())

    async def inquiries_waiting(self, now: datetime) -> int:
        """How many of those asked us directly."""
        query = select(func.count()).select_from(leads).where(self._here(), *self._waiting(now))
        return int((await self._work.execute(query.where(leads.c.asked_at.is_not(None)))).scalar_one())

    def _waiting(self, now: datetime) -> list[ColumnElement[bool]]:
        return [
            leads.c.owner.is_(None),
            leads.c.stage.in_(("mql", "lead")),
            leads.c.opted_out.is_(False),
            or_(leads.c.snoozed_until.is_(None), leads.c.snoozed_until <= now),
        ]

    async def mine(self, rep: str, limit: int = 50) -> list[Lead]:
        """What a rep works on, by what needs them next: a next step due, never touched, by score."""
        query = (
            select(leads.c.body)
            .where(
                self._here(),
                leads.c.owner == rep,
                leads.c.stage.in_(IN_PLAY),
                leads.c.opted_out.is_(False),
            )
            .order_by(
                leads.c.next_step_at.is_(None),
                leads.c.next_step_at,
                leads.c.touched_at.is_not(None),
                leads.c.asked_at.is_(None),
                leads.c.score.desc(),
                leads.c.number,
            )
            .limit(limit)
        )
        return [lead_of(row.body) for row in await self._work.execute(query)]

    async def find(self, text: str, limit: int = 10) -> list[Lead]:
        """Leads whose name, company, title, address or phone hold every word of `text`; newest first."""
        words = [word for word in text.lower().split() if word]
        if not words:
            return []
        holds = [leads.c.search.like(f"%{_literal(word)}%", escape="\\") for word in words]
        query = (
            select(leads.c.body)
            .where(self._here(), and_(*holds), leads.c.survivor.is_(None))
            .order_by(leads.c.created_at.desc())
            .limit(limit)
        )
        found = [lead_of(row.body) for row in await self._work.execute(query)]
        if len(found) < limit:
            found += await self._known_otherwise(holds, {lead.number for lead in found}, limit - len(found))
        return found

    async def _known_otherwise(
        self, holds: Sequence[ColumnElement[bool]], besides: Collection[int], limit: int
    ) -> list[Lead]:
        """Leads that a number merged into them is found by."""
        query = select(leads.c.survivor).where(self._here(), leads.c.survivor.is_not(None), and_(*holds))
        numbers = set((await self._work.execute(query.distinct().limit(limit))).scalars())
        there = await self._work.leads.many(sorted(numbers - set(besides)))
        return [there[number] for number in sorted(there, reverse=True)]

    async def open_of(self, wanted: Sequence[int]) -> list[int]:
        """Of these L-numbers the ones still in play."""
        found: list[int] = []
        for chunk in chunks(sorted(set(wanted))):
            query = select(leads.c.number).where(self._here(), leads.c.number.in_(chunk))
            query = query.where(leads.c.stage.in_(IN_PLAY)).order_by(leads.c.number)
            found += [row.number for row in await self._work.execute(query)]
        return found

    async def new_without_card(self, since: datetime, limit: int = 5) -> list[Lead]:
        """Leads received since then that are no MQL yet and nobody has, best score first."""
        query = select(leads.c.body).where(self._here(), *self._quiet(since))
        query = query.order_by(leads.c.score.desc(), leads.c.number).limit(limit)
        return [lead_of(row.body) for row in await self._work.execute(query)]

    async def count_without_card(self, since: datetime) -> int:
        """How many there are of them."""
        query = select(func.count()).select_from(leads).where(self._here(), *self._quiet(since))
        return int((await self._work.execute(query)).scalar_one())

    def _quiet(self, since: datetime) -> list[ColumnElement[bool]]:
        return [
            leads.c.stage == "lead",
            leads.c.owner.is_(None),
            leads.c.received_at >= since,
            leads.c.imported.is_(False),
            leads.c.opted_out.is_(False),
        ]


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
