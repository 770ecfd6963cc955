"""Who saw which experiment, and which visitors came on which day: for counts, and gone after a while.

Nothing personal and no content: a hash of an anonymous id, a day, a source, an arm. What is left of them in
the end are the numbers.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table

from store.tables.base import Key, UtcDateTime, metadata

# What each person saw first. Whose id it is, external_ids say: with consent, and as long as it lasts.
exposures = Table(
    "exposures",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    Column("experiment", Key, primary_key=True),
    Column("person", Key, primary_key=True),
    Column("arm", Key, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("mixed", Boolean, nullable=False),
    # When somebody with this id became a lead, where nobody may know which.
    Column("became_lead_at", UtcDateTime),
    Column("expires_at", UtcDateTime, nullable=False),
)
Index("ix_exposures_person", exposures.c.workspace, exposures.c.person)
Index("ix_exposures_expires", exposures.c.workspace, exposures.c.expires_at)

exposure_counts = Table(
    "exposure_counts",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    Column("experiment", Key, primary_key=True),
    Column("arm", Key, primary_key=True),
    # Days since 1970 in UTC.
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    Column("seen", Integer, nullable=False),
    Column("converted", Integer, nullable=False),
)

visitor_days = Table(
    "visitor_days",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    # The workspace's own day, in the zone that it had then.
    Column("day", Date, primary_key=True),
    Column("person", Key, primary_key=True),
    Column("source", String, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
Index("ix_visitor_days_person", visitor_days.c.workspace, visitor_days.c.person)
Index("ix_visitor_days_expires", visitor_days.c.workspace, visitor_days.c.expires_at)

visitor_counts = Table(
    "visitor_counts",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("source", String, primary_key=True),
    Column("people", Integer, nullable=False),
)
