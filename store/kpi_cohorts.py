"""Counting cohorts: leads created (or turned MQL) in a window, and what became of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from qualification.calendar import WorkWeek
from qualification.kpi_counts import (
    AcceptanceCounts,
    ConversionTimes,
    FunnelCounts,
    MqlCounts,
    SpeedTimes,
    Waits,
)
from qualification.lead import IN_PLAY
from qualification.periods import Period
from store.kpi_scope import (
    CLOSED,
    DAY,
    HOUR,
    SECOND,
    WAS_MQL,
    WAS_SQL,
    Scope,
    instant,
    raw,
    within,
)
from store.kpi_working_time import WorkingTime
from store.tables.leads import leads

STAGES = (
    func.count().label("leads"),
    func.count().filter(WAS_MQL).label("mqls"),
    func.count().filter(WAS_SQL).label("sqls"),
    func.count(leads.c.won_at).label("customers"),
    func.count().filter(leads.c.stage.not_in(CLOSED)).label("open"),
)


async def funnel(scope: Scope, period: Period) -> list[FunnelCounts]:
    """Leads created in the window and the stages they ever reached, most leads first."""
    rows = await scope.work.execute(scope.grouped(*STAGES, where=[within(leads.c.created_at, period)]))
    found = [FunnelCounts(r.name, r.leads, r.mqls, r.sqls, r.customers, r.open) for r in rows if r.leads]
    return sorted(found, key=lambda one: (-one.leads, one.key))


async def bought_within(scope: Scope, periods: Sequence[Period], within_days: int) -> list[tuple[int, int]]:
    """For each window (leads created, of them customers within so many days of creation)."""
    soon = raw(leads.c.won_at) - raw(leads.c.created_at) <= within_days * DAY
    whole = and_(
        leads.c.created_at >= min(p.start_at for p in periods),
        leads.c.created_at < max(p.end_at for p in periods),
    )
    number = case(
        *[(within(leads.c.created_at, period), place) for place, period in enumerate(periods)], else_=-1
    ).label("place")
    query = scope.plain(number, soon.label("soon"), where=[whole]).subquery()
    counted = (
        func.count().label("leads"),
        func.count().filter(query.c.soon).label("customers"),
    )
    rows = await scope.work.execute(select(query.c.place, *counted).group_by(query.c.place))
    found = {row.place: (row.leads, row.customers) for row in rows}
    return [found.get(place, (0, 0)) for place in range(len(periods))]


async def conversion(scope: Scope, period: Period) -> list[ConversionTimes]:
    """The age in days of each lead created in the window, and how long its customers took.

    Ages are whole hours, counted in the database: a row for each of a hundred thousand leads takes a second.
    """
    created = [within(leads.c.created_at, period)]
    hours = (instant(scope.now) - raw(leads.c.created_at)) // HOUR
    waits = and_(leads.c.won_at.is_(None), leads.c.stage.not_in(CLOSED))
    inner = scope.plain(hours.label("hours"), waits.label("waits"), where=created).subquery()
    grouped = select(inner.c.name, inner.c.hours, inner.c.waits, func.count().label("n")).group_by(
        inner.c.name, inner.c.hours, inner.c.waits
    )
    ages: dict[str, list[float]] = defaultdict(list)
    still: dict[str, list[float]] = defaultdict(list)
    for row in await scope.work.execute(grouped):
        same = [max(int(row.hours), 0) / 24] * row.n
        ages[row.name] += same
        if row.waits:
            still[row.name] += same
    took: dict[str, list[float]] = defaultdict(list)
    times = raw(leads.c.won_at) - raw(leads.c.created_at)
    for name, micros in await scope.each(times, where=[*created, leads.c.won_at.is_not(None)]):
        took[name].append(max(micros, 0) / DAY)
    found = [ConversionTimes(name, ages[name], took[name], still[name]) for name in ages]
    return sorted(found, key=lambda one: (-len(one.ages), one.key))


async def mql_to_sql(scope: Scope, period: Period, within_days: int) -> list[MqlCounts]:
    """First MQLs of the window, those old enough, and those of them that were SQL within so many days."""
    old = raw(leads.c.mql_at) <= instant(scope.now) - within_days * DAY
    reached = raw(leads.c.sql_at) - raw(leads.c.mql_at) <= within_days * DAY
    columns = (
        func.count().filter(old).label("mqls"),
        func.count().filter(and_(old, reached)).label("sqls"),
        func.count().label("everyone"),
    )
    rows = await scope.work.execute(scope.grouped(*columns, where=[scope.during(leads.c.mql_at, period)]))
    found = [MqlCounts(r.name, r.mqls, r.sqls, r.everyone - r.mqls) for r in rows if r.everyone]
    return sorted(found, key=lambda one: (-one.mqls, -one.immature, one.key))


async def acceptance(
    scope: Scope, period: Period, week: WorkWeek, claim_to_touch: timedelta
) -> list[AcceptanceCounts]:
    """What sales made of the window's MQLs.

    Accepted by a saved Qualify, a logged touch, or as an SQL of a file. Rejected by a person before SQL, also
    when it came back since; but not when that was before it became an MQL. Overdue: nobody claimed it, or
    nobody worked on it, within its clock.
    """
    accepted = or_(leads.c.accepted_at.is_not(None), leads.c.sql_at.is_not(None))
    rejected = and_(leads.c.rejected_at >= leads.c.mql_at, leads.c.sql_at.is_(None))
    open_ = and_(leads.c.stage.in_(IN_PLAY), leads.c.opted_out.is_(False))
    awake = or_(leads.c.snoozed_until.is_(None), leads.c.snoozed_until <= scope.now)
    touch_by = working_time_ago(week, scope.now, claim_to_touch)
    waits = or_(
        and_(leads.c.claimed_at.is_(None), leads.c.claim_due <= scope.now),
        and_(leads.c.claim_due.is_not(None), leads.c.owner.is_not(None), leads.c.claimed_at <= touch_by),
    )
    decided = case(
        (rejected, "rejected"),
        (accepted, "accepted"),
        (and_(open_, awake, waits), "overdue"),
        else_="undecided",
    ).label("decided")
    reason = case((rejected, func.coalesce(leads.c.rejected_for, "other"))).label("why")
    inner = scope.plain(decided, reason, where=[scope.during(leads.c.mql_at, period)]).subquery()
    query = select(inner.c.name, inner.c.decided, inner.c.why, func.count().label("n")).group_by(
        inner.c.name, inner.c.decided, inner.c.why
    )
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    for row in await scope.work.execute(query):
        counts[row.name][row.decided] += row.n
        if row.why:
            reasons[row.name][row.why] += row.n
    found = [
        AcceptanceCounts(
            name, n["accepted"], n["rejected"], n["undecided"], n["overdue"], dict(reasons[name])
        )
        for name, n in counts.items()
    ]
    return sorted(found, key=lambda one: (-counts[one.key].total(), one.key))


async def speed(scope: Scope, period: Period, week: WorkWeek, claim_to_touch: timedelta) -> list[SpeedTimes]:
    """How long the leads created in the window waited for a claim and for the first contact.

    The target of a first contact is the promise to claim plus the time from claim to first touch, in working
    time; a lead that was promised nothing is in no target.
    """
    # Two days before anything that could be asked for: a lead may be received before its own time.
    clock, now = WorkingTime(week, period.start_at - timedelta(days=2)), instant(scope.now)
    timed: dict[str, _Timed] = defaultdict(lambda: _Timed(clock, now, claim_to_touch))
    columns: tuple[ColumnElement[Any], ...] = (
        or_(leads.c.imported, leads.c.late),
        leads.c.imported,
        raw(leads.c.received_at),
        raw(leads.c.claimed_at),
        raw(leads.c.contact_at),
        raw(leads.c.claim_due),
    )
    rows = await scope.each(*columns, where=[within(leads.c.created_at, period)])
    for name, untimed, imported, received, claimed, contact, due in rows:
        if untimed:
            timed[name].skip(bool(imported))
        else:
            timed[name].add(received, claimed, contact, due)
    found = [one.times(name) for name, one in timed.items()]
    return sorted(found, key=lambda one: (-len(one.contacts.ended), one.key))


async def contact_waits(scope: Scope, period: Period) -> Waits:
    """How long the leads created in the window waited for the first contact, by the wall clock only."""
    timed = [within(leads.c.created_at, period), leads.c.imported.is_(False), leads.c.late.is_(False)]
    rows = await scope.each(raw(leads.c.received_at), raw(leads.c.contact_at), where=timed)
    now = instant(scope.now)
    wall = [max((contact or now) - received, 0) / SECOND for _, received, contact in rows]
    return Waits(wall, (), [contact is not None for _, _, contact in rows])


class _Timed:
    """The waits of one key's leads, in microseconds since 1970 on their way in."""

    def __init__(self, clock: WorkingTime, now: int, claim_to_touch: timedelta) -> None:
        self._clock, self._now, self._touch = clock, now, claim_to_touch.total_seconds()
        self._claims: tuple[list[float], list[float], list[bool]] = ([], [], [])
        self._contacts: tuple[list[float], list[float], list[bool]] = ([], [], [])
        self._in_target = self._judged = self._late = self._imported = 0

    def skip(self, imported: bool) -> None:
        """A late or imported lead is counted, not timed."""
        if imported:
            self._imported += 1
        else:
            self._late += 1

    def add(self, received: int, claimed: int | None, contact: int | None, due: int | None) -> None:
        """One lead."""
        self._claims[0].append(max((claimed or self._now) - received, 0) / SECOND)
        self._claims[2].append(claimed is not None)
        end = contact or self._now
        worked = self._clock.until(end)
        self._contacts[0].append(max(end - received, 0) / SECOND)
        self._contacts[1].append(max(worked - self._clock.until(received), 0.0))
        self._contacts[2].append(contact is not None)
        if due is None:
            return
        kept = worked - self._clock.until(due) <= self._touch
        if contact is not None or not kept:
            self._judged += 1
            self._in_target += contact is not None and kept

    def times(self, name: str) -> SpeedTimes:
        """All of it."""
        return SpeedTimes(
            name,
            Waits(*self._claims),
            Waits(*self._contacts),
            self._in_target,
            self._judged,
            self._late,
            self._imported,
        )


def working_time_ago(week: WorkWeek, now: datetime, amount: timedelta) -> datetime:
    """The latest instant since which `amount` of working time has passed, to the second.

    Found by halving: a claim before it is overdue, one after it is not, without a look at every lead.
    """
    early, late = now - timedelta(days=400), now
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        early, late = (middle, late) if week.elapsed(middle, now) >= amount else (early, middle)
    return early
