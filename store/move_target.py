"""The PostgreSQL end of a move: is it free, take the rows in, and go on counting behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, cast

from asyncpg import InterfaceError, PostgresError  # type: ignore[import-untyped]
from sqlalchemy import URL, Table, inspect, text
from sqlalchemy.exc import DBAPIError

from qualification.errors import Refused
from store.database import Connection
from store.migrate import newest, revision_on, upgrade
from store.move_rows import Row
from store.moved import FILLING, ITSELF, Note, forget_note, keep, notes, read_notes, write_note
from store.postgres import Postgres, listening_engine
from store.store import reachable
from store.tables import metadata

TURN = 0x6D6F7665
"""Any number that no other program on that server locks, and not the one of the migrations."""
OURS = {*metadata.tables, notes.name, "alembic_version"}
SHOWN = 5


class CannotMove(Refused):
    """The move was not begun, or not finished; the message says why, and what to do."""


class Target:
    """One PostgreSQL database."""

    def __init__(self, database: Postgres, url: URL) -> None:
        self.database = database
        self._url = url

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Let nobody else move something here meanwhile; the server lets go when we die, however we die.

        Raises:
            CannotMove: somebody else moves something here.
        """
        engine = listening_engine(self._url)
        try:
            async with AsyncExitStack() as stack:
                with reachable():
                    guard = await stack.enter_async_context(engine.connect())
                    mine = (await guard.execute(text(f"SELECT pg_try_advisory_lock({TURN})"))).scalar()
                    # Some servers close what stays in a transaction for minutes.
                    await guard.commit()
                if not mine:
                    raise CannotMove("Another `move` fills that database just now.")
                yield
        finally:
            await engine.dispose()

    async def begun(self) -> dict[str, Any]:
        """What an unfinished move noted here, if there was one."""
        with reachable():
            async with self.database.reading() as connection:
                return await read_notes(connection)

    async def must_be_free(self) -> None:
        """Let pass a database without tables, or with ours and nothing in them.

        Raises:
            CannotMove: it holds something.
        """
        with reachable():
            async with self.database.reading() as connection:
                await self._must_be_free(connection)

    async def begin(self, note: Note) -> None:
        """Empty tables of the newest form, and the note that says for what. Nothing worth keeping is here."""
        with _saying("make our tables"):
            async with self.database.writing() as connection:
                if await read_notes(connection):
                    await forget_note(connection)
                    await self._empty(connection)
            await upgrade(self._url)
            async with self.database.writing() as connection:
                await self._must_be_free(connection)
                await write_note(connection, note)

    async def is_continued_by(self, begun: dict[str, Any], note: Note) -> bool:
        """Whether what was begun here belongs to this move and to this program's tables."""
        if ITSELF not in begun or begun[ITSELF]["id"] != note.id or begun[ITSELF]["state"] != FILLING:
            return False
        with reachable():
            async with self.database.reading() as connection:
                return await revision_on(connection) == newest()

    async def take(self, table: Table, names: Sequence[str], page: list[Row], progress: object) -> None:
        """Add these rows, and note in the same transaction how far that was."""
        with _saying(f"take rows of {table.name}"):
            async with self.database.writing() as connection:
                # First: the driver would begin no transaction by itself for a COPY.
                await keep(connection, table.name, progress)
                driver = cast("Any", (await connection.get_raw_connection()).driver_connection)
                await driver.copy_records_to_table(table.name, records=page, columns=list(names))

    async def go_on_counting(self, highest: dict[str, int]) -> None:
        """Give the next row of each of these tables a number that never was given before."""
        with _saying("set its counters"):
            async with self.database.writing() as connection:
                for table, number in sorted(highest.items()):
                    column = next(iter(metadata.tables[table].primary_key.columns)).name
                    await connection.execute(
                        text("SELECT setval(pg_get_serial_sequence(:table, :column), :number)"),
                        {"table": table, "column": column, "number": number},
                    )
            async with self.database.writing() as connection:
                # Else the first questions are planned for empty tables.
                await connection.execute(text(f"ANALYZE {', '.join(metadata.tables)}"))

    async def say(self, note: Note) -> None:
        """Change what is noted here."""
        with reachable():
            async with self.database.writing() as connection:
                await write_note(connection, note)

    async def open_up(self) -> None:
        """From here on a bot may serve it."""
        with reachable():
            async with self.database.writing() as connection:
                await forget_note(connection)

    async def _must_be_free(self, connection: Connection) -> None:
        there = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
        if foreign := sorted(there - OURS):
            more = f" and {len(foreign) - SHOWN} more" if len(foreign) > SHOWN else ""
            raise CannotMove(
                f"That database holds tables that are not Greenlight's: {', '.join(foreign[:SHOWN])}{more}. "
                "Give Greenlight a database of its own."
            )
        held = []
        for name in sorted(there & set(metadata.tables)):
            if (await connection.execute(text(f"SELECT 1 FROM {name} LIMIT 1"))).first() is not None:
                held.append(name)
        if held:
            raise CannotMove(
                f"That database is in use: it holds rows already ({', '.join(held[:SHOWN])}"
                f"{', …' if len(held) > SHOWN else ''}). Nothing was changed there. Give an empty one."
            )

    async def _empty(self, connection: Connection) -> None:
        there = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
        if ours := sorted(there & set(metadata.tables)):
            await connection.execute(text(f"TRUNCATE {', '.join(ours)} RESTART IDENTITY"))


@contextmanager
def _saying(doing: str) -> Iterator[None]:
    """Turn what PostgreSQL refuses into a line for people, without the values that it quotes.

    Raises:
        CannotMove: it refused.
        DatabaseAway: it can't be reached any more.
    """
    try:
        with reachable():
            yield
    except DBAPIError as refused:
        raise CannotMove(f"PostgreSQL won't {doing}: {_first_line(refused.orig)}") from None
    except (PostgresError, InterfaceError) as refused:
        # The driver's own words: a COPY does not go through SQLAlchemy.
        raise CannotMove(f"PostgreSQL won't {doing}: {_first_line(refused)}") from None


def _first_line(error: object) -> str:
    # The lines behind it say which values; SQLAlchemy puts the driver's class before it.
    return str(error).partition("\n")[0].rpartition(">: ")[2]
