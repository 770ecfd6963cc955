"""Hear at once what other replicas put in the outbox."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from store.outbox import CHANNEL
from store.store import Store

log = logging.getLogger(__name__)
STILL_THERE = 30.0
AGAIN = 2.0


async def listen(store: Store) -> None:
    """Wake this store's worker on every NOTIFY, for ever; on SQLite nobody else has a worker.

    A connection of its own, outside the pool, made anew when it breaks. Only a hint: the worker also looks
    by itself every few seconds.
    """
    if store.is_sqlite:
        return
    from store.postgres import listening_engine

    engine = listening_engine(store.url)
    try:
        while True:
            # Whatever is wrong with the connection, the next one may be better.
            with suppress(Exception):
                async with engine.connect() as connection:
                    driver = (await connection.get_raw_connection()).driver_connection
                    if driver is None:
                        continue
                    await driver.add_listener(CHANNEL, lambda *_news: store.wake())
                    # Something may have come while nobody listened.
                    store.wake()
                    while True:
                        await asyncio.sleep(STILL_THERE)
                        async with asyncio.timeout(STILL_THERE):
                            await driver.execute("SELECT 1")
            log.info("Not listening to the database; looking every few seconds instead")
            await asyncio.sleep(AGAIN)
    finally:
        await engine.dispose()
