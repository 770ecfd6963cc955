"""Who saw what, kept for as long as a number needs it and nobody said no.

The soundest of three ways. Counting page views needs no ids, but a person is then as many as their clicks. A
hash with a salt of the day can't be put together over days, so a month has no visitors. What is kept here is
one row for each visitor and day, and one for each visitor and experiment: a hash of the anonymous id, which
says nothing else. It stays KEPT (90 days) like everything of visitors, goes at once when they say no to being
recognised, are erased or take back their permission, and leaves a count of the day behind when its time is
over. Who has said no before is in no count at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, delete, or_, select, update

from qualification.watched import Exposure, VisitorDay
from store.leads import chunks
from store.tables.watched import exposures, visitor_counts, visitor_days

if TYPE_CHECKING:
    from store.work import Work

PAGE = 300
"""Rows that are folded at once: a transaction stays short."""


class Watched:
    """Questions about who saw what, within one transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def saw(self, seen: Iterable[Exposure], until: datetime) -> None:
        """Keep what each person saw first, whatever order it is told in, and whether they saw another arm."""
        here = self._work.workspace
        rows = [
            {
                "workspace": here,
                "experiment": one.experiment,
                "person": one.person,
                "arm": one.arm,
                "at": one.at,
                "mixed": False,
                "expires_at": until,
            }
            # Always in one order: two replicas that keep the same people must not wait for each other.
            for one in sorted(seen, key=lambda one: (one.experiment, one.person, one.at))
        ]
        if not rows:
            return
        insert = self._work.insert(exposures)
        told = insert.excluded
        earlier = or_(told.at < exposures.c.at, and_(told.at == exposures.c.at, told.arm < exposures.c.arm))
        await self._work.execute(
            insert.on_conflict_do_update(
                index_elements=[exposures.c.workspace, exposures.c.experiment, exposures.c.person],
                set_={
                    "arm": case((earlier, told.arm), else_=exposures.c.arm),
                    "at": case((earlier, told.at), else_=exposures.c.at),
                    "mixed": or_(exposures.c.mixed, exposures.c.arm != told.arm),
                },
            ),
            rows,
        )

    async def became_leads(self, when: Mapping[str, datetime]) -> None:
        """Somebody with this id became a lead; kept where they saw an experiment, without who it was."""
        for person, at in sorted(when.items()):
            which = (exposures.c.workspace == self._work.workspace, exposures.c.person == person)
            first = or_(exposures.c.became_lead_at.is_(None), exposures.c.became_lead_at > at)
            await self._work.execute(update(exposures).where(*which, first).values(became_lead_at=at))

    async def came(self, days: Iterable[VisitorDay], until: datetime) -> None:
        """Keep that these visitors came, once a day each, with the first known source of the day."""
        here = self._work.workspace
        rows = [
            {"workspace": here, "day": d.day, "person": d.person, "source": d.source, "expires_at": until}
            for d in sorted(days, key=lambda d: (d.day, d.person))
        ]
        if not rows:
            return
        insert = self._work.insert(visitor_days)
        await self._work.execute(
            insert.on_conflict_do_update(
                index_elements=[visitor_days.c.workspace, visitor_days.c.day, visitor_days.c.person],
                set_={"source": insert.excluded.source},
                where=and_(visitor_days.c.source == "unknown", insert.excluded.source != "unknown"),
            ),
            rows,
        )

    async def forget(self, people: Iterable[str]) -> int:
        """They said no, or are erased: they are in no count any more; says how many rows went."""
        gone = 0
        for chunk in chunks(sorted(set(people))):
            for table in (exposures, visitor_days):
                theirs = delete(table).where(
                    table.c.workspace == self._work.workspace, table.c.person.in_(chunk)
                )
                gone += (await self._work.execute(theirs)).rowcount
        return gone

    async def forget_lead(self, number: int) -> None:
        """The same for all ids of a lead, also those of numbers that were merged into it."""
        for one in (number, *await self._work.leads.merged_into(number)):
            await self.forget(await self._work.privacy.external_keys(one))

    async def fold_days(self, now: datetime) -> int:
        """A page of visitors whose time is over becomes numbers of their days; says how many rows went."""
        here = self._work.workspace
        over = (visitor_days.c.workspace == here, visitor_days.c.expires_at <= now)
        page = select(visitor_days).where(*over).order_by(visitor_days.c.day, visitor_days.c.person)
        rows = (await self._work.execute(page.limit(PAGE))).all()
        people = Counter((row.day, row.source) for row in rows)
        counts = [
            {"workspace": here, "day": day, "source": source, "people": n}
            for (day, source), n in sorted(people.items())
        ]
        if not counts:
            return 0
        insert = self._work.insert(visitor_counts)
        more = visitor_counts.c.people + insert.excluded.people
        keys = [visitor_counts.c.workspace, visitor_counts.c.day, visitor_counts.c.source]
        await self._work.execute(
            insert.on_conflict_do_update(index_elements=keys, set_={"people": more}), counts
        )
        for day in sorted({row.day for row in rows}):
            theirs = visitor_days.c.person.in_([row.person for row in rows if row.day == day])
            await self._work.execute(delete(visitor_days).where(*over, visitor_days.c.day == day, theirs))
        return len(rows)

    async def experiments(self) -> Sequence[str]:
        """The experiments that anybody saw, by name."""
        query = select(exposures.c.experiment).where(exposures.c.workspace == self._work.workspace)
        return [row.experiment for row in await self._work.execute(query.distinct().order_by("experiment"))]
