"""A database of its own for an attack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.databases import postgres_server, sqlite_file

KINDS = ("sqlite", "postgres")


@asynccontextmanager
async def fresh(kind: str, folder: Path) -> AsyncIterator[str]:
    """The address of an empty, migrated database of this kind; gone at the end."""
    if kind == "sqlite":
        yield await sqlite_file(folder)
        return
    with postgres_server() as server:
        yield await server.database()
