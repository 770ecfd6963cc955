"""Databases on a real PostgreSQL server: each test has one of its own, as good as new."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

import asyncpg
from sqlalchemy import make_url

from store.store import Store

# What a table, an index, a trigger or a constraint more, less or other changes. The rows may.
FORM = """
SELECT (SELECT string_agg(concat_ws(' ', c.relkind, c.relname, a.attname, a.atttypid, a.attnotnull), ','
                          ORDER BY c.relname, a.attnum)
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relnamespace = 'public'::regnamespace)
    || (SELECT string_agg(tgname, ',' ORDER BY tgname) FROM pg_trigger)
    || (SELECT string_agg(conname, ',' ORDER BY conname) FROM pg_constraint)
    || (SELECT concat_ws(' ', (SELECT count(*) FROM pg_proc), (SELECT count(*) FROM pg_namespace),
                              (SELECT count(*) FROM pg_extension)))
    || (SELECT version_num FROM alembic_version)
"""
ALONE = """
SELECT bool_and(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
EMPTY = """
DO $$ DECLARE used text; BEGIN
    SELECT string_agg(oid::regclass::text, ', ') INTO used FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
       AND pg_relation_size(oid) > 0;
    IF used IS NOT NULL THEN EXECUTE 'TRUNCATE ' || used || ' CASCADE'; END IF;
    PERFORM setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace;
END $$
"""


class Databases:
    """The databases of one test process, all made from one template.

    Making and dropping one costs the server more than most stories do, so a database goes from hand to hand:
    emptied, and only if nothing but its rows was changed.
    """

    def __init__(self, server: str, template: str) -> None:
        self._server = server
        self._template = template
        self._numbers = count(1)
        self._ready: list[str] = []
        self._form: str | None = None

    async def take(self) -> str:
        """The address of an empty database with all tables."""
        if self._ready:
            return self._ready.pop()
        name = f"{self._template}_{next(self._numbers)}"
        await admin(self._server, f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        url = named(self._server, name)
        if self._form is None:
            connection = await connected(url)
            self._form = await connection.fetchval(FORM)
            await connection.close()
        return url

    async def give_back(self, url: str) -> None:
        """Empty it for the next test; what was changed in any other way, or can't be reached, is dropped."""
        if await self._emptied(url):
            self._ready.append(url)
        else:
            await self._drop(str(make_url(url).database))

    async def close(self) -> None:
        """Drop what is left, and the template."""
        for name in (*(str(make_url(url).database) for url in self._ready), self._template):
            await self._drop(name)

    async def _drop(self, name: str) -> None:
        await admin(self._server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def _emptied(self, url: str) -> bool:
        try:
            connection = await connected(url)
        except (asyncpg.PostgresError, OSError):
            return False
        try:
            if await connection.fetchval(ALONE) is False or await connection.fetchval(FORM) != self._form:
                return False
            await connection.execute(EMPTY)
            return True
        except asyncpg.PostgresError:
            return False
        finally:
            await connection.close()


def named(server: str, database: str) -> str:
    """The address of another database on that server."""
    return make_url(server).set(database=database).render_as_string(hide_password=False)


async def connected(url: str) -> asyncpg.Connection:
    """A bare connection, without the house."""
    address = make_url(url)
    return await asyncpg.connect(
        host=address.query.get("host", address.host),
        port=address.port,
        user=address.username,
        password=address.password,
        database=address.database,
    )


async def admin(server: str, statement: str) -> None:
    """Run one statement, outside any transaction."""
    connection = await connected(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def when_somebody_waits(store: Store, task: asyncio.Task[Any]) -> None:
    """Until a transaction waits for another one's lock, or `task` got through without waiting."""
    while not task.done():
        async with store.reading() as connection:
            waiting = await connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if waiting.scalar_one():
                return
