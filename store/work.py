"""One transaction, as flows and queries see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CursorResult,
    Executable,
    Table,
    bindparam,
    func,
    literal_column,
)
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.sqlite import Insert

from store.counting import Counting, Known
from store.database import Connection
from store.house import Cards, House
from store.intake import Intake
from store.lead_lists import LeadLists
from store.leads import Leads
from store.outbox import Outbox
from store.privacy import Privacy
from store.proposals import Proposals
from store.same_person import People
from store.tables.base import insert, micros
from store.visitors import Visitors
from store.watched import Watched

Clock = Callable[[], datetime]
Rows = Mapping[str, Any] | Sequence[Mapping[str, Any]]


def utc_now() -> datetime:
    """The moment by this machine's clock."""
    return datetime.now(UTC)


def database_now(clock: Clock | None) -> ColumnElement[int]:
    """The moment in microseconds, as SQL: each execution's own, however old the statement around it.

    Replicas disagree about the time, their database doesn't; so without a `clock` it is PostgreSQL's own.
    """
    if clock is not None:
        return bindparam("now", type_=BigInteger, callable_=lambda: micros(clock()), unique=True)
    # Written out: SQLAlchemy loses count of a parameter that stands twice in a row of a many-row INSERT.
    return as_type(func.extract("epoch", func.statement_timestamp()) * literal_column("1000000"), BigInteger)


class Work:
    """A transaction of one workspace.

    Attributes:
        workspace: the workspace every query is scoped by.
        now: each statement's moment, as SQL to compare with and to store in time columns.
        outbox: what must happen after the commit, saved with it.
        leads: leads by number and by person, and how they change.
        lists: the queue, a rep's own leads, what a search finds.
        house: settings, the definition in force, people.
        proposals: what somebody wants changed in the definition, and its versions.
        cards: where our messages stand in Slack.
        intake: what is no lead yet, and what we answered.
        visitors: what unknown visitors did, and which messages were heard.
        watched: who saw a page or an experiment, for counts only.
        people: which leads may be one person, and who works for one company.
        privacy: one person's data wherever it is kept, and taking it out of there.
        counting: by how much its leads move the counts that numbers are read from.
    """

    def __init__(
        self,
        connection: Connection,
        workspace: str,
        now: ColumnElement[int],
        clock: Clock | None,
        counting_rules: Known,
    ) -> None:
        self.connection = connection
        self.workspace = workspace
        self.now = now
        self._clock = clock
        self.is_sqlite = connection.dialect.name == "sqlite"
        self.outbox = Outbox(self)
        self.leads = Leads(self)
        self.lists = LeadLists(self)
        self.house = House(self)
        self.cards = Cards(self)
        self.proposals = Proposals(self)
        self.intake = Intake(self)
        self.visitors = Visitors(self)
        self.watched = Watched(self)
        self.people = People(self)
        self.privacy = Privacy(self)
        self.counting = Counting(self, counting_rules)

    async def settle(self) -> None:
        """What is only known when everything else is done; the last thing before the commit."""
        await self.counting.settle()
        await self.outbox.settle()

    def moment(self) -> datetime:
        """The moment for calendar sums in Python; what is compared with rows takes `now`."""
        return (self._clock or utc_now)()

    async def execute(self, statement: Executable, rows: Rows | None = None) -> CursorResult[Any]:
        """Run one statement; with a list of rows, once for each of them."""
        return cast("CursorResult[Any]", await self.connection.execute(statement, rows))

    def insert(self, table: Table) -> Insert:
        """An INSERT that knows ON CONFLICT (both databases spell it alike)."""
        return insert(table, is_sqlite=self.is_sqlite)
