"""Reading the day-wise counts: what is folded already and what is not yet, in one transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from qualification.kpi_cells import ALL, CREATED, Amount
from qualification.periods import Period
from store.kpi_fold import places_of
from store.kpi_scope import Scope
from store.kpi_statements import (
    DAYS,
    FIRST,
    STILL_OPEN,
    SUBS,
    By,
    Range,
    Subs,
    by_spans,
    half_hours,
    named,
    statement,
)


class Place(NamedTuple):
    """What a sum is about: the key of the question's dimension, the metric, the day (0 for all of the window
    together) and what the metric tells apart."""

    key: str
    metric: str
    day: int
    sub: str


async def sums_of(
    scope: Scope,
    metrics: Collection[str],
    period: Period,
    *,
    by: By = "sub",
    among: Subs = "all",
    aged: int | None = None,
) -> Mapping[Place, Amount]:
    """How many leads (and minor units) stand in these metrics on the days of the window; no zeros.

    Args:
        by: what is told apart beside the metric: the "key" alone; "sub" over all days, "day" over all subs,
            or "both".
        among: looks at some subs only, by the day: at numbers up to this, at a range of texts, or at how far
            leads came that are "open" still.
        aged: the hour (since 1970) it is now; subs are then `half_hours` since 1970, and coarser the older.
    Raises:
        ValueError: the scope looks at one value of another dimension: days are summed up by one at a time.
    """
    if scope.only is not None:
        raise ValueError("The day-wise counts know one dimension at a time.")
    dim, first, last = scope.by or ALL, period.start.toordinal(), period.end.toordinal()
    asked = {"here": scope.work.workspace, "dim": dim, "first": first, "last": last}
    if by not in DAYS:
        asked |= by_spans(first, last, scope.now.astimezone(period.zone).toordinal())
    if isinstance(among, Range):
        asked |= {"first_sub": among.first, "last_sub": among.last}
    elif among not in ("all", "open"):
        asked["most"] = among
    if aged is not None:
        asked["now"] = aged
    which = statement(by, among, alone=dim == ALL, aged=aged is not None)
    found: dict[Place, Amount] = {}
    # Without subs all metrics are one question: on PostgreSQL the way there is most of what it costs.
    for some in [tuple(metrics)] if by == "key" else [(metric,) for metric in metrics]:
        for row in await scope.work.execute(which, asked | named(by, some)):
            key, metric, day, sub, n, minor = tuple(row)
            if n or minor:
                found[Place(key, metric or some[0], day, str(sub))] = (int(n), int(minor))
    for key, (metric, day, sub), (n, minor) in await _unfolded(scope, dim):
        if metric in metrics and first <= day < last and _is_among(sub, among):
            told = sub if aged is None else str(half_hours(int(sub), aged))
            place = Place(key, metric, day if by in DAYS else 0, told if by in SUBS else "")
            was = found.get(place, (0, 0))
            found[place] = (was[0] + n, was[1] + minor)
    return {place: amount for place, amount in found.items() if amount != (0, 0)}


def _is_among(sub: str, among: Subs) -> bool:
    match among:
        case "all":
            return True
        case "open":
            return sub in STILL_OPEN
        case Range(first, last):
            return first <= sub < last
        case most:
            return int(sub) <= most


async def first_day(scope: Scope) -> date | None:
    """The day on which the first lead there is was created; None without any."""
    changed: Counter[int] = Counter()
    for _, (metric, day, _), (n, _) in await _unfolded(scope, ALL):
        if metric == CREATED:
            changed[day] += n
    first = min((day for day, n in changed.items() if n > 0), default=None)
    after = {"here": scope.work.workspace, "after": 0}
    while (found := (await scope.work.execute(FIRST, after)).scalar_one_or_none()) is not None:
        if first is not None and first <= found:
            break
        # Leads of a day that were counted may have gone since: to another day, or out of every rate.
        if changed[found] >= 0 or await _created_on(scope, found):
            return date.fromordinal(int(found))
        after["after"] = int(found)
    return None if first is None else date.fromordinal(first)


async def _created_on(scope: Scope, number: int) -> bool:
    day = date.fromordinal(number)
    one_day = Period(day, day + timedelta(days=1), "", "day", ZoneInfo("UTC"))
    return bool(await sums_of(replace(scope, by=None, only=None), {CREATED}, one_day, by="key"))


async def _unfolded(scope: Scope, dim: str) -> list[tuple[str, tuple[str, int, str], Amount]]:
    """What was noted and not folded yet, by the value of a dimension: a second's worth while the bot runs."""
    found = []
    for dims, cell, amount in await scope.work.counting.unfolded():
        place = dict(places_of(dims, cell[0]))
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
