"""Numbers that are sent to a channel by themselves."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, String, Table

from store.tables.base import Id, UtcDateTime, metadata

schedules = Table(
    "kpi_schedules",
    metadata,
    Column("id", Id, primary_key=True),
    Column("workspace", String, ForeignKey("workspaces.id"), nullable=False),
    # What stands after /kpi, and how often: "weekly" or "monthly".
    Column("asked", String, nullable=False),
    Column("every", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # The local day of the next one.
    Column("due", Date, nullable=False),
    # Since when nothing happened and nothing is sent.
    Column("quiet_since", Date),
    Column("stopped_at", UtcDateTime),
    sqlite_autoincrement=True,
)
RUNNING = schedules.c.stopped_at.is_(None)
SAME = (schedules.c.workspace, schedules.c.asked, schedules.c.every, schedules.c.channel)
"""Of what is alike in these, one runs."""
Index("uq_kpi_schedules_running", *SAME, unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING)
Index("ix_kpi_schedules_due", schedules.c.workspace, schedules.c.due)
