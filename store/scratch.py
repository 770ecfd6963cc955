"""A database to try things on: empty, on disk so that it may grow, and gone afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from store.store import Store
from store.tables import metadata
from store.work import Clock


@asynccontextmanager
async def scratch_store(clock: Clock | None = None) -> AsyncIterator[Store]:
    """A store of its own, readable by this user only."""
    with TemporaryDirectory(prefix="greenlight-") as folder:
        store = Store(f"sqlite+aiosqlite:///{Path(folder) / 'scratch.db'}", clock)
        try:
            async with store.writing() as connection:
                await connection.run_sync(metadata.create_all)
            yield store
        finally:
            await store.close()
