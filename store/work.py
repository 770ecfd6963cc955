"""One transaction, as flows and queries see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, CursorResult, Executable, Table, func, literal
from sqlalchemy import cast as as_type
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from store.outbox import Outbox
from store.tables.base import micros

Clock = Callable[[], datetime]
Rows = Mapping[str, Any] | Sequence[Mapping[str, Any]]


def utc_now() -> datetime:
    """The moment by this machine's clock."""
    return datetime.now(UTC)


def database_now(clock: Clock | None) -> ColumnElement[int]:
    """This statement's moment in microseconds, as SQL.

    Replicas disagree about the time, their database doesn't; so without a `clock` it is PostgreSQL's own.
    """
    if clock is not None:
        return literal(micros(clock()), BigInteger)
    return as_type(func.extract("epoch", func.statement_timestamp()) * 1_000_000, BigInteger)


class Work:
    """A transaction of one workspace.

    Attributes:
        workspace: the workspace every query is scoped by.
        outbox: what must happen after the commit, saved with it.
    """

    def __init__(self, connection: AsyncConnection, workspace: str, clock: Clock | None) -> None:
        self.connection = connection
        self.workspace = workspace
        self.clock = clock
        self.is_sqlite = connection.dialect.name == "sqlite"
        self.outbox = Outbox(self)

    def now(self) -> ColumnElement[int]:
        """This statement's moment, as SQL to compare with and to store in time columns."""
        return database_now(self.clock)

    def moment(self) -> datetime:
        """The moment for calendar sums in Python; what is compared with rows takes `now`."""
        return (self.clock or utc_now)()

    async def execute(self, statement: Executable, rows: Rows | None = None) -> CursorResult[Any]:
        """Run one statement; with a list of rows, once for each of them."""
        return cast("CursorResult[Any]", await self.connection.execute(statement, rows))

    def insert(self, table: Table) -> sqlite.Insert:
        """An INSERT that knows ON CONFLICT (both databases spell it alike)."""
        if self.is_sqlite:
            return sqlite.insert(table)
        return cast("sqlite.Insert", postgresql.insert(table))
