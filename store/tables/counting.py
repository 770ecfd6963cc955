"""Day-wise counts that numbers are read from, what was not yet added to them, and the rules of counting."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from store.tables.base import Id, Json, Key, metadata

# Versions never change: a lead remembers under which one it is counted.
counting_rules = Table(
    "counting_rules",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("zone", String, nullable=False),
    Column("left_out", Json, nullable=False),
    # How the waits for a claim and for the first contact are timed; none in versions that didn't count them.
    Column("clock", Json),
)

# What transactions changed. Rows are only ever added here by them, so that no two wait for one another; they
# are folded into `kpi_days` later, and whoever reads adds those that are not.
kpi_changes = Table(
    "kpi_changes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("workspace", String, ForeignKey("workspaces.id"), nullable=False),
    # [[source, campaign, variant, rep], [[metric, day, sub, n, minor], …]] for each lead's place.
    Column("cells", Json, nullable=False),
    sqlite_autoincrement=True,
)

# What a number is read from: sums by the value of one dimension and by day (`qualification/kpi_cells.py`).
kpi_days = Table(
    "kpi_days",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    # all, source, campaign, variant or rep; and its value.
    Column("dim", Key, primary_key=True),
    Column("metric", Key, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("sub", Key, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("minor", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# The same by spans of days: a year of a number that tells much apart is ten thousand rows by the day.
kpi_spans = Table(
    "kpi_spans",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    Column("dim", Key, primary_key=True),
    Column("metric", Key, primary_key=True),
    # So many spans of SPAN days lie before it.
    Column("span", Integer, primary_key=True, autoincrement=False),
    Column("key", Key, primary_key=True),
    Column("sub", Key, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("minor", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
SPAN = 32
"""Days: about a month, and the same everywhere whatever the month."""
