"""Whether the database answers, and whether its tables are ours."""

from __future__ import annotations

import asyncio

from store.migrate import newest, revision_on
from store.signs import DatabaseAway
from store.store import Store

LOOK = 1.5
"""Seconds in which a database that is well has answered: a probe waits for two."""


async def schema_of(store: Store, where: str) -> bool | None:
    """Whether the tables are those of this version; None when the database does not answer."""
    try:
        # By a reader of the open store: a probe must not wait for whoever writes, nor open connections.
        async with asyncio.timeout(LOOK), store.read(where) as work:
            await work.house.definition_text()
            return bool(await revision_on(work.connection) == newest())
    except (DatabaseAway, TimeoutError):
        return None
