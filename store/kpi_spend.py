"""What campaigns cost in a window, spread evenly over the days an amount was entered for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, select

from qualification.attribution import Model
from qualification.kpi import Dimension
from qualification.kpi_cells import ALL, CREATED, MQL, NO_CAMPAIGN, PAID, SQL, WON
from qualification.kpi_counts import SourceCounts, SpendCounts
from qualification.money import Money
from qualification.periods import Period
from store.intake import SpendRow
from store.kpi_attribution import credited
from store.kpi_cohorts import funnel
from store.kpi_flows import entered
from store.kpi_scope import Scope, most_first
from store.kpi_sums import sums_of
from store.tables.leads import leads
from store.work import Work

ONE_DAY = timedelta(days=1)


@dataclass
class Spent:
    """One key's spend in a window: minor units by currency, and the days it is entered for."""

    amounts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    days: set[date] = field(default_factory=set)

    @property
    def money(self) -> tuple[Money, ...]:
        """One amount per currency."""
        return tuple(Money(minor, code) for code, minor in sorted(self.amounts.items()))


def share_of(row: SpendRow, start: date, end: date) -> int:
    """The part of an amount that falls on the days from `start` up to, not including, `end`.

    Rounded down from the first day on, so that the parts of adjoining windows add up to the amount.
    """
    length = (row.to_day - row.from_day).days + 1
    first = max((start - row.from_day).days, 0)
    after = min((end - row.from_day).days, length)
    if after <= first:
        return 0
    return row.amount_minor * after // length - row.amount_minor * first // length


def spent_in(rows: Sequence[SpendRow], start: date, end: date, by: Dimension | None) -> dict[str, Spent]:
    """The spend of the days from `start` up to, not including, `end`, by source, campaign or "all"."""
    found: dict[str, Spent] = defaultdict(Spent)
    for row in rows:
        first, after = max(row.from_day, start), min(row.to_day + ONE_DAY, end)
        if after <= first:
            continue
        spent = found[_key(row, by)]
        spent.amounts[row.currency] += share_of(row, start, end)
        spent.days.update(first + ONE_DAY * number for number in range((after - first).days))
    return dict(found)


def _key(row: SpendRow, by: Dimension | None) -> str:
    match by:
        case "source":
            return row.source
        case "campaign":
            return row.campaign or NO_CAMPAIGN
        case _:
            return ALL


def days_so_far(period: Period, today: date) -> tuple[date, date]:
    """The days of the window that have begun: what is planned for later has brought no leads yet."""
    return period.start, max(min(period.end, today + ONE_DAY), period.start)


async def spend(scope: Scope, period: Period) -> dict[str, Spent]:
    """What was spent in the window so far, per key."""
    (spent,) = await spend_in_each(scope, period)
    return spent


async def spend_in_each(scope: Scope, *periods: Period) -> list[dict[str, Spent]]:
    """The same for several windows, read at once."""
    days = [days_so_far(period, scope.now.astimezone(period.zone).date()) for period in periods]
    first, after = min(start for start, _ in days), max(end for _, end in days)
    rows: Sequence[SpendRow] = await scope.work.intake.spend_touching(first, after - ONE_DAY)
    if scope.only is not None:
        dimension, value = scope.only
        rows = [row for row in rows if _key(row, dimension) == value]
    return [spent_in(rows, start, end, scope.by) for start, end in days]


async def costs(scope: Scope, period: Period) -> list[SpendCounts]:
    """Spend beside what entered each stage in the window, keys with either, most leads first."""
    spent = await spend(scope, period)
    start, end = days_so_far(period, scope.now.astimezone(period.zone).date())
    found = await entered(scope, period, CREATED, MQL, SQL, WON)
    created, mqls, sqls, won = found[CREATED], found[MQL], found[SQL], found[WON]
    keys = spent.keys() | created.keys() | mqls.keys() | sqls.keys() | won.keys()
    return [
        SpendCounts(
            key,
            spent[key].money if key in spent else (),
            created.get(key, 0),
            mqls.get(key, 0),
            sqls.get(key, 0),
            won.get(key, 0),
            frozenset(spent[key].days) if key in spent else frozenset(),
            (end - start).days,
        )
        for key in most_first({key: created.get(key, 0) for key in keys})
    ]


async def sources(scope: Scope, period: Period, model: Model = "first") -> list[SourceCounts]:
    """Per key the cohort of the window, its spend, and what its customers have paid so far."""
    if model == "first":
        counts = await funnel(scope, period)
        paid = await _paid_by(scope, period)
    else:
        counts, paid = await credited(scope, period, model)
    cohort = {one.key: one for one in counts}
    spent = await spend(scope, period)
    keys = most_first(
        {key: cohort[key].leads if key in cohort else 0 for key in cohort.keys() | spent.keys()}
    )
    found = []
    for key in keys:
        one, amounts = cohort.get(key), spent[key].money if key in spent else ()
        stages = (one.leads, one.mqls, one.sqls, one.customers) if one else (0, 0, 0, 0)
        found.append(SourceCounts(key, *stages, amounts, paid.get(key, ()), one.open if one else 0))
    return found


async def _paid_by(scope: Scope, period: Period) -> dict[str, tuple[Money, ...]]:
    """What the customers among the window's leads have paid so far, per key, one amount per currency."""
    sums: dict[str, dict[str, int]] = defaultdict(dict)
    for place, (_, minor) in sorted((await sums_of(scope, {PAID}, period)).items()):
        sums[place.key][place.sub] = minor
    return {key: tuple(Money(minor, code) for code, minor in paid.items()) for key, paid in sums.items()}


async def campaigns_seen(work: Work, limit: int = 95) -> list[tuple[str, str]]:
    """Source and campaign pairs that leads came from, the busiest first; campaign "" for none."""
    campaign = func.coalesce(leads.c.campaign, "")
    query = (
        select(leads.c.source, campaign.label("campaign"))
        .where(leads.c.workspace == work.workspace)
        .group_by(leads.c.source, campaign)
        .order_by(func.count().desc(), leads.c.source, campaign)
        .limit(limit)
    )
    return [(row.source, row.campaign) for row in await work.execute(query)]


def overlapping(rows: Sequence[SpendRow], new: SpendRow) -> list[SpendRow]:
    """Amounts of the same campaign and currency for other days that share a day with the new one."""
    return [
        row
        for row in rows
        if (row.source, row.campaign, row.currency) == (new.source, new.campaign, new.currency)
        and (row.from_day, row.to_day) != (new.from_day, new.to_day)
    ]


def total_of(spent: Mapping[str, Spent]) -> tuple[Money, ...]:
    """All keys together, one amount per currency."""
    sums: dict[str, int] = defaultdict(int)
    for one in spent.values():
        for money in one.money:
            sums[money.currency] += money.minor
    return tuple(Money(minor, code) for code, minor in sorted(sums.items()))
