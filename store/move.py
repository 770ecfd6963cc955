"""Move everything from an SQLite file to PostgreSQL: table by table, page by page, checked on both sides.

It may be interrupted anywhere and run again. From the first page to the end the file refuses every change, so
that a page that was copied stays right; the other end can't be served before all of it was compared.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import URL, Table, func, select, text

from store.database import database_url
from store.lock import DatabaseInUse, hold_database
from store.migrate import newest, revision_on
from store.move_rows import Rows
from store.move_target import CannotMove, Target
from store.moved import (
    CHECKED,
    FILLING,
    ITSELF,
    MOVED,
    MOVING,
    DatabaseMoved,
    Note,
    forget_note,
    hold_still,
    let_go,
    read_note,
    write_note,
)
from store.sqlite import Sqlite
from store.store import reachable
from store.tables import metadata
from store.work import utc_now

Told = Callable[[str, str, int], None]
"""Told after each page: "copied" or "compared", which table, how many rows."""
SAMPLED = 0.5
"""Seconds for which rows are read to see how fast this machine is."""
READS = 3
"""How many readings of every row a move is as long as: it is read twice here and once there, and the writing
waits for PostgreSQL more than for us (2.6 of them at 148,000 rows)."""
IN_USE = (
    "A bot serves this database. Stop it first (systemctl stop greenlight, or Ctrl-C where it runs): what "
    "people clicked is saved, what waits moves along, and systems that hear no answer send again."
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be moved.

    Attributes:
        tables: rows by table, those without any left out.
        seconds: about how long it takes.
        begun: an earlier run got somewhere, and this one goes on.
        served: a bot runs on the file, so it can't be moved now.
    """

    tables: dict[str, int]
    seconds: float
    begun: bool
    served: bool


class Move:
    """One SQLite file on its way to one PostgreSQL database."""

    def __init__(self, source: Sqlite, target: Target, source_url: str, to: str) -> None:
        self._source = source
        self._source_url = source_url
        self._target = target
        self._to = to

    async def plan(self) -> Plan:
        """Look at both ends; nothing is changed.

        Raises:
            CannotMove: the file has old tables, or the other database isn't free.
            DatabaseMoved: the file moved already.
            DatabaseAway: the other database can't be reached.
        """
        note = await self._note()
        begun = await self._target.begun()
        if note and note.state == MOVED and not _is_end_of(begun, note):
            raise DatabaseMoved(str(note))
        if not begun:
            await self._target.must_be_free()
        found: dict[str, int] = {}
        seconds = 0.0
        for table in metadata.sorted_tables:
            async with self._source.reading() as connection:
                rows = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            if rows:
                found[table.name] = rows
                seconds += READS * rows * await self._seconds_a_row(table)
        continued = note is not None and await self._target.is_continued_by(begun, note)
        return Plan(found, seconds, continued, is_served(self._source_url))

    async def carry_out(self, told: Told) -> None:
        """Copy, compare, and switch over.

        Raises:
            CannotMove: not now, or the two ends differ; run again it begins anew.
            DatabaseMoved: the file moved already.
            DatabaseAway: the other database can't be reached (any more); run again it goes on.
        """
        try:
            with hold_database(self._source_url):
                async with self._target.alone():
                    await self._carry_out(told)
        except DatabaseInUse:
            raise CannotMove(IN_USE) from None

    async def _carry_out(self, told: Told) -> None:
        note, begun = await self._note(), await self._target.begun()
        if note is None or note.state != MOVED:
            note, begun = await self._begin(note, begun)
            for table in metadata.sorted_tables:
                await self._copy(table, begun.get(table.name), told)
            await self._compare(note, told)
            await self._target.go_on_counting(await self._highest())
            await self._target.say(replace(note, state=CHECKED))
            # Neither may be used for an instant: rather that than both.
            note = replace(note, state=MOVED, at=_today())
            async with self._source.writing() as connection:
                await write_note(connection, note)
        elif not _is_end_of(begun, note):
            raise DatabaseMoved(str(note))
        await self._target.open_up()

    async def _begin(self, note: Note | None, begun: dict[str, Any]) -> tuple[Note, dict[str, Any]]:
        """Hold the file still and prepare the other end, or find both so from an earlier run."""
        if note is not None and await self._target.is_continued_by(begun, note):
            return note, begun
        note = Note(uuid4().hex, MOVING, self._to, _today())
        await self._target.begin(replace(note, state=FILLING))
        async with self._source.writing() as connection:
            await write_note(connection, note)
            await hold_still(connection)
        return note, {}

    async def _copy(self, table: Table, progress: dict[str, Any] | None, told: Told) -> None:
        rows = Rows(table, is_sqlite=True)
        after, count = (progress["after"], progress["rows"]) if progress else (None, 0)
        if count:
            told("copied", table.name, count)
        async for page in rows.pages(self._source, after):
            count += len(page)
            progress = {"after": rows.key_of(page[-1]), "rows": count}
            await self._target.take(table, rows.names, page, progress)
            told("copied", table.name, len(page))

    async def _compare(self, note: Note, told: Told) -> None:
        for table in metadata.sorted_tables:
            here = await Rows(table, is_sqlite=True).sum(self._source)
            there = await Rows(table, is_sqlite=False).sum(self._target.database)
            if here != there:
                # Whatever came between: nothing over there is to be trusted, so the next run begins anew.
                await self._target.say(replace(note, id="", state=FILLING))
                what = "differ" if here.rows == there.rows else f"are {there.rows:,} instead of {here.rows:,}"
                raise CannotMove(
                    f"The rows of {table.name} {what} over there. Nothing was switched over. Run it again: "
                    "it begins anew. If that happens twice, somebody else writes to that database."
                )
            told("compared", table.name, here.rows)

    async def _highest(self) -> dict[str, int]:
        """The highest number ever given in each table that counts by itself, swept rows included."""
        async with self._source.reading() as connection:
            given = await connection.execute(text("SELECT name, seq FROM sqlite_sequence WHERE seq > 0"))
            return {row.name: row.seq for row in given if row.name in metadata.tables}

    async def _note(self) -> Note | None:
        async with self._source.reading() as connection:
            if await revision_on(connection) != newest():
                raise CannotMove("This database has old tables. First: python -m bot migrate")
            return await read_note(connection)

    async def _seconds_a_row(self, table: Table) -> float:
        rows, read, began = Rows(table, is_sqlite=True), 0, time.perf_counter()
        async for page in rows.pages(self._source):
            for row in page:
                rows.canonical(row)
            read += len(page)
            if time.perf_counter() - began > SAMPLED / len(metadata.tables):
                break
        return (time.perf_counter() - began) / max(read, 1)


