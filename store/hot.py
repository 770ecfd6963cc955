"""Statements of the hot paths: SQLite gets them as they are, compiled once.

A click runs six of them. Each takes SQLite some ten microseconds, and SQLAlchemy's work around it a hundred.
PostgreSQL is asked through SQLAlchemy like anything else: there the way to the server is what it costs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Dialect, Executable
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

S = TypeVar("S", bound=Executable)
Process = Callable[[Any], Any] | None


def hot(statement: S) -> S:
    """Mark a statement that is built once and run for every click; its values are plain (lists: `among`)."""
    return statement.execution_options(hot=True)


class Answer(IteratorResult[Any]):
    """What a hot statement brought: rows, as SQLAlchemy gives them, or how many it changed."""

    rowcount = 0


class Prepared:
    """A hot statement in SQLite's words."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        self._sql = str(compiled)
        self._dialect = dialect
        binds = [compiled.binds[name] for name in compiled.positiontup or ()]
        self._binds = [
            (b.key, b.callable, b.value, b.type.dialect_impl(dialect).bind_processor(dialect)) for b in binds
        ]
        columns = tuple(getattr(statement, "exported_columns", ()))
        self._heads = SimpleResultMetaData([column.key for column in columns])
        self._reads: list[Process] = [
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
        ]

    def run(self, driver: sqlite3.Connection, rows: Any) -> Answer:
        """Run it, once for each row of a list.

        Raises:
            DBAPIError: as SQLAlchemy raises it.
        """
        found: list[tuple[Any, ...]] = []
        changed = 0
        try:
            for row in rows if isinstance(rows, list) else (rows or {},):
                cursor = driver.execute(self._sql, self._values(row))
                found += map(self._read, cursor.fetchall())
                changed += cursor.rowcount
        except sqlite3.Error as error:
            raise DBAPIError.instance(self._sql, None, error, sqlite3.Error, dialect=self._dialect) from error
        answer = Answer(self._heads, iter(found))
        answer.rowcount = changed
        return answer

    def _values(self, row: Mapping[str, Any]) -> list[Any]:
        # In one go: a lead's row has seventy of them.
        return [
            value if write is None else write(value)
            for key, call, fixed, write in self._binds
            for value in (row[key] if key in row else call() if call else fixed,)
        ]

    def _read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        pairs = zip(row, self._reads, strict=True)
        return tuple([value if read is None else read(value) for value, read in pairs])


@lru_cache(maxsize=512)
def prepared(statement: Executable, dialect: Dialect) -> Prepared:
    """A hot statement for SQLite."""
    return Prepared(statement, dialect)
