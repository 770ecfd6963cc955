"""One serving process per SQLite file: its worker and its clocks must not run twice."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from store.database import database_url


class DatabaseInUse(Exception):
    """Another process serves this database."""


@contextmanager
def hold_database(url: str | URL) -> Iterator[None]:
    """Be the only one who serves this SQLite file, or changes its tables; on PostgreSQL anyone may.

    The system lets go of the lock when the process dies, however it dies.

    Raises:
        DatabaseInUse: another process holds it.
    """
    address = database_url(url)
    if address.get_backend_name() != "sqlite" or address.database is None:
        yield
        return
    side = Path(f"{address.database}.lock")
    with side.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatabaseInUse(
                f"Another Greenlight is running on {address.database}. Stop it first, or give this one its "
                "own DATABASE_URL. For several at once use PostgreSQL."
            ) from None
        # The file stays: removing it would let two processes hold locks on two files of one name.
        yield