@asynccontextmanager
async def open_move(source: str, target: str) -> AsyncIterator[Move]:
    """Both ends, opened.

    Raises:
        CannotMove: it isn't from an SQLite file that is there to PostgreSQL.
    """
    here, there = database_url(source), database_url(target)
    if here.get_backend_name() != "sqlite" or there.get_backend_name() != "postgresql":
        raise CannotMove("A move goes from SQLite (DATABASE_URL) to PostgreSQL (postgresql://…).")
    if not _is_there(here):
        raise CannotMove(f"There is no {here.database}. Set DATABASE_URL to the database that is to move.")
    from store.postgres import Postgres

    file, server = Sqlite(here), Postgres(there)
    to = there.set(drivername="postgresql", password=None).render_as_string()
    try:
        yield Move(file, Target(server, there), source, to)
    finally:
        await file.close()
        await server.close()


async def stay(source: str) -> Note | None:
    """Use this file again, whatever became of its move; returns what it said of that."""
    address = database_url(source)
    if address.get_backend_name() != "sqlite" or not _is_there(address):
        raise CannotMove("DATABASE_URL names no SQLite file that could have moved.")
    file = Sqlite(address)
    try:
        with hold_database(source), reachable():
            async with file.writing() as connection:
                note = await read_note(connection)
                if note is not None:
                    await let_go(connection)
                    await forget_note(connection)
        return note
    finally:
        await file.close()


def is_served(source: str) -> bool:
    """Whether a bot runs on this file."""
    try:
        with hold_database(source):
            return False
    except DatabaseInUse:
        return True


def _is_there(address: URL) -> bool:
    # Opening it to look would make it.
    return Path(str(address.database)).is_file()


def _is_end_of(begun: dict[str, Any], note: Note) -> bool:
    """Whether only the last step of this move is missing over there."""
    end = begun.get(ITSELF, {})
    return bool(end) and (end["id"], end["state"]) == (note.id, CHECKED)


def _today() -> str:
    return f"{utc_now():%Y-%m-%d}"
