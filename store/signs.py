"""What callers learn of transactions they did not open: that the database is away, and what was committed."""

from __future__ import annotations

from contextvars import ContextVar


class DatabaseAway(Exception):
    """The database can't be reached or can't write; nothing of the transaction was saved."""


def why_away(away: DatabaseAway) -> str:
    """What the driver says of it, for an admin at a terminal; the log gets no words of others."""
    cause = away.__cause__
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror + (f": {cause.filename}" if cause.filename else "")
    said = str(getattr(cause, "orig", None) or cause or away).strip() or str(away)
    # SQLAlchemy's wrapper puts the class of the driver's error before its words.
    return said.splitlines()[0].rpartition("'>: ")[2]


HAS_MOVED = "this database moved"
"""What a SQLite file answers to a change once its data is elsewhere (`store/moved.py`)."""

commits: ContextVar[list[bool] | None] = ContextVar("commits", default=None)
"""Where a caller has set a list, each of its commits is noted: nobody may say "not saved" after one."""
