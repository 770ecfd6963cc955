"""Keys by which programs hand something in, or read numbers."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, text

from store.tables.base import Id, UtcDateTime, metadata

keys = Table(
    "keys",
    metadata,
    Column("id", Id, primary_key=True),
    Column("workspace", String, ForeignKey("workspaces.id"), nullable=False),
    # Who uses it: a source's name, or for numbers a manager's Slack id.
    Column("name", String, nullable=False),
    # What it opens: "leads", "events", "spend", another source's path, "all", or "numbers".
    Column("opens", String, nullable=False),
    # The hex SHA-256 of the key; the key itself is kept nowhere.
    Column("hash", String, nullable=False),
    # Its last characters, by which its holder can tell which one it is.
    Column("ends", String, nullable=False),
    # Whether the hash also checks signatures (decisions/11).
    Column("signs", Boolean, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # After this moment it opens nothing any more; NULL while nobody replaced or revoked it.
    Column("until", UtcDateTime),
    # When it last opened something, to the hour; NULL while it never did.
    Column("used", UtcDateTime),
    sqlite_autoincrement=True,
)
Index("uq_keys_hash", keys.c.workspace, keys.c.hash, unique=True)
# Of two who make or replace a key at one moment, one is told that the other was first.
STANDS = text("until IS NULL")
Index(
    "uq_keys_name",
    *(keys.c.workspace, keys.c.opens, keys.c.name),
    unique=True,
    sqlite_where=STANDS,
    postgresql_where=STANDS,
)
