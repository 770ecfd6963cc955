"""The leads behind a number: found one by one, by the rules that the day-wise counts were made by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, not_, or_

from qualification.periods import Period
from store.kpi_edge import OPEN, TURNED_DOWN
from store.kpi_scope import WAS_MQL, WAS_SQL, Scope, raw, within
from store.tables.leads import leads

Where = list[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Behind:
    """How many leads there are, and the numbers of the newest."""

    count: int
    numbers: tuple[int, ...]


async def leads_behind(
    scope: Scope, which: str, period: Period, within_days: int, limit: int, key: str | None = None
) -> Behind:
    """The leads of a group (a key of GROUPS) in the window, the newest first.

    Args:
        within_days: How long an MQL has to become an SQL.
        key: Only those of this value of the scope's dimension.
    """
    where = GROUPS[which](scope, period, timedelta(days=within_days))
    where += [scope.key == key] if key is not None else []
    query = scope.plain(leads.c.number, where=where).order_by(
        leads.c.created_at.desc(), leads.c.number.desc()
    )
    rows = (await scope.work.execute(query.limit(limit))).all()
    counted = scope.plain(where=where).with_only_columns(func.count())
    count = (await scope.work.execute(counted)).scalar_one()
    return Behind(int(count), tuple(int(row.number) for row in rows))


async def groups_behind(
    scope: Scope, which: str, period: Period, within_days: int, limit: int
) -> list[tuple[str, int]]:
    """How many of them each value of the scope's dimension has, the most first."""
    count = func.count().label("n")
    where = GROUPS[which](scope, period, timedelta(days=within_days))
    query = scope.grouped(count, where=where).order_by(count.desc(), scope.key).limit(limit)
    return [(str(row.name), int(row.n)) for row in (await scope.work.execute(query)).all()]


def _created(period: Period, *more: ColumnElement[bool]) -> Where:
    return [within(leads.c.created_at, period), *more]


def _mqls(period: Period, *more: ColumnElement[bool]) -> Where:
    return [within(leads.c.mql_at, period), *more]


def _old(scope: Scope, age: timedelta) -> ColumnElement[bool]:
    return leads.c.mql_at <= scope.now - age


def _soon(age: timedelta) -> ColumnElement[bool]:
    took = leads.c.sql_at.is_not(None)
    days = age // timedelta(microseconds=1)
    return and_(took, raw(leads.c.sql_at) - raw(leads.c.mql_at) <= days)


_REJECTED = and_(TURNED_DOWN, leads.c.sql_at.is_(None))
_ACCEPTED = and_(not_(_REJECTED), or_(leads.c.accepted_at.is_not(None), leads.c.sql_at.is_not(None)))
_ENDED = func.coalesce(leads.c.let_go_at, leads.c.claimed_at)
"""When a promise to claim ended: handed back or closed by a person, or claimed."""


def _broken(scope: Scope, period: Period) -> Where:
    awake = or_(leads.c.snoozed_until.is_(None), leads.c.snoozed_until <= scope.now)
    waits = and_(_ENDED.is_(None), OPEN, awake, leads.c.claim_due <= scope.now)
    return [within(leads.c.claim_due, period), or_(leads.c.claim_due < _ENDED, waits)]


GROUPS: Mapping[str, Callable[[Scope, Period, timedelta], Where]] = {
    "created": lambda scope, period, age: _created(period),
    "created and MQL": lambda scope, period, age: _created(period, WAS_MQL),
    "created and SQL": lambda scope, period, age: _created(period, WAS_SQL),
    "created and won": lambda scope, period, age: _created(period, leads.c.won_at.is_not(None)),
    "MQL": lambda scope, period, age: _mqls(period),
    "SQL": lambda scope, period, age: [within(leads.c.sql_at, period)],
    "won": lambda scope, period, age: [within(leads.c.won_at, period)],
    "lost": lambda scope, period, age: [within(leads.c.lost_at, period)],
    "old MQL": lambda scope, period, age: _mqls(period, _old(scope, age)),
    "old MQL, SQL soon": lambda scope, period, age: _mqls(period, _old(scope, age), _soon(age)),
    "young MQL": lambda scope, period, age: _mqls(period, not_(_old(scope, age))),
    "MQL accepted": lambda scope, period, age: _mqls(period, _ACCEPTED),
    "MQL rejected": lambda scope, period, age: _mqls(period, _REJECTED),
    "MQL undecided": lambda scope, period, age: _mqls(period, not_(_ACCEPTED), not_(_REJECTED)),
    "rejected": lambda scope, period, age: [within(leads.c.rejected_at, period)],
    "promise kept": lambda scope, period, age: [
        within(leads.c.claim_due, period),
        leads.c.claim_due >= _ENDED,
    ],
    "promise broken": lambda scope, period, age: _broken(scope, period),
}
"""What can be looked at behind a number."""
