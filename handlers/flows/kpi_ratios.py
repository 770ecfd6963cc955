"""What a rate divides, key by key, in one window: so its change can be split into causes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from handlers.flows.kpi_counting import SQL_WITHIN_DAYS, Counts
from qualification.calendar import WorkWeek
from qualification.errors import Refused
from qualification.kpi_money import in_currency
from qualification.kpi_why import Ratio
from qualification.periods import Period
from store.kpi_cohorts import acceptance, mql_to_sql
from store.kpi_flows import outcomes, promises
from store.kpi_one import Tops, shares, spent_each
from store.kpi_scope import Scope
from store.kpi_spend import costs

Ratios = dict[str, Ratio]


@dataclass(frozen=True)
class Dividing:
    """What it takes to count: `touch` is the promise to touch, `currency` the workspace's own."""

    scope: Scope
    week: WorkWeek
    touch: timedelta
    currency: str


async def _mql_sql(at: Dividing, period: Period) -> Ratios:
    found = await mql_to_sql(at.scope, period, SQL_WITHIN_DAYS)
    return {one.key: Ratio(one.sqls, one.mqls) for one in found}


async def _acceptance(at: Dividing, period: Period) -> Ratios:
    decided = rows_of_one(at.scope, await acceptance(whole(at.scope), period, at.week, at.touch))
    if undecided := sum(one.undecided for one in decided):
        raise Refused(
            f"Too young to compare: {undecided:,} MQLs of {period.label} still have time to be decided on."
        )
    if at.scope.only is not None:
        return ratios(await shares(at.scope, "acceptance", period))
    return {one.key: Ratio(one.accepted, one.accepted + one.rejected) for one in decided}


async def _win(at: Dividing, period: Period) -> Ratios:
    if at.scope.only is not None:
        return ratios(await shares(at.scope, "win", period))
    return {one.key: Ratio(one.won, one.won + one.lost) for one in await outcomes(at.scope, period)}


async def _sla(at: Dividing, period: Period) -> Ratios:
    if at.scope.only is not None:
        return ratios(await shares(at.scope, "sla", period))
    found = await promises(at.scope, period)
    return {one.key: Ratio(one.met, one.met + one.breached + one.overdue_open) for one in found}


async def _cpl(at: Dividing, period: Period) -> Ratios:
    return await _spent(at, period, per_customer=False)


async def _cac(at: Dividing, period: Period) -> Ratios:
    return await _spent(at, period, per_customer=True)


async def _spent(at: Dividing, period: Period, *, per_customer: bool) -> Ratios:
    """Minor units and leads (or customers) per key.

    Raises:
        Refused: no spend was entered: a cost of nothing would explain nothing.
    """
    none = Refused(f"Nothing to compare: no spend in {at.currency} was entered for {period.label}.")
    if at.scope.only is not None:
        of_it = await spent_each(at.scope, period, "won" if per_customer else "created", at.currency)
        if not any(minor for minor, _ in of_it.values()):
            raise none
        return ratios(of_it)
    found = await costs(at.scope, period)
    spent = {one.key: in_currency(one.spend, at.currency)[0] for one in found}
    if not any(spent.values()):
        raise none
    money = {key: amount.minor if amount else 0 for key, amount in spent.items()}
    return {one.key: Ratio(money[one.key], one.customers if per_customer else one.leads) for one in found}


RATIOS: Mapping[str, Callable[[Dividing, Period], Awaitable[Ratios]]] = {
    "mql-sql": _mql_sql,
    "acceptance": _acceptance,
    "win": _win,
    "sla": _sla,
    "cpl": _cpl,
    "cac": _cac,
}
"""What each number divides that tells why it changed, but for those compared at equal age."""


def whole(scope: Scope) -> Scope:
    """For the day-wise counts, which know one dimension at a time: that of the one value, where it is one."""
    return scope if scope.only is None else replace(scope, by=scope.only[0], only=None)


def rows_of_one(scope: Scope, counts: list[Counts]) -> list[Counts]:
    """Those of the one value that is asked about, where it is one."""
    return [one for one in counts if scope.only is None or one.key == scope.only[1]]


def ratios(found: Tops) -> Ratios:
    """The same as ratios."""
    return {key: Ratio(top, base) for key, (top, base) in found.items()}
