"""The outbox: work to do after a commit, and the lanes that keep its order and pace."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    literal_column,
    text,
)
from sqlalchemy.sql.expression import FromClause

from store.tables.base import Id, Json, Key, UtcDateTime, metadata

OPEN, DONE, DEAD, CANCELLED = 0, 1, 2, 3

jobs = Table(
    "jobs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("workspace", String, ForeignKey("workspaces.id"), nullable=False),
    Column("topic", String, nullable=False),
    # Ids only, never contact data: jobs are not what an erasure cleans.
    Column("payload", Json, nullable=False),
    # "Only one of these, ever" (while it is open or done).
    Column("dedup", Key),
    # "Only one of these waiting": asking again while it runs makes it run again.
    Column("pending_key", Key),
    Column("dirty", Boolean, nullable=False),
    Column("lane", String),
    # Where it stands in its lane, given under the lane's lock; 0 on SQLite, whose ids are in commit order.
    Column("place", BigInteger, nullable=False),
    # "Not before", and while claimed "until the lease ends": a crash is found by the query that finds timers.
    Column("due", UtcDateTime, nullable=False),
    Column("token", String),
    Column("attempts", Integer, nullable=False),
    Column("first_claimed", UtcDateTime),
    # When the other side asked us to wait until `due`, by the clock of then: a moment to come was none.
    Column("held_from", UtcDateTime),
    Column("state", SmallInteger, nullable=False),
    Column("error", String),
    Column("created", UtcDateTime, nullable=False),
    Column("finished", UtcDateTime),
    # A number must never come back after its row was swept: it is the key of messages already in Slack.
    sqlite_autoincrement=True,
)

lanes = Table(
    "lanes",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    Column("lane", String, primary_key=True),
    Column("next_at", UtcDateTime, nullable=False),
    # As in `jobs`, for `next_at`.
    Column("held_from", UtcDateTime),
    Column("places", BigInteger, nullable=False),
)

# An upsert must repeat its index's condition word by word, and SQLite takes a partial index only for a
# condition that stands in the statement as a literal. So the states are literals everywhere.
KEPT = text("state < 2")
WAITING = text("state = 0")


def is_open(table: FromClause = jobs) -> ColumnElement[bool]:
    """Not done, dead or cancelled yet: waiting, or running somewhere."""
    return table.c.state == literal_column("0")


def is_dead(table: FromClause = jobs) -> ColumnElement[bool]:
    """Given up; it stays until somebody tries it again."""
    return table.c.state == literal_column("2")


def _index(name: str, *columns: Column[object], where: str, unique: bool = False) -> None:
    Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


_index("ix_jobs_due", jobs.c.due, jobs.c.id, where="state = 0 AND lane IS NULL")
_index("ix_jobs_lane_due", jobs.c.due, where="state = 0 AND lane IS NOT NULL")
_index(
    "ix_jobs_lane",
    *(jobs.c.workspace, jobs.c.lane, jobs.c.place, jobs.c.id),
    where="state = 0 AND lane IS NOT NULL",
)
_index("uq_jobs_dedup", jobs.c.workspace, jobs.c.dedup, where="state < 2", unique=True)
_index("uq_jobs_pending", jobs.c.workspace, jobs.c.pending_key, where="state = 0", unique=True)
_index("ix_jobs_finished", jobs.c.finished, where="finished IS NOT NULL")
_index("ix_jobs_dead", jobs.c.workspace, jobs.c.finished, where="state = 2")
