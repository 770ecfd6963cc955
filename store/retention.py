"""Whom a retention rule concerns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, exists, func, or_, select

from store.tables.leads import facts, lead_events, leads
from store.work import Work


@dataclass(frozen=True, slots=True)
class Stale:
    """Leads of a stage with which nothing happened since `before`. Of stage `lead`: never an MQL."""

    stage: str
    before: datetime


async def stale(work: Work, which: Stale, limit: int, only: int | None = None) -> list[int]:
    """Leads to which a retention rule applies, oldest first; those erased already are none.

    A lead that others were merged into is silent when all of them are; they have no stage themselves.

    Args:
        only: Look at this one alone.
    """
    same, event = leads.alias(), lead_events.alias()
    has_facts = exists().where(facts.c.workspace == leads.c.workspace, facts.c.lead == leads.c.number)
    theirs = exists().where(
        *_redirects(same), facts.c.workspace == same.c.workspace, facts.c.lead == same.c.number
    )
    query = select(leads.c.number).where(
        leads.c.workspace == work.workspace,
        leads.c.stage == which.stage,
        leads.c.received_at < which.before,
        leads.c.created_at < which.before,
        or_(has_facts, theirs),
        _last_event(leads) < which.before,
        ~exists().where(
            *_redirects(same),
            event.c.workspace == same.c.workspace,
            event.c.lead == same.c.number,
            event.c.at >= which.before,
        ),
    )
    if which.stage == "lead":
        query = query.where(leads.c.mql_at.is_(None))
    if only is not None:
        query = query.where(leads.c.number == only)
    rows = await work.execute(query.order_by(leads.c.created_at, leads.c.number).limit(limit))
    return [row.number for row in rows]


def _last_event(lead: FromClause) -> ColumnElement[Any]:
    query = select(func.max(lead_events.c.at))
    query = query.where(lead_events.c.workspace == lead.c.workspace, lead_events.c.lead == lead.c.number)
    return query.scalar_subquery()


def _redirects(same: FromClause) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return same.c.workspace == leads.c.workspace, same.c.survivor == leads.c.number
