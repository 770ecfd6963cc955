"""A table's rows as plain values that are the same on SQLite and PostgreSQL, and a sum over them.

The sum does not depend on the order: the two sort text differently.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Date,
    LargeBinary,
    Select,
    String,
    Table,
    cast,
    literal,
    select,
    tuple_,
    type_coerce,
)

from store.database import Connection, Database
from store.tables.base import UtcDateTime
from store.tables.lead_body import LeadBody

PAGE, HEAVY_PAGE = 1_000, 50
"""Rows in memory at once; fewer where each may be a megabyte (design §2: the largest body we take)."""
SAFE_DIGITS = 18
HUGE = 2**128

Row = tuple[Any, ...]


@dataclass(slots=True)
class Sum:
    """How many rows, and the sum of their hashes."""

    rows: int = 0
    hashes: int = 0

    def add(self, line: str) -> None:
        """One more row, in its canonical words."""
        digest = blake2b(line.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        self.rows += 1
        self.hashes = (self.hashes + int.from_bytes(digest, "big")) % HUGE


class Rows:
    """One table of one database."""

    def __init__(self, table: Table, *, is_sqlite: bool) -> None:
        self.table = table
        self.names = [column.name for column in table.columns]
        self._plain = [_plain(column, is_sqlite) for column in table.columns]
        self._json = [i for i, column in enumerate(table.columns) if _is_json(column)]
        self._key = [(i, column) for i, column in enumerate(table.columns) if column.primary_key]
        heavy = any(isinstance(column.type, LargeBinary) for column in table.columns)
        self.page_size = HEAVY_PAGE if heavy else PAGE

    async def pages(self, database: Database, after: Sequence[Any] | None = None) -> AsyncIterator[list[Row]]:
        """All rows behind this key (see `key_of`), each page in a transaction of its own."""
        while True:
            async with database.reading() as connection:
                page = await self.page(connection, after)
            if page:
                yield page
            if len(page) < self.page_size:
                return
            after = self.key_of(page[-1])

    async def page(self, connection: Connection, after: Sequence[Any] | None = None) -> list[Row]:
        """The next rows behind a key, in the key's order."""
        return [tuple(row) for row in (await connection.execute(self._query(after))).all()]

    def key_of(self, row: Row) -> list[Any]:
        """Where a row stands, as JSON can say it."""
        return [value.isoformat() if isinstance(value := row[i], date) else value for i, _ in self._key]

    async def sum(self, database: Database) -> Sum:
        """Over everything in the table."""
        total = Sum()
        async for page in self.pages(database):
            for row in page:
                total.add(self.canonical(row))
        return total

    def canonical(self, row: Row) -> str:
        """The row in words that are the same wherever it is kept."""
        values = list(row)
        for i in self._json:
            if values[i] is not None:
                values[i] = canonical_json(values[i])
        return repr(values)

    def _query(self, after: Sequence[Any] | None) -> Select[Any]:
        keys = [self._plain[i] for i, _ in self._key]
        query = select(*self._plain).order_by(*keys).limit(self.page_size)
        if after is None:
            return query
        return query.where(tuple_(*keys) > tuple_(*self._bound(after)))

    def _bound(self, after: Sequence[Any]) -> list[ColumnElement[Any]]:
        return [
            literal(date.fromisoformat(value) if isinstance(column.type, Date) else value, plain.type)
            for value, (_, column), plain in zip(
                after, self._key, [self._plain[i] for i, _ in self._key], strict=True
            )
        ]


def canonical_json(written: str) -> str:
    """JSON with its keys sorted and its numbers spelled one way: PostgreSQL writes both as it likes."""
    value = json.loads(written, parse_float=_number, parse_int=_number)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _number(digits: str) -> int | float:
    """1e16 and 10000000000000000 are one number, and so are 1.0 and 1."""
    if len(digits) <= SAFE_DIGITS and digits.lstrip("-").isdecimal():
        return int(digits)
    value = float(digits)
    return int(value) if abs(value) < 10**SAFE_DIGITS and value.is_integer() else value


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON | LeadBody)


def _plain(column: Column[Any], is_sqlite: bool) -> ColumnElement[Any]:
    """The column as it is kept: times as numbers, JSON as text."""
    if isinstance(column.type, UtcDateTime):
        return type_coerce(column, BigInteger)
    if _is_json(column):
        return type_coerce(column, String) if is_sqlite else cast(column, String)
    return column
