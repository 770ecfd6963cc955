"""One SQLite file: who may write, what is promised about the disk, and when its log is tidied."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

from pydantic_core import from_json
from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError

from store.sqlite_connection import PATIENCE, Disk, Driver, SqliteConnection, driver_of
from store.sqlite_writer import Writer
from store.tables.base import compact_json

log = logging.getLogger(__name__)
READERS = 4
TIDY_EVERY = 100
"""Commits between two tidyings of the log. SQLite's own would hold up every hundredth click for the disk."""

# FULL costs little beside the rest of a click, and NORMAL loses the last commits with the power.
# secure_delete: what a person had erased must not be readable in the file.
WRITER_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "foreign_keys=ON",
    # 40 MB: in case ours comes too late.
    "wal_autocheckpoint=10000",
    # It waits for others without holding up anybody here (`SqliteConnection.seize`).
    "busy_timeout=0",
)
READER_PRAGMAS = ("query_only=1",)


class Sqlite:
    """One file: a connection that writes, and a few that only read and wait for no writer."""

    def __init__(self, url: URL) -> None:
        self._writer = _engine(url, 1, WRITER_PRAGMAS)
        self._reader = _engine(url, READERS, READER_PRAGMAS)
        self._tidier = _engine(url, 1, ())
        self._write = Writer(self._opened, self._count)
        self._readers = asyncio.Semaphore(READERS)
        self._threads = ThreadPoolExecutor(READERS + 1, "sqlite")
        self._disk = Disk()
        self._commits = 0
        self._tidying: asyncio.Task[None] | None = None

    def writing(self, *, alone: bool = False) -> AbstractAsyncContextManager[SqliteConnection]:
        """A transaction that writes: commits at the end, rolls back on any error.

        Args:
            alone: no commit is shared with others, for this takes longer than a click.
        """
        return self._write.transaction(alone=alone)

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[SqliteConnection]:
        async with self._connected(self._writer) as connection:
            yield SqliteConnection(connection, self._threads, self._disk)

    def _count(self) -> None:
        self._commits += 1
        if self._commits % TIDY_EVERY == 0 and (self._tidying is None or self._tidying.done()):
            self._tidying = asyncio.get_running_loop().create_task(self._tidy())

    async def _tidy(self) -> None:
        """Write the log into the file, so that it begins anew: a place that is written again costs a commit
        half of what a longer file does."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads, self._write_log)
        # What was written meanwhile is a few pages, for which those who write can wait.
        async with self._write.between():
            await loop.run_in_executor(self._threads, self._write_log)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqliteConnection]:
        """A transaction that sees one state, however often it asks."""
        async with self._readers, self._connected(self._reader) as connection:
            connection.exec_driver_sql("BEGIN")
            yield SqliteConnection(connection, self._threads, self._disk)

    @asynccontextmanager
    async def _connected(self, engine: Engine) -> AsyncIterator[Connection]:
        if cast("QueuePool", engine.pool).checkedin():
            connection = engine.connect()
        else:  # it has to open the file
            connection = await asyncio.get_running_loop().run_in_executor(self._threads, engine.connect)
        with connection:
            try:
                yield connection
            finally:
                # What was committed is committed; anything else must not outlive its owner. SQLAlchemy knows
                # nothing of a transaction whose commit failed.
                connection.rollback()
                driver_of(connection).rollback()

    def _write_log(self) -> None:
        """As far as nobody is in the way: who reads or writes is not held up."""
        try:
            with self._tidier.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
        except DBAPIError as away:
            # The disk, most likely; the next commit will say so to whoever waits for it.
            log.warning("SQLite's log was not tidied: %s", type(away.orig).__name__)

    async def forget_deleted(self) -> bool:
        """Empty the log, in which deleted rows can still be read.

        Returns:
            False while someone reads an older state.
        """
        async with self._write.between(), self._connected(self._writer) as connection:
            driver = driver_of(connection)
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy

    async def close(self) -> None:
        """Close every connection."""
        await self._write.close()
        if self._tidying is not None:
            await asyncio.wait({self._tidying})
        for engine in (self._reader, self._tidier, self._writer):
            engine.dispose()
        self._threads.shutdown(wait=False)


def _engine(url: URL, connections: int, pragmas: Sequence[str]) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        # Every transaction of ours ends by itself.
        pool_reset_on_return=None,
        json_serializer=compact_json,
        json_deserializer=from_json,
        # Two threads use a connection, never at once.
        connect_args={"factory": Driver, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def opened(connection: Any, _record: object) -> None:
        # The driver must not begin anything on its own.
        connection.isolation_level = None
        for pragma in (f"busy_timeout={PATIENCE}", *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    return engine
