"""`migrate`: tables to the newest form, and a first definition."""

from __future__ import annotations

from bot.clock import utc_now
from bot.settings import read_settings
from store.lock import hold_database
from store.migrate import is_current, upgrade
from store.store import Store


async def migrate_now() -> int:
    """Upgrade and seed version 1 of the definition; says what it did."""
    settings = read_settings()
    with hold_database(settings.database_url):
        if await is_current(settings.database_url):
            print("The tables are in the newest form.")
        else:
            await upgrade(settings.database_url)
            print("The tables are in the newest form now.")
        store = Store(settings.database_url)
        try:
            where = await store.workspace()
            async with store.begin(where) as work:
                if await work.house.definition_text() is None:
                    await work.house.seed_definition(settings.definition_text, "installation", utc_now())
                    print("Version 1 of the leads definition is in force.")
        finally:
            await store.close()
    return 0
