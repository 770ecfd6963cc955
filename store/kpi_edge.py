"""What gets overdue although nothing happens to it: counted lead by lead, for there are few.

The day-wise counts tell on which day a promise is due. Whether one of today is broken already is a matter of
minutes, and whoever sleeps is no matter of a day at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_

from qualification.lead import IN_PLAY
from qualification.periods import Period
from store.kpi_scope import Scope, instant, raw
from store.tables.leads import ASLEEP, HELD, PROMISED, leads

# Adding nothing to a column keeps SQLite from going by its index: few are there in those of who waits.
DUE, CLAIMED, WAKES = leads.c.claim_due, leads.c.claimed_at, leads.c.snoozed_until
OPEN = and_(leads.c.stage.in_(IN_PLAY), leads.c.opted_out.is_(False))
TURNED_DOWN = and_(leads.c.rejected_at.is_not(None), leads.c.rejected_at >= leads.c.mql_at)
"""As an MQL, by a person; whoever became SQL all the same was not rejected in the end."""


async def overdue_among(scope: Scope, period: Period, today: int, touch_by: datetime) -> dict[str, int]:
    """The window's undecided MQLs that are overdue by minutes: due today, or claimed on the day from whose
    moment `touch_by` on there is still time; and those who slept. Per key.
    """
    first = _begin(date.fromordinal(today), period)
    held_from = _begin(touch_by.astimezone(period.zone).date(), period)
    undecided = [
        *_in(leads.c.mql_at, period),
        OPEN,
        leads.c.accepted_at.is_(None),
        (raw(leads.c.sql_at) + 0).is_(None),
        ~func.coalesce(TURNED_DOWN, False),
    ]
    unclaimed = and_(PROMISED, scope.now >= DUE)
    held = and_(HELD, DUE.is_not(None), leads.c.owner.is_not(None), touch_by >= CLAIMED)
    return await _each(
        scope,
        undecided,
        [unclaimed, first <= DUE, WAKES.is_(None)],
        [held, held_from <= CLAIMED, WAKES.is_(None)],
        [ASLEEP, scope.now >= WAKES, or_(unclaimed, held)],
    )


async def broken_today(scope: Scope, period: Period) -> dict[str, int]:
    """Promises due in the window and today that nobody kept and whose time is over, per key."""
    today = _begin(scope.now.astimezone(period.zone).date(), period)
    return await _each(scope, _promised(period), [today <= DUE, scope.now >= DUE, WAKES.is_(None)])


async def of_the_woken(scope: Scope, period: Period) -> tuple[dict[str, int], dict[str, int]]:
    """Promises due in the window to leads that slept and are awake: overdue ones, and those not due yet."""
    awake, promised = [ASLEEP, scope.now >= WAKES], _promised(period)
    late = await _each(scope, promised, [*awake, scope.now >= DUE])
    return late, await _each(scope, promised, [*awake, scope.now < DUE])


def _promised(period: Period) -> list[ColumnElement[bool]]:
    return [*_in(DUE, period), PROMISED, leads.c.let_go_at.is_(None), OPEN]


def _in(column: ColumnElement[Any], period: Period) -> tuple[ColumnElement[bool], ...]:
    bare = raw(column) + 0
    return bare >= instant(period.start_at), bare < instant(period.end_at)


def _begin(day: date, period: Period) -> datetime:
    return datetime.combine(day, time(0), period.zone)


async def _each(
    scope: Scope, always: Sequence[ColumnElement[bool]], *groups: Sequence[ColumnElement[Any]]
) -> dict[str, int]:
    """Leads per key that are in one of the groups; a question each, so that each goes by its own index."""
    found: dict[str, int] = {}
    for group in groups:
        query = scope.grouped(func.count().label("n"), where=[*always, *group])
        for row in await scope.work.execute(query):
            if row.n:
                found[row.name] = found.get(row.name, 0) + row.n
    return found
