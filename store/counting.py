"""Counting leads as they change: each transaction notes by how much its leads moved the day-wise counts.

Nothing here is a row that two transactions both change, and nothing goes by the order of commits: changes are
only ever added (`kpi_changes`), folded by whoever comes by (`store/kpi_fold.py`), and those that are not
folded yet are added by whoever reads (`store/kpi_sums.py`). So a number is fresh to the last commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select, update

from qualification.calendar import WorkWeek
from qualification.kpi_cells import Amount, Cell, Cells, ContactClock, CountingRules, Dims, add, change_of
from qualification.lead import Lead
from store.bulk import insert_rows
from store.hot import hot
from store.lead_rows import lead_of
from store.tables.counting import counting_rules, kpi_changes
from store.tables.leads import leads

if TYPE_CHECKING:
    from store.work import Work

PLACES_IN_A_ROW = 50
"""Places of leads in one row of changes: what is folded at once keeps others from writing."""
PAGE = 200

Told = tuple[Dims, Cell, Amount]
"""By how much a cell of leads with these dimensions changed."""
Known = dict[tuple[str, int], CountingRules]
"""Counting rules by workspace and version, as far as this process read them: they never change."""


class Counting:
    """What one transaction changes about the counts."""

    def __init__(self, work: Work, known: Known) -> None:
        self._work = work
        self._known = known
        self._cells: Cells = {}
        self._newest: int | None = None
        self._unfolded: list[Told] | None = None

    async def newest(self) -> int:
        """The version under which new leads are counted; 0 where none is set yet."""
        if self._newest is None:
            found = await self._work.execute(_NEWEST, {"here": self._work.workspace})
            self._newest = found.scalar_one_or_none() or 0
        return self._newest

    async def rules(self, version: int) -> CountingRules | None:
        """One version of the rules; None for 0, under which nobody is counted."""
        known = self._known.get((self._work.workspace, version))
        if known is None and version:
            query = select(counting_rules).where(
                counting_rules.c.workspace == self._work.workspace, counting_rules.c.version == version
            )
            row = (await self._work.execute(query)).one()
            zone = ZoneInfo(row.zone)
            known = CountingRules(zone, frozenset(row.left_out), row.clock and _clock_of(row.clock, zone))
            self._known[self._work.workspace, version] = known
        return known

    async def note(self, before: Lead | None, after: Lead | None, version: int) -> None:
        """A lead that is counted under this version is from now on counted as `after`."""
        rules = await self.rules(version)
        if rules is not None:
            add(self._cells, change_of(before, after, rules))

    async def settle(self) -> None:
        """Save what was noted; once, before the commit."""
        if not self._cells:
            return
        places: dict[Dims, list[Any]] = defaultdict(list)
        for (dims, cell), amount in self._cells.items():
            if amount != (0, 0):
                places[dims].append([*cell, *amount])
        self._cells = {}
        told = list(places.items())
        here = self._work.workspace
        rows = [(here, told[at : at + PLACES_IN_A_ROW]) for at in range(0, len(told), PLACES_IN_A_ROW)]
        await insert_rows(self._work.connection, kpi_changes, ("workspace", "cells"), rows)

    async def unfolded(self) -> list[Told]:
        """What was noted and not folded yet, as this transaction sees it. Asked once."""
        if self._unfolded is None:
            query = select(kpi_changes.c.cells).where(kpi_changes.c.workspace == self._work.workspace)
            rows = (await self._work.execute(query)).scalars()
            self._unfolded = [change for told in rows for change in cells_in(told)]
        return self._unfolded

    async def ensure(self, rules: CountingRules) -> bool:
        """See that new leads are counted by these rules.

        Returns:
            Whether they are new, so that the leads there are must be counted anew (`recount`).
        """
        newest = await self.newest()
        if await self.rules(newest) == rules:
            return False
        values: dict[str, Any] = {"workspace": self._work.workspace, "version": newest + 1}
        values |= {"zone": rules.zone.key, "left_out": sorted(rules.left_out)}
        values["clock"] = rules.clock and _json_of(rules.clock)
        # Two replicas that start together say the same.
        await self._work.execute(self._work.insert(counting_rules).values(values).on_conflict_do_nothing())
        self._newest = None
        return True

    async def left(self) -> int:
        """How many leads are not counted by the newest rules yet."""
        query = select(func.count()).where(
            leads.c.workspace == self._work.workspace, leads.c.counted < await self.newest()
        )
        return int((await self._work.execute(query)).scalar_one())

    async def recount(self, limit: int = PAGE) -> int:
        """Count the next leads by the newest rules; how many.

        Whoever changes one of them meanwhile waits or is waited for. Until all are done each is counted once,
        by the old rules or by the new.
        """
        newest = await self.newest()
        query = (
            select(leads.c.number, leads.c.body, leads.c.counted)
            .where(leads.c.workspace == self._work.workspace, leads.c.counted < newest)
            # The newest first, as whoever locks several leads: so nobody waits in a ring.
            .order_by(leads.c.counted.desc(), leads.c.number.desc())
            .limit(limit)
            .with_for_update()
        )
        rows = (await self._work.execute(query)).all()
        for row in rows:
            lead = lead_of(row.body)
            await self.note(lead, None, row.counted)
            await self.note(None, lead, newest)
        done = update(leads).where(leads.c.workspace == self._work.workspace).values(counted=newest)
        if rows:
            await self._work.execute(done.where(leads.c.number.in_([row.number for row in rows])))
        return len(rows)


def _json_of(clock: ContactClock) -> Mapping[str, Any]:
    week = clock.week
    return {
        "days": sorted(week.days),
        "opens": week.opens.isoformat(),
        "closes": week.closes.isoformat(),
        "holidays": sorted(day.isoformat() for day in week.holidays),
        "touch_seconds": clock.touch.total_seconds(),
    }


def _clock_of(told: Mapping[str, Any], zone: ZoneInfo) -> ContactClock:
    opens, closes = time.fromisoformat(told["opens"]), time.fromisoformat(told["closes"])
    holidays = frozenset(map(date.fromisoformat, told["holidays"]))
    week = WorkWeek(zone, frozenset(told["days"]), opens, closes, holidays)
    return ContactClock(week, timedelta(seconds=told["touch_seconds"]))


def cells_in(told: Sequence[Any]) -> list[Told]:
    """The changes in a row of them, as `settle` wrote it."""
    return [
        ((source, campaign, variant, rep), (metric, day, sub), (n, minor))
        for (source, campaign, variant, rep), cells in told
        for metric, day, sub, n, minor in cells
    ]


_NEWEST = hot(
    select(func.max(counting_rules.c.version).label("version")).where(
        counting_rules.c.workspace == bindparam("here")
    )
)
