"""One connection to SQLite: a statement is a call; only what waits goes to a thread.

What may wait is a slow disk (commit), many rows at once, and long questions. Waiting for another program's
transaction is done by asking again now and then, so it holds up nobody either.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.exc import OperationalError

from store.hot import prepared

T = TypeVar("T")
ROWS_AT_ONCE = 64
SHORT = 10_000
"""Steps of SQLite's virtual machine, about a millisecond: a longer question goes to a thread."""
PATIENCE = 10_000
"""Milliseconds for others who write the same file; the CLI keeps its transactions short (design §2)."""
PAUSES = (0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.025, 0.05)
"""Seconds between two looks whether the other writer is done; the last one again and again."""

QUICK = 0.01
"""Seconds. A commit on a good disk takes half a millisecond, and a thread's coming and going costs a click a
third of its time. So the disk must be slow indeed, and for a while, before others are let in between."""
SLOW_FOR = 10.0
"""Seconds for which a disk that was slow a few times is trusted with nobody's time."""


class _Cursor(sqlite3.Cursor):
    """A cursor that fetches as it asks, so that no step of a question is left for the other side."""

    _rows: Iterator[Any] = iter(())

    def execute(self, sql: str, values: Any = ()) -> _Cursor:
        super().execute(sql, values)
        self._rows = iter(super().fetchall()) if self.description else iter(())
        return self

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        return list(islice(self._rows, size))

    def fetchall(self) -> list[Any]:
        return list(self._rows)


class Driver(sqlite3.Connection):
    """A connection that can tell when a question is not short after all."""

    is_impatient = False
    """Whether the question that is asked now holds up everybody else in this process."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_progress_handler(lambda: self.is_impatient, SHORT)

    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)


class SqliteConnection:
    """As much of SQLAlchemy's AsyncConnection as this house uses."""

    def __init__(self, connection: Connection, threads: ThreadPoolExecutor, disk: Disk) -> None:
        self._connection = connection
        self._driver = driver_of(connection)
        self._threads = threads
        self._disk = disk
        self.dialect = connection.dialect

    async def execute(self, statement: Executable, rows: Any = None) -> CursorResult[Any]:
        """Run a statement; with a list of rows, once for each of them."""
        run = partial(self._run, statement, rows)
        if statement.is_select:
            return await self._ask(run)
        return run() if statement.is_dml and _few(rows) else await self._apart(run)

    def _run(self, statement: Executable, rows: Any) -> CursorResult[Any]:
        if statement.get_execution_options().get("hot"):
            return cast("CursorResult[Any]", prepared(statement, self.dialect).run(self._driver, rows))
        return self._connection.execute(statement, rows)

    async def exec_driver_sql(self, statement: str, rows: Any = None) -> CursorResult[Any]:
        """Run a change in SQLite's own words."""
        run = partial(self._connection.exec_driver_sql, statement, rows)
        return run() if _few(rows) else await self._apart(run)

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        """Run something that wants the connection itself."""
        return await self._apart(partial(work, self._connection))

    @asynccontextmanager
    async def begin_nested(self) -> AsyncIterator[None]:
        """A part of the transaction that can be taken back alone."""
        with self._connection.begin_nested():
            yield

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """The same between those who share a transaction, which SQLAlchemy doesn't know of."""
        self._driver.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if self.in_transaction:
                self._driver.execute("ROLLBACK TO part")
                self._driver.execute("RELEASE part")
            raise
        self._driver.execute("RELEASE part")

    @property
    def in_transaction(self) -> bool:
        """Whether there is one still: SQLite takes it back by itself when the disk is full."""
        return self._driver.in_transaction

    async def seize(self) -> None:
        """Begin a transaction that writes, once nobody else does.

        A transaction that reads first and writes later dies at once when another wrote in between, so
        writers take the lock as they begin.

        Raises:
            OperationalError: somebody holds it for longer than PATIENCE.
        """
        waited, pauses = 0.0, iter(PAUSES)
        while True:
            try:
                self._connection.exec_driver_sql("BEGIN IMMEDIATE")
                return
            except OperationalError as locked:
                if not _is(locked, sqlite3.SQLITE_BUSY) or waited * 1000 > PATIENCE:
                    raise
            waited += (pause := next(pauses, PAUSES[-1]))
            await asyncio.sleep(pause)

    async def commit(self) -> None:
        """Wait for the disk; whoever is to stop meanwhile learns first whether it is committed."""
        if self._disk.is_quick():
            with self._disk.timed():
                self._connection.commit()
            return
        work = asyncio.get_running_loop().run_in_executor(self._threads, self._connection.commit)
        await outcome(work)

    async def _ask(self, question: Callable[[], CursorResult[Any]]) -> CursorResult[Any]:
        self._driver.is_impatient = True
        try:
            return question()
        except OperationalError as stopped:
            # The transaction is as it was: only changes are undone by an interruption.
            if not _is(stopped, sqlite3.SQLITE_INTERRUPT):
                raise
        finally:
            self._driver.is_impatient = False
        return await self._apart(question)

    async def _apart(self, call: Callable[[], T]) -> T:
        """Run it in a thread. Cancelled or not, the thread is done with the connection when this returns."""
        work = asyncio.get_running_loop().run_in_executor(self._threads, call)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            while not work.done():
                self._driver.interrupt()
                with suppress(asyncio.CancelledError):
                    await asyncio.wait({work}, timeout=1)
            raise


class Disk:
    """What the disk was like lately."""

    def __init__(self) -> None:
        self._slow_until = 0.0
        self._average = 0.0

    def is_quick(self) -> bool:
        """Whether a commit need not be waited for in a thread."""
        return time.monotonic() >= self._slow_until

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Watch one commit."""
        began = time.monotonic()
        yield
        self.took(time.monotonic() - began)

    def took(self, seconds: float) -> None:
        """One commit was so long under way. Of the last few: one in a thousand waits for whatever happens."""
        self._average += (seconds - self._average) / 16
        if self._average > QUICK:
            self._slow_until, self._average = time.monotonic() + SLOW_FOR, 0.0


async def outcome(saved: asyncio.Future[None]) -> None:
    """Wait until something is saved. Whoever is stopped meanwhile stops at their next wait instead: "not
    saved" must not be said of what is.

    Raises:
        Exception: why it was not saved.
    """
    stopped = False
    while not saved.done():
        try:
            await asyncio.wait({saved})
        except asyncio.CancelledError:
            stopped = True
    saved.result()
    if stopped and (task := asyncio.current_task()):
        task.uncancel()
        task.cancel()


def driver_of(connection: Connection) -> Driver:
    """The driver's own connection under one of SQLAlchemy's."""
    return cast("Driver", connection.connection.dbapi_connection)


def _few(rows: Any) -> bool:
    return not isinstance(rows, list) or len(rows) <= ROWS_AT_ONCE


def _is(error: OperationalError, kind: int) -> bool:
    # The low byte is the kind; the rest says which of its cases.
    return (getattr(error.orig, "sqlite_errorcode", 0) & 0xFF) == kind
