"""What commands share: the store beside a running bot, and asking before doing."""

from __future__ import annotations

import getpass
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.clock import utc_now
from bot.settings import Settings, read_settings
from handlers.flows.office import Office
from store.migrate import is_current
from store.store import Store


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Settings, Office, str]]:
    """Settings, office and workspace for a command that works beside a running bot.

    Raises:
        LookupError: the tables are missing or old.
    """
    settings = read_settings()
    await must_have_tables(settings)
    store = Store(settings.database_url)
    try:
        yield settings, Office(store, settings.setup, utc_now), await store.workspace()
    finally:
        await store.close()


async def must_have_tables(settings: Settings) -> None:
    """Let pass a database in its newest form.

    Raises:
        LookupError: the tables are missing or old.
    """
    if not await is_current(settings.database_url):
        raise LookupError("The database has no tables yet, or old ones. Run: python -m bot migrate")


def agreed(question: str, yes: bool) -> bool:
    """Whether to go on: asked at the terminal, or answered by --yes."""
    if yes:
        return True
    if not sys.stdin.isatty():
        print("Nothing was changed. Add --yes to do it without being asked.", file=sys.stderr)
        return False
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def shell_user() -> str:
    """Who is at the terminal, as the history will name them."""
    return f"shell:{getpass.getuser()}"
