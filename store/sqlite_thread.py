"""SQLite's own thread, crossed only to wait.

aiosqlite sends every call of a statement to its thread: making the cursor, running it, fetching, closing.
The crossings, not SQLite, are what a statement costs, and on a busy machine each of them queues for a core.
So what waits neither for the disk nor for another writer runs on this side: the short part of a
transaction.
Waiting for another writer and for the disk stay over there, as do many rows at once and long questions.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite

ROWS_AT_ONCE = 64
SHORT = 10_000
"""Steps of SQLite's virtual machine, about a millisecond: a question that takes more goes to the thread."""
# Others who write the same file (the CLI) keep their transactions short; see design §2.
PATIENCE = "busy_timeout=10000"
CHANGES = ("INSERT", "UPDATE", "DELETE")


class _Cursor(sqlite3.Cursor):
    """A cursor that may have its rows already."""

    connection: TidyConnection
    rows: list[Any] | None = None

    def ask(self, sql: str, values: Any) -> _Cursor:
        """Run a question and fetch its answer in one go; broken off when it takes long.

        Raises:
            sqlite3.OperationalError: "interrupted", with the transaction as it was.
        """
        self.connection.is_impatient = True
        try:
            return self.tell(sql, values)
        finally:
            self.connection.is_impatient = False

    def tell(self, sql: str, values: Any) -> _Cursor:
        """Run a change, and fetch what it returns. Never broken off: that would undo the transaction."""
        self.execute(sql, values)
        if self.description:
            self.rows = super().fetchall()
        return self

    def seize(self, sql: str, *values: Any) -> _Cursor:
        """Begin a transaction that writes, if nobody else writes at this moment.

        Raises:
            sqlite3.OperationalError: "locked", for somebody does.
        """
        self.execute("PRAGMA busy_timeout=0")
        try:
            return self.execute(sql, *values)
        finally:
            self.execute(f"PRAGMA {PATIENCE}")

    def fetchall(self) -> list[Any]:
        """The rows, once."""
        rows, self.rows = self.rows, None
        return super().fetchall() if rows is None else rows


class TidyConnection(sqlite3.Connection):
    """A connection that rolls back before it closes.

    A click that takes too long is cancelled inside a statement, and its connection closed. SQLite keeps a
    closed connection alive, write lock and all, while any cursor of it is still referenced.
    """

    is_impatient = False
    """Whether the question that is asked now holds up everybody else in this process."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_progress_handler(lambda: self.is_impatient, SHORT)

    def cursor(self, factory: Any = _Cursor) -> Any:
        """A cursor of ours."""
        return super().cursor(factory)

    def close(self) -> None:
        """Give up the transaction, then the connection."""
        if self.in_transaction:
            self.rollback()
        super().close()


class NearConnection(aiosqlite.Connection):
    """aiosqlite's connection, with the calls that can't wait made at once.

    Args:
        reads_only: Its transactions take no lock, so they begin and end at once too.
    """

    _is_calm = True

    def __init__(self, connect: Callable[[], sqlite3.Connection], reads_only: bool) -> None:
        super().__init__(connect, ROWS_AT_ONCE)
        self._reads_only = reads_only
        # A process that ends must not wait for it.
        self._thread.daemon = True

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        near = self._near(fn, args) if self._is_calm else None
        if near is not None:
            try:
                return near(*args)
            except sqlite3.OperationalError as stopped:
                if not str(stopped).endswith(("interrupted", "locked")):
                    raise
        try:
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        except asyncio.CancelledError:
            # The thread is still at it. From here on everything queues up behind it, until it is closed.
            self._is_calm = False
            raise

    def _near(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> Callable[..., Any] | None:
        """The call as it can be made on this side, or None if it may have to wait."""
        of, name = getattr(fn, "__self__", None), getattr(fn, "__name__", "")
        if isinstance(of, sqlite3.Connection):
            ends = name in ("commit", "rollback") and self._reads_only
            return fn if name == "cursor" or ends else None
        if not isinstance(of, _Cursor):
            return None
        if name == "close" or (name == "fetchall" and of.rows is not None):
            return fn
        return self._near_statement(of, name, args) if name in ("execute", "executemany") else None

    def _near_statement(self, cursor: _Cursor, name: str, args: tuple[Any, ...]) -> Callable[..., Any] | None:
        word = args[0][:6]
        if not cursor.connection.in_transaction:
            return (
                (cursor.execute if self._reads_only else cursor.seize) if word.startswith("BEGIN") else None
            )
        if name == "executemany":
            return cursor.executemany if word in CHANGES and len(args[1]) <= ROWS_AT_ONCE else None
        if word == "SELECT":
            return cursor.ask
        return cursor.tell if word in CHANGES else None


def open_writer(database: str, **options: Any) -> NearConnection:
    """A connection for SQLAlchemy, which awaits it.

    Two threads use it, never at once (SQLAlchemy asks for `check_same_thread=False`).
    """
    return NearConnection(lambda: sqlite3.connect(database, **options, factory=TidyConnection), False)


def open_reader(database: str, **options: Any) -> NearConnection:
    """The same for transactions that only read."""
    return NearConnection(lambda: sqlite3.connect(database, **options, factory=TidyConnection), True)
