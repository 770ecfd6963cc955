"""Sources by another model than the first touch: whole leads go to their largest share, money exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from sqlalchemy import ColumnElement, FromClause, and_, func, select

from qualification.attribution import Model, apportion, credit
from qualification.kpi_cells import CLOSED, NO_CAMPAIGN
from qualification.kpi_counts import FunnelCounts
from qualification.money import Money
from qualification.periods import Period
from store.kpi_scope import WAS_MQL, WAS_SQL, Scope, in_pages, raw, within
from store.tables.base import moment_of
from store.tables.leads import lead_events, leads

Touch = tuple[datetime, str]
ONE = Fraction(1)


@dataclass
class _Credited:
    leads: int = 0
    mqls: int = 0
    sqls: int = 0
    customers: int = 0
    open: int = 0
    revenue: dict[str, int] = field(default_factory=lambda: defaultdict(int))


async def credited(
    scope: Scope, period: Period, model: Model
) -> tuple[list[FunnelCounts], dict[str, tuple[Money, ...]]]:
    """The cohort's funnel and its revenue, per key.

    Touches are what qualifies (no page views), up to the moment the lead became a customer, else up to now.
    """
    touches = await _touches(scope, period)
    columns = (
        leads.c.number,
        WAS_MQL,
        WAS_SQL,
        leads.c.stage.in_(CLOSED),
        raw(leads.c.created_at),
        raw(leads.c.sql_at),
        raw(leads.c.won_at),
        leads.c.amount_minor,
        leads.c.currency,
    )
    found: dict[str, _Credited] = defaultdict(_Credited)
    async for row in scope.each(*columns, where=[within(leads.c.created_at, period)]):
        name, number, was_mql, was_sql, closed, created, sql, won, minor, currency = row
        until = scope.now if won is None else moment_of(won)
        seen = [touch for touch in touches.get(number, ()) if touch[0] <= until]
        if len(seen) > 1:
            shares = _shares(seen, model, until, moment_of(created), _moment(sql))
        else:
            shares = {seen[0][1] if seen else name: ONE}
        one = found[max(shares, key=lambda key: shares[key])]
        one.leads += 1
        one.mqls += bool(was_mql)
        one.sqls += bool(was_sql)
        one.customers += won is not None
        one.open += not closed
        if won is not None and minor is not None:
            due = {key: part for key, part in shares.items() if part}
            for key, part in zip(due, apportion(minor, list(due.values())), strict=True):
                found[key].revenue[currency] += part
    funnel = [FunnelCounts(key, c.leads, c.mqls, c.sqls, c.customers, c.open) for key, c in found.items()]
    money = {
        key: tuple(Money(minor, code) for code, minor in sorted(c.revenue.items()))
        for key, c in found.items()
    }
    return funnel, money


def _moment(value: int | None) -> datetime | None:
    return None if value is None else moment_of(value)


def _shares(
    touches: Sequence[Touch], model: Model, at: datetime, created: datetime, sql: datetime | None
) -> dict[str, Fraction]:
    """Each key's part of one lead, adding up to one; the earlier touch first."""
    moments = [moment for moment, _ in touches]
    parts = credit(moments, model, max(at, moments[-1]), created, sql)
    shares: dict[str, Fraction] = {}
    for (_, key), part in zip(touches, parts, strict=True):
        shares[key] = shares.get(key, Fraction(0)) + part
    return shares


async def _touches(scope: Scope, period: Period) -> dict[int, list[Touch]]:
    """The qualifying touches of the window's leads, in order of time; only of leads with more than one.

    What was handed in under two numbers that are one person now is one touch.
    """
    its_lead = await scope.its_lead(lead_events.c.lead)
    same = and_(leads.c.workspace == lead_events.c.workspace, its_lead)
    several = (
        select(leads.c.number)
        .where(*_qualifying(scope, lead_events), same, *scope.valid(), within(leads.c.created_at, period))
        .group_by(leads.c.number)
        .having(func.count() > 1)
        .correlate(None)  # its leads are its own, not those of the query around it
    )
    told = lead_events.alias("told")
    key = told.c.data["campaign" if scope.by == "campaign" else "source"].as_string()
    its_lead = await scope.its_lead(told.c.lead)
    action = told.c.data["action"].as_string()
    query = (
        select(leads.c.number, raw(told.c.at), action, key, told.c.lead, told.c.step)
        .where(*_qualifying(scope, told), scope.here(), its_lead, leads.c.number.in_(several))
        .order_by(leads.c.number, told.c.at, told.c.seq)
    )
    found: dict[int, list[Touch]] = defaultdict(list)
    gone, moment, there = await _given_back(scope), (0, 0), set[str]()
    async for row in in_pages(await scope.work.execute(query)):
        number, at, action, key, its_number, step = tuple(row)
        if moment != (number, at):
            moment, there = (number, at), set()
        if (its_number, step) in gone or action in there:
            continue
        there.add(action)
        found[number].append((moment_of(at), key or ("unknown" if scope.by == "source" else NO_CAMPAIGN)))
    return found


async def _given_back(scope: Scope) -> set[tuple[int, str]]:
    """Numbers with those steps of theirs that are another number's since a split, and recorded anew there."""
    query = select(lead_events.c.lead, lead_events.c.data).where(
        lead_events.c.workspace == scope.work.workspace, lead_events.c.kind == "unmerged"
    )
    rows = await scope.work.execute(query)
    return {(row.lead, step) for row in rows for step in row.data.get("given_back", ())}


def _qualifying(scope: Scope, events: FromClause) -> tuple[ColumnElement[bool], ...]:
    here = events.c.workspace == scope.work.workspace
    return here, events.c.kind == "activity", events.c.data["qualifies"].as_boolean()
