"""What every counting query shares: whose leads count, under which key, and in which window."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CursorResult,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from qualification.kpi import Dimension
from qualification.kpi_cells import ALL, NO_CAMPAIGN, NO_VARIANT, NOBODY
from qualification.periods import Period
from store.lead_rows import MERGED
from store.tables.base import micros
from store.tables.house import definitions
from store.tables.leads import leads
from store.work import Work

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3_600 * SECOND, 86_400 * SECOND
PAGE = 200
"""Rows that are looked at one by one between two turns of everybody else: some ten milliseconds at most."""
LONG = 60
"""Days from which a window holds so many leads that reading them all is cheaper than finding each."""

# A lead that skipped a stage passed it.
WAS_SQL = or_(leads.c.sql_at.is_not(None), leads.c.won_at.is_not(None))
WAS_MQL = or_(leads.c.mql_at.is_not(None), WAS_SQL)


@dataclass(frozen=True)
class Scope:
    """One question to the database: within a transaction, split by a dimension or not, at a moment.

    `left_out` are the disqualify reasons that no rate counts (the definition's). `only` looks at one value of
    another dimension; the day-wise counts can't, so it goes with what is counted lead by lead.
    """

    work: Work
    left_out: frozenset[str]
    by: Dimension | None
    now: datetime
    only: tuple[Dimension, str] | None = None

    def grouped(self, *columns: ColumnElement[Any], where: Sequence[ColumnElement[bool]]) -> Select[Any]:
        """Sums over the valid leads per `name`; without a dimension one row, also when there is none."""
        query = select(self.key.label("name"), *columns).where(*self.valid(), *where)
        return query if self.by is None else query.group_by(self.key)

    def plain(self, *columns: ColumnElement[Any], where: Sequence[ColumnElement[bool]]) -> Select[Any]:
        """The same without adding up: one row per valid lead, with its `name`."""
        return select(self.key.label("name"), *columns).where(*self.valid(), *where)

    @property
    def key(self) -> ColumnElement[str]:
        """The value of the dimension; a lead has exactly one."""
        return key_of(self.by)

    async def each(
        self, *columns: ColumnElement[Any], where: Sequence[ColumnElement[bool]]
    ) -> AsyncIterator[Any]:
        """One row per valid lead, its key first, in no order: what is added up needs none."""
        async for row in in_pages(await self.work.execute(self.plain(*columns, where=where))):
            yield row

    def here(self) -> ColumnElement[bool]:
        """This workspace's leads; a number that was merged into another one is no lead of its own."""
        return and_(leads.c.workspace == self.work.workspace, leads.c.stage != MERGED)

    async def its_lead(self, event_lead: ColumnElement[int]) -> ColumnElement[bool]:
        """Joins an event to the lead it counts for: after a merge, to the survivor.

        The way around costs a look-up for each event, so it is only gone where anything was ever merged.
        """
        here = leads.c.workspace == self.work.workspace
        some = select(leads.c.number).where(here, leads.c.survivor.is_not(None)).limit(1)
        if (await self.work.execute(some)).first() is None:
            return leads.c.number == event_lead
        merged = leads.alias("merged")
        into = select(merged.c.survivor).where(
            merged.c.workspace == self.work.workspace, merged.c.number == event_lead
        )
        return leads.c.number == func.coalesce(into.scalar_subquery(), event_lead)

    def valid(self) -> tuple[ColumnElement[bool], ...]:
        """Not spam, test, duplicate or existing customer."""
        left_in = or_(
            leads.c.stage != "disqualified", leads.c.reason.is_(None), leads.c.reason.not_in(self.left_out)
        )
        if self.only is None:
            return self.here(), left_in
        dimension, value = self.only
        return self.here(), left_in, key_of(dimension) == value

    def during(self, column: ColumnElement[Any], period: Period) -> ColumnElement[bool]:
        """Whether a lead's milestone lies in the window.

        Over a long window of MQLs SQLite would take the milestone's own index and fetch every row with its
        body for the rest; adding nothing to the column makes it read through the narrow KPI index, ten times
        faster.
        """
        many = column is leads.c.mql_at or column is leads.c.sql_at
        if not self.work.is_sqlite or period.days <= LONG or not many:
            return within(column, period)
        bare = raw(column) + 0
        return and_(bare >= instant(period.start_at), bare < instant(period.end_at))

    async def versions(self, period: Period) -> tuple[int, ...]:
        """The versions of the definition that ruled at some time in the window, oldest first."""
        query = (
            select(definitions.c.version, definitions.c.at)
            .where(definitions.c.workspace == self.work.workspace)
            .order_by(definitions.c.version)
        )
        rows = list(await self.work.execute(query))
        # The first one also judged what had happened before it was written down.
        began = [period.start_at, *[row.at for row in rows[1:]]]
        ended = [*[row.at for row in rows[1:]], period.end_at]
        return tuple(
            row.version
            for row, start, end in zip(rows, began, ended, strict=False)
            if start < period.end_at and end > period.start_at
        )


async def in_pages(rows: CursorResult[Any]) -> AsyncIterator[Any]:
    """Row by row, with a turn for everybody else after each PAGE: a click must not wait for a number."""
    for page in rows.partitions(PAGE):
        for row in page:
            yield row
        await asyncio.sleep(0)


def key_of(by: Dimension | None) -> ColumnElement[str]:
    """What a lead counts under, by a dimension."""
    match by:
        case "source":
            return leads.c.source
        case "campaign":
            return func.coalesce(func.nullif(leads.c.campaign, nameless("")), nameless("campaign"))
        case "variant":
            return func.coalesce(func.nullif(leads.c.variant, nameless("")), nameless("variant"))
        case "rep":
            return func.coalesce(leads.c.owner, nameless(NOBODY))
        case _:
            return nameless(ALL)


def nameless(word: str) -> ColumnElement[str]:
    """A fixed key, written into the statement: PostgreSQL must see that it is the same in GROUP BY."""
    words = {"campaign": NO_CAMPAIGN, "variant": NO_VARIANT, NOBODY: NOBODY, ALL: ALL, "": ""}
    return literal(words[word], literal_execute=True)


def within(column: ColumnElement[Any], period: Period) -> ColumnElement[bool]:
    """Whether the milestone lies in the window."""
    return and_(column >= period.start_at, column < period.end_at)


def raw(column: ColumnElement[Any]) -> ColumnElement[int]:
    """A time as the microseconds it is stored as: a hundred thousand datetimes take a second."""
    return type_coerce(column, BigInteger)


def instant(moment: datetime) -> int:
    """A moment in the same microseconds."""
    return micros(moment)


def most_first(counts: Mapping[str, int]) -> list[str]:
    """Keys by their count, largest first, equal ones by name."""
    return sorted(counts, key=lambda key: (-counts[key], key))
