"""SQLite's own thread, crossed half as often.

aiosqlite sends every call of a statement to its thread: making the cursor, running it, fetching, closing.
The crossings, not SQLite, are what a statement costs. Making and closing a cursor never wait for the disk, so
they stay on this side.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite

ROWS_AT_ONCE = 64


class TidyConnection(sqlite3.Connection):
    """A connection that rolls back before it closes.

    A click that takes too long is cancelled inside a statement, and its connection closed. SQLite keeps a
    closed connection alive, write lock and all, while any cursor of it is still referenced.
    """

    def close(self) -> None:
        """Give up the transaction, then the connection."""
        if self.in_transaction:
            self.rollback()
        super().close()


class NearConnection(aiosqlite.Connection):
    """aiosqlite's connection, with the calls that can't wait made at once."""

    _is_calm = True

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._is_calm and _never_waits(fn):
            return fn(*args, **kwargs)
        try:
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        except asyncio.CancelledError:
            # The thread is still at it. From here on everything queues up behind it, until it is closed.
            self._is_calm = False
            raise


def open_sqlite(database: str, **options: Any) -> NearConnection:
    """A connection for SQLAlchemy, which awaits it.

    Two threads use it, never at once (SQLAlchemy asks for `check_same_thread=False`).
    """

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(database, **options, factory=TidyConnection)

    connection = NearConnection(connect, ROWS_AT_ONCE)
    # A process that ends must not wait for it.
    connection._thread.daemon = True
    return connection


def _never_waits(call: Callable[..., Any]) -> bool:
    of = getattr(call, "__self__", None)
    if isinstance(of, sqlite3.Cursor):
        return call.__name__ == "close"
    return isinstance(of, sqlite3.Connection) and call.__name__ == "cursor"
