"""The database as the rest of the house sees it: open it, begin a transaction, read."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, OperationalError

from store.counting import Known
from store.database import Connection, database, database_url
from store.signs import HAS_MOVED, DatabaseAway, commits
from store.tables.workspaces import workspaces
from store.work import Clock, Work, database_now, utc_now

FIRST_WORKSPACE = "W1"
BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
OUR_MISTAKES = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT}
"""SQLite's codes for a wrong statement, a writing reader and a question we broke off ourselves."""
AWAY = ("08", "28", "3D", "53", "55000", "57P", "58")
"""How PostgreSQL's codes begin when it can't be reached, lets nobody in (55000: its database is closed), is
full or shuts down (its manual, appendix A). A deadlock (40P01) or a missing column (42703) is another."""
LOST_ITS_PLACE = "InternalClientError"


@contextmanager
def reachable() -> Iterator[None]:
    """Turn every driver's words for "not there" into one, while opening.

    Raises:
        DatabaseAway: the database can't be reached or can't write.
    """
    try:
        with answering():
            yield
    except OSError as away:
        raise DatabaseAway(type(away).__name__) from away


@contextmanager
def answering() -> Iterator[None]:
    """The same once it is open: then an OSError is the caller's own, about some file or address of theirs.

    Raises:
        DatabaseAway: the database can't be reached any more or can't write.
    """
    try:
        yield
    except DBAPIError as error:
        if HAS_MOVED in str(error.orig):  # whoever opens it now is told where it went (`store/moved.py`)
            raise DatabaseAway("it has moved") from error
        if not _is_away(error):
            raise
        raise DatabaseAway(type(error).__name__) from error


def _is_away(error: DBAPIError) -> bool:
    # asyncpg loses its place in a conversation that the server broke off.
    if error.connection_invalidated or type(error.orig).__name__ == LOST_ITS_PLACE:
        return True
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate is not None:
        return str(sqlstate).startswith(AWAY)
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in BROKEN:
        return True
    # The low byte is the kind; the rest says which of its cases.
    return isinstance(error, OperationalError) and code is not None and code & 0xFF not in OUR_MISTAKES


class Store:
    """One database.

    Args:
        url: `sqlite+aiosqlite:///file` or `postgresql+asyncpg://…`.
        clock: whose time it is. Without one, SQLite goes by this machine and PostgreSQL by its server, which
            all replicas share.
    """

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self.url = database_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.clock = clock or (utc_now if self.is_sqlite else None)
        self.now = database_now(self.clock)
        self._database = database(self.url)
        self._wakers: set[Callable[[], None]] = set()
        self._counting_rules: Known = {}

    async def open(self) -> None:
        """Reach the database, so that a wrong address is said at start and not by the first click.

        Raises:
            DatabaseAway: it can't be reached.
        """
        async with self.writing():
            pass

    async def close(self) -> None:
        """Close every connection."""
        await self._database.close()

    @asynccontextmanager
    async def begin(self, workspace: str, *, alone: bool = False) -> AsyncIterator[Work]:
        """A writing transaction: commits at the end, rolls back on any error.

        Never wait for the network inside: on SQLite everyone else's writing waits too.

        Args:
            alone: it takes longer than a click, so on SQLite it shares no commit with one.
        """
        async with self.begin_each(alone=alone) as within:
            yield within(workspace)

    @asynccontextmanager
    async def begin_each(self, *, alone: bool = False) -> AsyncIterator[Callable[[str], Work]]:
        """A writing transaction over several workspaces; what it gives makes the `Work` of one of them."""
        works: dict[str, Work] = {}
        async with self.writing(alone=alone) as connection:

            def within(workspace: str) -> Work:
                if workspace not in works:
                    works[workspace] = self._work(connection, workspace)
                return works[workspace]

            yield within
            for _, work in sorted(works.items()):
                await work.settle()
        if (seen := commits.get()) is not None:
            seen.append(True)
        # SQLAlchemy's own commit event comes before the commit, and the worker would look too early.
        if any(work.outbox.has_news for work in works.values()):
            self.wake()

    def _work(self, connection: Connection, workspace: str) -> Work:
        return Work(connection, workspace, self.now, self.clock, self._counting_rules)

    @asynccontextmanager
    async def read(self, workspace: str) -> AsyncIterator[Work]:
        """A transaction that can only read, and on SQLite waits for no writer."""
        async with self.reading() as connection:
            yield self._work(connection, workspace)

    @asynccontextmanager
    async def writing(self, *, alone: bool = False) -> AsyncIterator[Connection]:
        """A bare writing transaction, for work across workspaces."""
        with answering():
            async with AsyncExitStack() as stack:
                with reachable():
                    connection: Connection = await stack.enter_async_context(
                        self._database.writing(alone=alone)
                    )
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A bare reading transaction, for questions across workspaces."""
        with answering():
            async with AsyncExitStack() as stack:
                with reachable():
                    connection: Connection = await stack.enter_async_context(self._database.reading())
                yield connection

    async def forget_deleted(self) -> bool:
        """Empty SQLite's log, in which deleted rows can still be read; after an erasure.

        Returns:
            False while someone reads an older state: try again later. On PostgreSQL there is nothing to do
            here; VACUUM does it.
        """
        return await self._database.forget_deleted()

    async def workspace(self) -> str:
        """The only workspace, made now if there is none yet."""
        query = select(workspaces.c.id).order_by(workspaces.c.created, workspaces.c.id).limit(1)
        async with self.reading() as connection:
            known = (await connection.execute(query)).scalar()
        if known is not None:
            return str(known)
        async with self.begin(FIRST_WORKSPACE) as work:
            row = {"id": FIRST_WORKSPACE, "created": work.now}
            await work.execute(work.insert(workspaces).values(row).on_conflict_do_nothing())
        return FIRST_WORKSPACE

    def moment(self) -> datetime:
        """The moment, for calendar sums in Python."""
        return (self.clock or utc_now)()

    def on_news(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` after each commit that put something in the outbox; returns how to stop that."""
        self._wakers.add(wake)
        return lambda: self._wakers.discard(wake)

    def wake(self) -> None:
        """Tell this process's worker that there is something to do."""
        for wake in tuple(self._wakers):
            wake()
