"""Reading the day-wise counts: what is folded already and what is not yet, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Table,
    bindparam,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy import cast as as_type

from qualification.kpi_cells import ALL, CREATED, Amount
from qualification.periods import Period
from store.hot import hot
from store.kpi_fold import places_of
from store.kpi_scope import Scope
from store.tables.counting import SPAN, kpi_days, kpi_spans

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
    Raises:
        ValueError: the scope looks at one value of another dimension: days are summed up by one at a time.
    """
    if scope.only is not None:
        raise ValueError("The day-wise counts know one dimension at a time.")
    dim = scope.by or ALL
    alone = dim == ALL
    first, last = period.start.toordinal(), period.end.toordinal()
    asked = {"here": scope.work.workspace, "dim": dim, "first": first, "last": last}
    if at_most < MOST:
        which, asked = _UP_TO[alone], asked | {"most": at_most}
    elif by in DAYS:
        which = _BY_DAY[by, alone]
    else:
        which, asked = _TOGETHER[by, alone], asked | _whole_spans(first, last)
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


async def first_day(scope: Scope) -> date | None:
    """The day on which the first lead there is was created; None without any."""
    folded = (await scope.work.execute(_FIRST, {"here": scope.work.workspace})).scalar_one_or_none()
    days = [date.fromordinal(int(folded))] if folded is not None else []
    for _, (metric, day, _), (n, _) in await _unfolded(scope, ALL):
        if metric == CREATED and n > 0:
            days.append(date.fromordinal(day))
    return min(days, default=None)


def _whole_spans(first: int, last: int) -> dict[str, int]:
    """Which spans lie within the window, and between which of its days."""
    span, after = -(-first // SPAN), last // SPAN
    if span >= after:
        return {"head": last, "tail": last, "span": 0, "after": 0}
    return {"head": span * SPAN, "tail": after * SPAN, "span": span, "after": after}


def _here(table: Table, *where: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    mine = [table.c[name] == bindparam(word) for name, word in (("workspace", "here"), ("dim", "dim"))]
    return [*mine, table.c.metric == bindparam("metric"), *where]


def _summing(rows: FromClause, by: By, alone: bool) -> Select[Any]:
    """The rows' sums.

    Args:
        alone: there is one key only, and grouping by it too would take half as long again.
    """
    key: ColumnElement[Any] = literal_column(f"'{ALL}'") if alone else rows.c.key
    day: ColumnElement[Any] = rows.c.day if by in DAYS else literal_column("0")
    sub: ColumnElement[Any] = rows.c.sub if by in SUBS else literal_column("''")
    n, minor = func.coalesce(func.sum(rows.c.n), 0), func.coalesce(func.sum(rows.c.minor), 0)
    query = select(key.label("whose"), day.label("on"), sub.label("what"), n.label("n"), minor.label("minor"))
    # In the order of the table's own key, so that as little as can be is sorted for it.
    parts = ((day, by in DAYS), (key, not alone), (sub, by in SUBS))
    return query.group_by(*(part for part, told_apart in parts if told_apart))


def _by_day(by: By, alone: bool) -> Select[Any]:
    days = (kpi_days.c.day >= bindparam("first"), kpi_days.c.day < bindparam("last"))
    return _summing(kpi_days, by, alone).where(*_here(kpi_days, *days))


def _together(by: By, alone: bool) -> Select[Any]:
    """Over the whole window: whole spans, and the days before and after them."""
    days, spans = kpi_days.c, kpi_spans.c
    before = (days.day >= bindparam("first"), days.day < bindparam("head"))
    behind = (days.day >= bindparam("tail"), days.day < bindparam("last"))
    whole = (spans.span >= bindparam("span"), spans.span < bindparam("after"))
    pieces = ((kpi_days, before), (kpi_days, behind), (kpi_spans, whole))
    rows = [
        select(table.c.key, table.c.sub, table.c.n, table.c.minor).where(*_here(table, *where))
        for table, where in pieces
    ]
    return _summing(union_all(*rows).subquery(), by, alone)


_EITHER = (True, False)
_BY_DAY = {(by, alone): hot(_by_day(by, alone)) for by in get_args(By) for alone in _EITHER if by in DAYS}
_TOGETHER = {
    (by, alone): hot(_together(by, alone)) for by in get_args(By) for alone in _EITHER if by not in DAYS
}
_UP_TO = {
    alone: hot(_by_day("day", alone).where(as_type(kpi_days.c.sub, Integer) <= bindparam("most")))
    for alone in _EITHER
}


async def _unfolded(scope: Scope, dim: str) -> list[tuple[str, tuple[str, int, str], Amount]]:
    """What was noted and not folded yet, by the value of a dimension: a second's worth while the bot runs."""
    found = []
    for dims, cell, amount in await scope.work.counting.unfolded():
        place = dict(places_of(dims, cell[0]))
        if dim in place:
            found.append((place[dim], cell, amount))
    return found


_FIRST = hot(
    select(kpi_days.c.day)
    .where(
        kpi_days.c.workspace == bindparam("here"),
        kpi_days.c.dim == literal_column(f"'{ALL}'"),
        kpi_days.c.metric == literal_column(f"'{CREATED}'"),
        kpi_days.c.n > 0,
    )
    .order_by(kpi_days.c.day)
    .limit(1)
)


def per_key(sums: Mapping[Place, Amount], metric: str) -> dict[str, dict[str, int]]:
    """Leads by key and by what the metric tells apart."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for place, (n, _) in sums.items():
        if place.metric == metric and n:
            found[place.key][place.sub] = found[place.key].get(place.sub, 0) + n
    return found
