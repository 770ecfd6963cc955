"""How long leads waited for a claim and for the first contact: lead by lead, or of many from buckets."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from qualification.kpi_cells import ALL, CREATED, DUE, MET, MISSED, TARGET, UNTIMED, WORKED, ContactClock
from qualification.kpi_counts import SpeedTimes, WaitCounts
from qualification.periods import Period
from store.kpi_scope import HOUR, SECOND, Scope, instant, raw, within
from store.kpi_statements import Range
from store.kpi_sums import sums_of
from store.kpi_waits import FOR_CLAIM, FOR_CONTACT, by_clock, ended, waiting_since
from store.kpi_working_time import WorkingTime, in_time_from
from store.tables.base import moment_of
from store.tables.leads import AWAITED, leads

FEW = 5_000
"""Leads that are looked at one by one in some thirty milliseconds; of more, buckets are read."""


async def are_few(scope: Scope, period: Period) -> bool:
    """Whether the leads of the window are looked at one by one, unasked.

    Always where they are told apart: buckets are kept for all leads together only.
    """
    if scope.by is not None or scope.only is not None:
        return True
    return sum(n for n, _ in (await sums_of(scope, {CREATED}, period, by="key")).values()) <= FEW


async def speed(scope: Scope, period: Period, clock: ContactClock) -> list[SpeedTimes]:
    """How long the leads created in the window waited for a claim and for the first contact, lead by lead.

    The target of a first contact is the promise to claim plus the time from claim to first touch, in working
    time; a lead that was promised nothing is in no target.
    """
    working, now = _working_time(scope, period, clock), instant(scope.now)
    timed: dict[str, _Timed] = defaultdict(lambda: _Timed(working, now, clock.touch))
    columns: tuple[ColumnElement[Any], ...] = (
        or_(leads.c.imported, leads.c.late),
        leads.c.imported,
        raw(leads.c.received_at),
        raw(leads.c.claimed_at),
        raw(leads.c.contact_at),
        raw(leads.c.claim_due),
    )
    rows = scope.each(*columns, where=[within(leads.c.created_at, period)])
    async for name, untimed, imported, received, claimed, contact, due in rows:
        if untimed:
            timed[name].skip(bool(imported))
        else:
            timed[name].add(received, claimed, contact, due)
    found = [one.times(name) for name, one in timed.items()]
    return sorted(found, key=lambda one: (-one.contacts.n, one.key))


async def speed_in_buckets(scope: Scope, period: Period, clock: ContactClock) -> list[SpeedTimes]:
    """The same for all leads together, read from the day-wise counts.

    Times are at most 2% off; for how long others still wait is at most half an hour or 1% off, by the working
    clock an hour or 3%. How many were in time is exact.
    """
    now, working = instant(scope.now), _working_time(scope, period, clock)
    worked_now = working.until(now)
    unclaimed = await waiting_since(scope, period, FOR_CLAIM)
    waiting = await waiting_since(scope, period, FOR_CONTACT)
    by_wall = by_clock(waiting, lambda at: now - at)
    by_work = by_clock(waiting, lambda at: (worked_now - working.until(at)) * SECOND)
    in_target, judged = await _in_target(scope, period, clock)
    untimed = {place.sub: n for place, (n, _) in (await sums_of(scope, {UNTIMED}, period)).items()}
    claims = WaitCounts(await ended(scope, period, FOR_CLAIM.ended), by_clock(unclaimed, lambda at: now - at))
    contacts = WaitCounts(await ended(scope, period, FOR_CONTACT.ended), by_wall)
    worked = WaitCounts(await ended(scope, period, WORKED), by_work)
    late, imported = untimed.get("late", 0), untimed.get("imported", 0)
    if not contacts.n + late + imported:
        return []
    return [SpeedTimes(ALL, claims, contacts, worked, in_target, judged, late, imported)]


async def _in_target(scope: Scope, period: Period, clock: ContactClock) -> tuple[int, int]:
    """How many were contacted in time, of those contacted or too late for it."""
    too_late = in_time_from(clock.week, scope.now, clock.touch)
    hour = instant(too_late) // HOUR
    counts: Counter[str] = Counter()
    ended = await sums_of(scope, {TARGET}, period, by="both", among=Range(MET, f"{MISSED}~"))
    for place, (n, _) in ended.items():
        counts[place.sub] += n
    # As texts these hours stand in their order until 2084, when they get another digit.
    due = await sums_of(scope, {TARGET}, period, by="day", among=Range(DUE, f"{DUE}{hour}"))
    # Of the hour in which the line lies each is looked at.
    this_hour = [
        within(leads.c.created_at, period),
        AWAITED,
        leads.c.claim_due >= moment_of(hour * HOUR),
        leads.c.claim_due < too_late,
        leads.c.imported.is_(False),
        leads.c.late.is_(False),
    ]
    query = select(func.count()).where(*scope.valid(), *this_hour)
    this_hour_over = int((await scope.work.execute(query)).scalar_one())
    over = sum(n for n, _ in due.values()) + this_hour_over
    return counts[MET], counts.total() + over


def _working_time(scope: Scope, period: Period, clock: ContactClock) -> WorkingTime:
    # A lead may be received before its own time, and the work week may have another zone than the window.
    around = timedelta(days=2)
    return WorkingTime(clock.week, period.start - around, scope.now.date() + around)


class _Timed:
    """The waits of one key's leads, in microseconds since 1970 on their way in."""

    def __init__(self, clock: WorkingTime, now: int, claim_to_touch: timedelta) -> None:
        self._clock, self._now, self._touch = clock, now, claim_to_touch.total_seconds()
        self._claims, self._contacts, self._worked = _Waits(), _Waits(), _Waits()
        self._in_target = self._judged = self._late = self._imported = 0

    def skip(self, imported: bool) -> None:
        """A late or imported lead is counted, not timed."""
        if imported:
            self._imported += 1
        else:
            self._late += 1

    def add(self, received: int, claimed: int | None, contact: int | None, due: int | None) -> None:
        """One lead."""
        self._claims.add(max((claimed or self._now) - received, 0) / SECOND, claimed is not None)
        end = contact or self._now
        worked = self._clock.until(end)
        self._contacts.add(max(end - received, 0) / SECOND, contact is not None)
        self._worked.add(max(worked - self._clock.until(received), 0.0), contact is not None)
        if due is None:
            return
        kept = worked - self._clock.until(due) <= self._touch
        if contact is not None or not kept:
            self._judged += 1
            self._in_target += contact is not None and kept

    def times(self, name: str) -> SpeedTimes:
        """All of it."""
        told = (self._claims.counts(), self._contacts.counts(), self._worked.counts())
        return SpeedTimes(name, *told, self._in_target, self._judged, self._late, self._imported)


class _Waits:
    """Waits of one kind as they are counted."""

    def __init__(self) -> None:
        self._ended: list[float] = []
        self._waiting: list[float] = []

    def add(self, seconds: float, is_over: bool) -> None:
        (self._ended if is_over else self._waiting).append(seconds)

    def counts(self) -> WaitCounts:
        return WaitCounts(Counter(self._ended), Counter(self._waiting))
