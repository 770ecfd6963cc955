"""How each database is opened: who may write, what is promised about the disk, how a transaction begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_core import to_json
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from store.sqlite_thread import PATIENCE, NearConnection, open_reader, open_writer

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
READERS = 4

# FULL costs nothing one can measure beside the thread hops, and NORMAL loses the last commits with the power.
# secure_delete: what a person had erased must not be readable in the file.
WRITER_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON")
READER_PRAGMAS = ("query_only=1",)


def database_url(url: str | URL) -> URL:
    """The address with our drivers in it.

    Raises:
        ValueError: neither SQLite in a file nor PostgreSQL.
    """
    address = make_url(url)
    kind = address.get_backend_name()
    if kind not in DRIVERS:
        raise ValueError(f"DATABASE_URL must be sqlite or postgresql, not {kind}")
    if kind == "sqlite" and address.database in (None, "", ":memory:"):
        raise ValueError("DATABASE_URL must name a file: reading and writing use separate connections")
    return address.set(drivername=DRIVERS[kind])


def engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """The engine that writes, and the one that only reads."""
    if url.get_backend_name() == "sqlite":
        writer = _sqlite(url, open_writer, 1, "BEGIN IMMEDIATE", WRITER_PRAGMAS)
        return writer, _sqlite(url, open_reader, READERS, "BEGIN", READER_PRAGMAS)
    writer = create_async_engine(
        url,
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=True,
        json_serializer=_compact,
        # Our queries take milliseconds; compiling them would take longer.
        connect_args={"server_settings": {"jit": "off"}},
    )
    # A number is counted by several statements, and all of them must see the same leads, as on SQLite.
    reader = writer.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
    return writer, reader


def listening_engine(url: URL) -> AsyncEngine:
    """PostgreSQL connections that belong to whoever opens them: LISTEN must not live in a pool."""
    return create_async_engine(url, poolclass=NullPool)


def _compact(value: Any) -> str:
    # Six times as fast as the standard library's, which builds an encoder for every value.
    return to_json(value).decode()


def _sqlite(
    url: URL, opens: Callable[..., NearConnection], connections: int, begin: str, pragmas: tuple[str, ...]
) -> AsyncEngine:
    """One SQLite engine.

    A transaction that reads first and writes later dies at once when another wrote in between, so writers
    take the write lock as they begin. Readers must not, hence two engines.
    """
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=connections,
        max_overflow=0,
        # Every transaction of ours ends by itself; a rollback more on each return is one thread hop more.
        pool_reset_on_return=None,
        json_serializer=_compact,
        connect_args={"async_creator_fn": opens},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def opened(connection: Any, _record: object) -> None:
        # The driver must not begin anything on its own.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (PATIENCE, *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
