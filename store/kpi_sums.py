"""Reading the day-wise counts: what is folded already and what is not yet, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, func, literal, select

from qualification.kpi_cells import ALL, Amount
from qualification.periods import Period
from store.kpi_fold import cells_in, places_of
from store.kpi_scope import Scope
from store.tables.counting import kpi_changes, kpi_days


class Place(NamedTuple):
    """What a sum is about: the key of the question's dimension, the metric, the day (0 for all of the window
    together) and what the metric tells apart."""

    key: str
    metric: str
    day: int
    sub: str


async def sums_of(
    scope: Scope, metrics: Collection[str], period: Period, *, by_day: bool = False
) -> Mapping[Place, Amount]:
    """How many leads (and minor units) stand in these metrics on the days of the window; no zeros."""
    dim = scope.by or ALL
    first, last = period.start.toordinal(), period.end.toordinal()
    day = kpi_days.c.day if by_day else literal(0)
    query = (
        select(
            kpi_days.c.key,
            kpi_days.c.metric,
            day.label("day"),
            kpi_days.c.sub,
            func.sum(kpi_days.c.n).label("n"),
            func.sum(kpi_days.c.minor).label("minor"),
        )
        .where(
            kpi_days.c.workspace == bindparam("here"),
            kpi_days.c.dim == bindparam("dim"),
            kpi_days.c.metric.in_(sorted(metrics)),
            kpi_days.c.day >= bindparam("first"),
            kpi_days.c.day < bindparam("last"),
        )
        .group_by(kpi_days.c.key, kpi_days.c.metric, kpi_days.c.sub, *([kpi_days.c.day] if by_day else []))
    )
    wanted = {"here": scope.work.workspace, "dim": dim, "first": first, "last": last}
    found: dict[Place, list[int]] = defaultdict(lambda: [0, 0])
    for row in await scope.work.execute(query, wanted):
        found[Place(row.key, row.metric, row.day, row.sub)] = [int(row.n), int(row.minor)]
    for key, (metric, on, sub), (n, minor) in await _unfolded(scope, dim):
        if metric in metrics and first <= on < last:
            one = found[Place(key, metric, on if by_day else 0, sub)]
            one[0] += n
            one[1] += minor
    return {place: (n, minor) for place, (n, minor) in found.items() if n or minor}


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
