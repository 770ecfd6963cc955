"""Which database an address means."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from store.sqlite import Sqlite
from store.sqlite_connection import SqliteConnection

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from store.postgres import Postgres

Connection: TypeAlias = "AsyncConnection | SqliteConnection"
Database: TypeAlias = "Postgres | Sqlite"
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


def database_url(url: str | URL) -> URL:
    """The address with our drivers in it, whichever it names (`sqlite+aiosqlite://` is the documented one).

    Raises:
        ValueError: neither SQLite in a file nor PostgreSQL; in words for who wrote it.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # its own words may quote a password
        raise ValueError(
            "is no database's address; write it like sqlite+aiosqlite:///greenlight.db or "
            "postgresql+asyncpg://USER:PASSWORD@HOST/DATABASE"
        ) from None
    kind = address.get_backend_name()
    if kind not in DRIVERS:
        raise ValueError(f"must begin with sqlite or postgresql, not with {kind}")
    if kind == "sqlite" and address.database in (None, "", ":memory:"):
        raise ValueError("must name a file: reading and writing use separate connections")
    return address.set(drivername=DRIVERS[kind])


def database(url: str | URL) -> Database:
    """The database at an address; it connects when it is first used."""
    address = database_url(url)
    if address.get_backend_name() == "sqlite":
        return Sqlite(address)
    # A tenth of a second, which only those wait for who need it.
    from store.postgres import Postgres

    return Postgres(address)
