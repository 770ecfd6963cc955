"""How long leads waited for a claim and for the first contact: lead by lead, exact and slow."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_

from qualification.calendar import WorkWeek
from qualification.kpi_counts import SpeedTimes, Waits
from qualification.periods import Period
from store.kpi_scope import SECOND, Scope, instant, raw, within
from store.kpi_working_time import WorkingTime
from store.tables.leads import leads


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
