"""Counting what each rep did in a window, from the history: the row only knows the latest owner."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from qualification.calendar import WorkWeek
from qualification.kpi_counts import RepCounts
from qualification.lead import IN_PLAY
from qualification.periods import Period
from store.kpi_scope import SECOND, Scope, raw, within
from store.kpi_working_time import in_time_from
from store.tables.base import moment_of
from store.tables.leads import AWAITED, lead_events, leads

PERSON = or_(lead_events.c.actor.like("U%"), lead_events.c.actor.like("W%"))


@dataclass
class _Did:
    claimed: int = 0
    in_target: int = 0
    judged: int = 0
    qualified: int = 0
    sqls: int = 0
    customers: int = 0
    open_now: int = 0
    speed: list[float] = field(default_factory=list)

    def counts(self, rep: str) -> RepCounts:
        return RepCounts(
            rep,
            self.claimed,
            self.in_target,
            self.judged,
            self.qualified,
            self.sqls,
            self.customers,
            self.open_now,
            tuple(self.speed),
        )


async def reps(scope: Scope, period: Period, week: WorkWeek, claim_to_touch: timedelta) -> list[RepCounts]:
    """Per rep: leads claimed and qualified, SQLs approved, customers and open leads owned, first contacts.

    What was undone doesn't count. A first contact belongs to whoever made it, a missed one to the owner.
    """
    did: dict[str, _Did] = defaultdict(_Did)
    for rep, n in (await _by_actor(scope, period, "claimed")).items():
        did[rep].claimed = n
    for rep, n in (await _by_actor(scope, period, "answered")).items():
        did[rep].qualified = n
    for rep, n in (await _approved(scope, period)).items():
        did[rep].sqls = n
    for rep, n in (await _owned(scope, [within(leads.c.won_at, period)])).items():
        did[rep].customers = n
    for rep, n in (await _owned(scope, [leads.c.stage.in_(IN_PLAY)])).items():
        did[rep].open_now = n
    for rep, n in (await _never_contacted(scope, period, week, claim_to_touch)).items():
        did[rep].judged += n
    for rep, received, contact, due in await _first_contacts(scope, period):
        did[rep].speed.append(max(contact - received, 0) / SECOND)
        if due is not None:
            kept = week.elapsed(moment_of(due), moment_of(contact)) <= claim_to_touch
            did[rep].judged += 1
            did[rep].in_target += kept
    found = [one.counts(rep) for rep, one in did.items()]
    return sorted(found, key=lambda one: (-one.sqls, -one.claimed, one.key))


def _standing(scope: Scope, since: datetime) -> ColumnElement[bool]:
    """The event was not undone. An undo comes after what it takes back."""
    undone = select(lead_events.c.data["step"].as_string()).where(
        lead_events.c.workspace == scope.work.workspace,
        lead_events.c.kind == "undone",
        lead_events.c.at >= since,
    )
    return lead_events.c.step.not_in(undone)


async def _of_valid_leads(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    its_lead = await scope.its_lead(lead_events.c.lead)
    same = and_(leads.c.workspace == lead_events.c.workspace, its_lead)
    return (lead_events.c.workspace == scope.work.workspace, same, *scope.valid())


async def _by_actor(scope: Scope, period: Period, kind: str) -> dict[str, int]:
    query = (
        select(lead_events.c.actor, func.count(leads.c.number.distinct()).label("n"))
        .where(
            *await _of_valid_leads(scope),
            lead_events.c.kind == kind,
            within(lead_events.c.at, period),
            PERSON,
            _standing(scope, period.start_at),
        )
        .group_by(lead_events.c.actor)
    )
    return {row.actor: row.n for row in await scope.work.execute(query)}


async def _approved(scope: Scope, period: Period) -> dict[str, int]:
    """First SQLs of the window by who saved the Qualify that made them one; a file says it by `by`."""
    who = func.coalesce(lead_events.c.data["by"].as_string(), lead_events.c.actor)
    query = (
        select(who.label("rep"), func.count(leads.c.number.distinct()).label("n"))
        .where(
            *await _of_valid_leads(scope),
            within(leads.c.sql_at, period),
            lead_events.c.kind == "stage",
            lead_events.c.at == leads.c.sql_at,
            lead_events.c.data["to"].as_string() == "sql",
            or_(who.like("U%"), who.like("W%")),
            _standing(scope, period.start_at),
        )
        .group_by("rep")
    )
    return {row.rep: row.n for row in await scope.work.execute(query)}


async def _owned(scope: Scope, where: list[ColumnElement[bool]]) -> dict[str, int]:
    query = (
        select(leads.c.owner, func.count().label("n"))
        .where(*scope.valid(), leads.c.owner.is_not(None), *where)
        .group_by(leads.c.owner)
    )
    return {row.owner: row.n for row in await scope.work.execute(query)}


async def _never_contacted(
    scope: Scope, period: Period, week: WorkWeek, claim_to_touch: timedelta
) -> dict[str, int]:
    """Leads nobody contacted although it was due in the window, by who has them: else the best way to be in
    time would be to call nobody."""
    now = min(scope.now, period.end_at)
    if now <= period.start_at:
        return {}
    ran_out = [in_time_from(week, at, claim_to_touch) for at in (period.start_at, now)]
    due = leads.c.claim_due
    timed = [leads.c.imported.is_(False), leads.c.late.is_(False)]
    return await _owned(scope, [AWAITED, due >= ran_out[0], due < ran_out[1], *timed])


async def _first_contacts(scope: Scope, period: Period) -> list[tuple[Any, ...]]:
    """Leads first contacted in the window: by whom, received, contacted, promised."""
    query = (
        select(
            func.min(lead_events.c.actor),
            raw(leads.c.received_at),
            raw(leads.c.contact_at),
            raw(leads.c.claim_due),
        )
        .where(
            *await _of_valid_leads(scope),
            within(leads.c.contact_at, period),
            leads.c.imported.is_(False),
            leads.c.late.is_(False),
            lead_events.c.kind.in_(("touched", "answered")),
            lead_events.c.at == leads.c.contact_at,
            PERSON,
            _standing(scope, period.start_at),
        )
        .group_by(leads.c.number, leads.c.received_at, leads.c.contact_at, leads.c.claim_due)
    )
    return [tuple(row) for row in await scope.work.execute(query)]
