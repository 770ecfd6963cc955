"""Who may write a SQLite file, one after another; those who come at once share the commit.

A commit waits for the disk for as long as a third of a click's work takes. So whoever is done lets those go
first who are ready just now: each is a savepoint of its own, one commit is for all of them, and nobody is
told "saved" before it. Who comes alone waits for a turn of the event loop, some fifty microseconds.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field

from sqlalchemy.exc import OperationalError

from store.sqlite_connection import SqliteConnection, outcome

LONGEST = 0.02
"""Seconds after which nobody else joins, so that who was done first gets an answer."""

Opened = Callable[[], AbstractAsyncContextManager[SqliteConnection]]


@dataclass
class _Shared:
    """A transaction under way, and those who are done with their part of it and wait for the commit."""

    connection: SqliteConnection
    closing: AsyncExitStack
    began: float = field(default_factory=time.monotonic)
    parts: int = 0
    waiting: list[asyncio.Future[None]] = field(default_factory=list)

    @property
    def is_old(self) -> bool:
        return time.monotonic() - self.began > LONGEST


class Writer:
    """The one connection that writes.

    Args:
        opened: gives it, in no transaction, and takes back whatever was not committed.
        committed: is called after each commit.
    """

    def __init__(self, opened: Opened, committed: Callable[[], None]) -> None:
        self._opened, self._committed = opened, committed
        # Waiting here is cheap and fair; waiting inside SQLite is neither.
        self._turns = asyncio.Lock()
        # At most one long one stands in that queue: a click waits for one of them, not for all.
        self._long = asyncio.Lock()
        self._shared: _Shared | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def transaction(self, *, alone: bool = False) -> AsyncIterator[SqliteConnection]:
        """Commits at the end, rolls back on any error.

        Args:
            alone: shares with nobody, for it takes so long that nobody should wait for it.
        """
        async with self._long if alone else nullcontext(), self._turns:
            if alone:
                await self._commit()
            shared = self._shared = self._shared or await self._begin()
            try:
                async with _part(shared):
                    yield shared.connection
            except BaseException:
                await self._after_failure(shared)
                raise
            if alone or shared.is_old:
                if failure := await self._commit():
                    raise failure
                return
            saved = self._soon(shared)
        await outcome(saved)

    @asynccontextmanager
    async def between(self) -> AsyncIterator[None]:
        """Nobody writes, and all that is done is committed."""
        async with self._turns:
            await self._commit()
            yield

    async def close(self) -> None:
        """Wait for the last commit."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _begin(self) -> _Shared:
        async with AsyncExitStack() as closing:
            connection = await closing.enter_async_context(self._opened())
            await connection.seize()
            return _Shared(connection, closing.pop_all())
        raise AssertionError  # nothing swallows what is raised above

    def _soon(self, shared: _Shared) -> asyncio.Future[None]:
        """Done when it is committed: in a turn behind all who are ready now or wait for theirs already."""
        loop = asyncio.get_running_loop()
        saved: asyncio.Future[None] = loop.create_future()
        shared.waiting.append(saved)
        if len(shared.waiting) == 1:
            task = loop.create_task(self._commit_in_turn(shared))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return saved

    async def _commit_in_turn(self, shared: _Shared) -> None:
        async with self._turns:
            if self._shared is shared:
                await self._commit()

    async def _after_failure(self, shared: _Shared) -> None:
        """A part failed and was taken back: nobody else's is, unless SQLite took back all of them."""
        if not shared.connection.in_transaction:  # a full disk, a change that was interrupted
            await self._end(shared, _lost())
        elif not shared.parts:
            await self._end(shared)

    async def _commit(self) -> Exception | None:
        """Commit what is under way; why not, if it can't be."""
        shared = self._shared
        if shared is None:
            return None
        try:
            await shared.connection.commit()
        except Exception as failure:
            await self._end(shared, failure)
            return failure
        await self._end(shared)
        self._committed()
        return None

    async def _end(self, shared: _Shared, failure: Exception | None = None) -> None:
        self._shared = None
        for saved in shared.waiting:
            if failure is None:
                saved.set_result(None)
            else:
                saved.set_exception(failure)
        await shared.closing.aclose()


@asynccontextmanager
async def _part(shared: _Shared) -> AsyncIterator[None]:
    """One's own part of a transaction, which can be taken back alone; the first one's is all there is."""
    if not shared.parts:
        yield
    else:
        async with shared.connection.savepoint():
            yield
    shared.parts += 1


def _lost() -> OperationalError:
    error = sqlite3.OperationalError("the transaction was taken back")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY  # so nothing was saved, and the next attempt may be
    return OperationalError("COMMIT", None, error)
