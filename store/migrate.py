"""Bring a database's tables to the newest form, or back.

Alembic costs a fifth of a second to import, so only what changes tables imports it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, inspect, text
from sqlalchemy import Connection as SyncConnection

from store.database import Connection, database
from store.moved import must_stand
from store.store import reachable

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
NOTHING = "base"
# Any number that no other program on that server locks; two replicas that start together take turns.
TURN = 0x6772656E


def newest() -> str:
    """The newest revision this program knows: the highest number among its files."""
    return max(file.name.split("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


async def upgrade(url: str | URL) -> None:
    """Bring the tables to the newest revision; does nothing when they are there.

    On SQLite hold the database first (`store.lock`) unless nobody else can have it open.
    """
    if await is_current(url):
        return

    def up(config: Config) -> None:
        from alembic import command

        command.upgrade(config, "head")

    await _run(url, up)


async def downgrade(url: str | URL, to: str) -> None:
    """Bring the tables back to revision `to`; "base" removes them all."""

    def down(config: Config) -> None:
        from alembic import command

        command.downgrade(config, to)

    await _run(url, down)


async def is_current(url: str | URL) -> bool:
    """Whether the tables have the newest form; no Alembic needed to see that."""
    return await revision(url) == newest()


class NewerTables(LookupError):
    """A later version of this program has changed the tables; this one must not touch them."""


async def revision(url: str | URL) -> str | None:
    """The revision of the tables, or None when there are none.

    Every command and every `serve` asks this before anything else, so here they hear it when they are at the
    wrong address.

    Raises:
        DatabaseMoved: the data went to another database, or is on its way.
        NewerTables: a later version of this program was here.
        DatabaseAway: it can't be reached.
    """
    there = database(url)
    try:
        with reachable():
            # To write, for a reader makes no new file.
            async with there.writing() as connection:
                await must_stand(connection)
                found = await revision_on(connection)
    finally:
        await there.close()
    if found is not None and found > newest():
        raise NewerTables(
            f"The tables are of a newer Greenlight: they have form {found}, and this one knows {newest()}. "
            "Nothing was changed. Start the newer version again, or put back a backup from before it."
        )
    return found


async def revision_on(connection: Connection) -> str | None:
    """The revision of the tables, asked on a connection that is open; it need not be able to write."""
    if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
        return None
    found = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar()
    return None if found is None else str(found)


async def _run(url: str | URL, change: Callable[[Config], None]) -> None:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")

    def apply(connection: SyncConnection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
        config.attributes["connection"] = connection
        change(config)

    there = database(url)
    try:
        async with there.writing() as connection:
            await connection.run_sync(apply)
    finally:
        await there.close()
