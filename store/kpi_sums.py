"""Reading the day-wise counts: what is folded already and what is not yet, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, literal_column, select
from sqlalchemy import cast as as_type

from qualification.kpi_cells import ALL, Amount
from qualification.periods import Period
from store.hot import hot
from store.kpi_fold import cells_in, places_of
from store.kpi_scope import Scope
from store.tables.counting import kpi_changes, kpi_days

By = Literal["key", "sub", "day", "both"]

DAYS, SUBS = ("day", "both"), ("sub", "both")
MOST = 10**9


class Place(NamedTuple):
    """What a sum is about: the key of the question's dimension, the metric, the day (0 for all of the window
    together) and what the metric tells apart."""

    key: str
    metric: str
    day: int
    sub: str


async def sums_of(
    scope: Scope, metrics: Collection[str], period: Period, *, by: By = "sub", at_most: int = MOST
) -> Mapping[Place, Amount]:
    """How many leads (and minor units) stand in these metrics on the days of the window; no zeros.

    Args:
        by: what is told apart beside the metric: the "key" alone; "sub" over all days, "day" over all subs,
            or "both".
        at_most: leaves out subs that are larger numbers than this.
    """
    dim = scope.by or ALL
    first, last = period.start.toordinal(), period.end.toordinal()
    asked = {"here": scope.work.workspace, "dim": dim, "first": first, "last": last}
    which = _UP_TO if at_most < MOST else _SUMS[by]
    if at_most < MOST:
        asked["most"] = at_most
    found: dict[Place, Amount] = {}
    for metric in metrics:
        for row in (await scope.work.execute(which, {**asked, "metric": metric})).all():
            key, day, sub, n, minor = tuple(row)
            if n or minor:
                found[Place(key, metric, day, sub)] = (int(n), int(minor))
    for key, (metric, day, sub), (n, minor) in await _unfolded(scope, dim):
        if metric in metrics and first <= day < last and (at_most == MOST or int(sub) <= at_most):
            place = Place(key, metric, day if by in DAYS else 0, sub if by in SUBS else "")
            was = found.get(place, (0, 0))
            found[place] = (was[0] + n, was[1] + minor)
    return {place: amount for place, amount in found.items() if amount != (0, 0)}


def _summing(by: By) -> Select[Any]:
    day: ColumnElement[Any] = kpi_days.c.day if by in DAYS else literal_column("0")
    sub: ColumnElement[Any] = kpi_days.c.sub if by in SUBS else literal_column("''")
    apart = [column for column in (day, sub) if column is kpi_days.c.day or column is kpi_days.c.sub]
    query = select(
        kpi_days.c.key,
        day.label("on"),
        sub.label("what"),
        func.sum(kpi_days.c.n).label("n"),
        func.sum(kpi_days.c.minor).label("minor"),
    ).where(
        kpi_days.c.workspace == bindparam("here"),
        kpi_days.c.dim == bindparam("dim"),
        kpi_days.c.metric == bindparam("metric"),
        kpi_days.c.day >= bindparam("first"),
        kpi_days.c.day < bindparam("last"),
    )
    return hot(query.group_by(kpi_days.c.key, *apart))


_SUMS: Mapping[By, Select[Any]] = {by: _summing(by) for by in get_args(By)}
_UP_TO = hot(_summing("day").where(as_type(kpi_days.c.sub, Integer) <= bindparam("most")))


async def _unfolded(scope: Scope, dim: str) -> list[tuple[str, tuple[str, int, str], Amount]]:
    """What was noted and not folded yet, by the value of a dimension: a second's worth while the bot runs."""
    query = select(kpi_changes.c.cells).where(kpi_changes.c.workspace == scope.work.workspace)
    found = []
    for (told,) in await scope.work.execute(query):
        for dims, cell, amount in cells_in(told):
            place = dict(places_of(dims, cell))
            if dim in place:
                found.append((place[dim], cell, amount))
    return found


def per_key(sums: Mapping[Place, Amount], metric: str) -> dict[str, dict[str, int]]:
    """Leads by key and by what the metric tells apart."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for place, (n, _) in sums.items():
        if place.metric == metric and n:
            found[place.key][place.sub] = found[place.key].get(place.sub, 0) + n
    return found
