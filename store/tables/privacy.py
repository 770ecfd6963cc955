"""Who must never come back, what was erased and what is asked for, and the links people were given."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

from store.tables.base import Id, Json, Key, UtcDateTime, metadata

suppressed = Table(
    "suppressed",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    # An HMAC under this installation's secret: without it nobody can try out addresses.
    Column("key", Key, primary_key=True),
    Column("kind", String, nullable=False),
    # All we knew of them, so that it alone names them: a number beside an address may be a switchboard's.
    Column("alone", Boolean, nullable=False),
    Column("lead", Integer),
    Column("at", UtcDateTime, nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("workspace", String, ForeignKey("workspaces.id"), nullable=False),
    # None where somebody only waited for permission and never was a lead.
    Column("lead", Integer),
    Column("why", String, nullable=False),
    Column("by", String, nullable=False),
    # asked, ordered (by an admin), kept (an admin said why not), answered, erased, swept, done (Slack too)
    Column("state", String, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("due", UtcDateTime),
    Column("erased_at", UtcDateTime),
    # The receipt: counts, codes and permalinks, never anything about the person.
    Column("receipt", Json, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_erasures_lead", erasures.c.workspace, erasures.c.lead)
Index("ix_erasures_state", erasures.c.workspace, erasures.c.state)

privacy_links = Table(
    "privacy_links",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    # A hash of the token in the address: who reads this table can't open the pages.
    Column("token", Key, primary_key=True),
    Column("lead", Integer, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
Index("ix_privacy_links_lead", privacy_links.c.workspace, privacy_links.c.lead)
