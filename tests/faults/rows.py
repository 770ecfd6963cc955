"""The databases as they are, read with their drivers and nothing of ours."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from typing import Any

import asyncpg
from sqlalchemy import make_url

Row = tuple[Any, ...]


async def rows(url: str, query: str) -> list[Row]:
    """What a query finds; both databases understand it."""
    if url.startswith("sqlite"):
        return await asyncio.to_thread(_from_file, make_url(url).database or "", query)
    connection = await connected(url)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def one(url: str, query: str) -> Any:
    """The only value a query finds."""
    return (await rows(url, query))[0][0]


async def connected(url: str) -> Any:
    """A connection of our own to a PostgreSQL database."""
    at = make_url(url)
    host = at.query.get("host", at.host)
    return await asyncpg.connect(
        host=host, port=at.port, user=at.username, password=at.password, database=at.database
    )


def data(value: Any) -> Any:
    """A column of JSON, however the driver hands it over."""
    return json.loads(value) if isinstance(value, str) else value


def _from_file(file: str, query: str) -> list[Row]:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
