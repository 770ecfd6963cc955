"""Lists of leads: the queue, a rep's own, what a search finds, what a morning's message names."""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select, update

from qualification.definition import Definition
from qualification.lead import IN_PLAY, Lead
from qualification.scoring import score
from store.lead_rows import lead_of
from store.leads import chunks
from store.likeness import literal
from store.tables.leads import leads

if TYPE_CHECKING:
    from store.work import Work

LOOK_BEHIND = 20
"""Rows read with the first page beyond those wanted: mostly enough to see that nobody else can be better."""


class LeadLists:
    """Questions that many leads answer, within one transaction. Always an order, always a limit."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def _here(self) -> ColumnElement[bool]:
        return leads.c.workspace == self._work.workspace

    async def queue(self, now: datetime, definition: Definition, limit: int = 50) -> list[Lead]:
        """Leads nobody has: direct inquiries by their clock first, then the rest by the score of now."""
        # Other MQLs have a clock too, but stand by their score.
        # An imported inquiry has no clock: it waits behind those whose time is running.
        first = (
            leads.c.asked_at.is_(None),
            case((leads.c.asked_at.is_not(None), leads.c.claim_due.is_(None))),
            case((leads.c.asked_at.is_not(None), func.coalesce(leads.c.claim_due, leads.c.asked_at))),
        )
        return await self._best(self._waiting(now), first, now, definition, limit)

    async def _best(
        self,
        who: Sequence[ColumnElement[bool]],
        first: Sequence[ColumnElement[Any]],
        now: datetime,
        definition: Definition,
        limit: int,
    ) -> list[Lead]:
        """The first leads in the order of `first`, then of the score at `now`, highest first, then of number.

        Rows hold no score of now but the most that it can be (`score_most`). They are read in that order and
        scored, until nobody who was not read yet can stand before the last one wanted.

        Source: R. Fagin, A. Lotem, M. Naor, "Optimal aggregation algorithms for middleware", 2003 (the
        threshold algorithm).
        """
        query = select(*first, leads.c.score_most, leads.c.number, leads.c.body).where(self._here(), *who)
        query = query.order_by(*first, leads.c.score_most.desc(), leads.c.number)
        found: list[tuple[tuple[Any, ...], Lead]] = []
        start, size = 0, limit + LOOK_BEHIND
        while True:
            rows = (await self._work.execute(query.offset(start).limit(size))).all()
            values: list[tuple[Any, ...]] = [tuple(row) for row in rows]
            for *head, most, number, body in values:
                before = [0 if value is None else value for value in head]
                if len(found) >= limit and found[limit - 1][0] <= (*before, -most, number):
                    return [lead for _, lead in found[:limit]]
                lead = lead_of(body)
                insort(found, ((*before, -score(lead, definition, now).total, number), lead), key=_place)
            if len(rows) < size:
                return [lead for _, lead in found[:limit]]
            start, size = start + size, size * 2

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

    async def mine(self, rep: str, now: datetime, definition: Definition, limit: int = 50) -> list[Lead]:
        """What a rep works on, by what needs them next: a next step due, never touched, by score."""
        first = (
            leads.c.next_step_at.is_(None),
            leads.c.next_step_at,
            leads.c.touched_at.is_not(None),
            leads.c.asked_at.is_(None),
        )
        theirs = [leads.c.owner == rep, leads.c.stage.in_(IN_PLAY), leads.c.opted_out.is_(False)]
        return await self._best(theirs, first, now, definition, limit)

    async def find(self, text: str, limit: int = 10) -> list[Lead]:
        """Leads whose name, company, title, address or phone hold every word of `text`; newest first."""
        words = [word for word in text.lower().split() if word]
        if not words:
            return []
        holds = [leads.c.search.like(f"%{literal(word)}%", escape="\\") for word in words]
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

    async def fallen(self, now: datetime, limit: int) -> list[Lead]:
        """Open leads whose score may have fallen below the most that their row says, longest ago first."""
        query = (
            select(leads.c.body)
            .where(self._here(), leads.c.stage.in_(IN_PLAY), leads.c.score_falls_at <= now)
            .order_by(leads.c.score_falls_at, leads.c.number)
            .limit(limit)
        )
        return [lead_of(row.body) for row in await self._work.execute(query)]

    async def lower(self, fallen: Sequence[tuple[Lead, int, datetime | None]]) -> None:
        """Write the most that each can have now, and until when; whoever changed meanwhile has it already."""
        rows = [
            {"its_workspace": self._work.workspace, "its_number": lead.number, "its_revision": lead.revision}
            | {"most": most, "falls_at": falls_at}
            for lead, most, falls_at in fallen
        ]
        if rows:
            await self._work.execute(_LOWER, rows)

    async def open_of(self, wanted: Sequence[int]) -> list[int]:
        """Of these L-numbers the ones still in play."""
        found: list[int] = []
        for chunk in chunks(sorted(set(wanted))):
            query = select(leads.c.number).where(self._here(), leads.c.number.in_(chunk))
            query = query.where(leads.c.stage.in_(IN_PLAY)).order_by(leads.c.number)
            found += [row.number for row in await self._work.execute(query)]
        return found

    async def new_without_card(
        self, since: datetime, now: datetime, definition: Definition, limit: int = 5
    ) -> list[Lead]:
        """Leads received since then that are no MQL yet and nobody has, best score first."""
        return await self._best(self._quiet(since), (), now, definition, limit)

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


def _place(found: tuple[tuple[Any, ...], Lead]) -> tuple[Any, ...]:
    return found[0]


_LOWER = (
    update(leads)
    .where(
        leads.c.workspace == bindparam("its_workspace"),
        leads.c.number == bindparam("its_number"),
        leads.c.revision == bindparam("its_revision"),
    )
    .values(score_most=bindparam("most"), score_falls_at=bindparam("falls_at"))
)
