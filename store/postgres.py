"""PostgreSQL: a pool that writes, and the same for reading."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from pydantic_core import from_json
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from store.tables.base import compact_json

QUIET = 10
"""Seconds of silence after which the other machine is asked whether it is still there."""
GONE = 30
"""Seconds after which a machine that answers nothing counts as gone."""


class Watched(asyncpg.Connection):  # type: ignore[misc]
    """A connection that breaks when the other machine is gone.

    A machine that vanishes in a failover closes nothing: whoever waits for its answer would wait for ever,
    and with them everybody behind them.
    """

    def __init__(self, protocol: Any, transport: asyncio.Transport, *more: Any) -> None:
        super().__init__(protocol, transport, *more)
        line = transport.get_extra_info("socket")
        if line is not None and line.family != socket.AF_UNIX:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, seconds in _LIVELY.items():
                if hasattr(socket, name):  # not every system has them all
                    line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), seconds)


_LIVELY = {
    "TCP_KEEPIDLE": QUIET,
    "TCP_KEEPINTVL": QUIET // 2,
    "TCP_KEEPCNT": (GONE - QUIET) // (QUIET // 2),
    "TCP_USER_TIMEOUT": GONE * 1000,
}


class Postgres:
    """One database of a server."""

    def __init__(self, url: URL) -> None:
        self._writer = create_async_engine(
            url,
            pool_size=10,
            max_overflow=10,
            pool_pre_ping=True,
            json_serializer=compact_json,
            json_deserializer=from_json,
            # Our queries take milliseconds; compiling them would take longer.
            connect_args={"server_settings": {"jit": "off"}, "connection_class": Watched},
        )
        # A number is counted by several statements, and all of them must see the same leads, as on SQLite.
        self._reader = self._writer.execution_options(
            postgresql_readonly=True, isolation_level="REPEATABLE READ"
        )

    @asynccontextmanager
    async def writing(self, *, alone: bool = False) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes: commits at the end, rolls back on any error. Each is alone here."""
        async with self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state, however often it asks."""
        async with self._reader.begin() as connection:
            yield connection

    async def forget_deleted(self) -> bool:
        """Nothing to do here: VACUUM does it."""
        return True

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()


def listening_engine(url: URL) -> AsyncEngine:
    """Connections that belong to whoever opens them: LISTEN must not live in a pool."""
    return create_async_engine(url, poolclass=NullPool, connect_args={"connection_class": Watched})
