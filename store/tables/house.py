"""What the workspace set up: settings, definitions, people, and where its cards stand in Slack."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

from store.tables.base import Id, Json, UtcDateTime, metadata

settings = Table(
    "settings",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", Json, nullable=False),
)

definitions = Table(
    "definitions",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("text", String, nullable=False),
    Column("author", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("in_force", Boolean, nullable=False),
    # Role → who and when; NULL where nobody was asked (installation).
    Column("approved", Json),
    # "proposal 3", "rollback to 1", "shell".
    Column("origin", String),
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("workspace", String, ForeignKey("workspaces.id"), nullable=False),
    # The version it was made against: another one in between makes it outdated.
    Column("base", Integer, nullable=False),
    Column("text", String, nullable=False),
    Column("why", String, nullable=False),
    Column("author", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("changes", Json, nullable=False),
    Column("effect", Json),
    Column("state", String, nullable=False),
    Column("approvals", Json, nullable=False),
    Column("version", Integer),
    Column("channel", String),
    Column("ts", String),
    sqlite_autoincrement=True,
)
Index("ix_proposals_state", proposals.c.workspace, proposals.c.state)

people = Table(
    "people",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    Column("user", String, primary_key=True),
    Column("handle", String, nullable=False),
    Column("name", String, nullable=False),
    Column("email", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

cards = Table(
    "cards",
    metadata,
    Column("id", Id, primary_key=True),
    Column("workspace", String, ForeignKey("workspaces.id"), nullable=False),
    Column("lead", Integer, nullable=False),
    # "card" in the leads channel, "alert" in the alerts channel, "dm" to one person.
    Column("kind", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("ts", String, nullable=False),
    Column("current", Boolean, nullable=False),
    # What was drawn last, hashed: an unchanged card sends nothing.
    Column("drawn", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_cards_lead", cards.c.workspace, cards.c.lead, cards.c.kind)
Index("ix_cards_place", cards.c.workspace, cards.c.channel, cards.c.ts)
