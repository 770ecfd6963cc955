"""What callers learn of transactions they did not open: that the database is away, and what was committed."""

from __future__ import annotations

from contextvars import ContextVar


class DatabaseAway(Exception):
    """The database can't be reached or can't write; nothing of the transaction was saved."""


HAS_MOVED = "this database moved"
"""What a SQLite file answers to a change once its data is elsewhere (`store/moved.py`)."""

commits: ContextVar[list[bool] | None] = ContextVar("commits", default=None)
"""Where a caller has set a list, each of its commits is noted: nobody may say "not saved" after one."""
