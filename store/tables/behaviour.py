"""What visitors do before anybody knows who they are, and which messages were heard already."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from store.tables.base import Id, Json, Key, UtcDateTime, metadata

messages = Table(
    "messages",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    # A hash of the messageId, or of the e-mail that was delivered.
    Column("key", Key, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
Index("ix_messages_expires", messages.c.expires_at)

# Nothing personal: no address, no network address, no browser, no URL; ids are hashes.
visitor_events = Table(
    "visitor_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("workspace", String, ForeignKey("workspaces.id"), nullable=False),
    Column("visitor", Key),
    Column("account", Key),
    Column("action", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("uncounted", String, nullable=False),
    Column("source", String, nullable=False),
    Column("campaign", String),
    Column("variant", String),
    Column("expires_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_visitor_events_visitor", visitor_events.c.workspace, visitor_events.c.visitor)
Index("ix_visitor_events_account", visitor_events.c.workspace, visitor_events.c.account)
Index("ix_visitor_events_expires", visitor_events.c.expires_at)

# Who said who they are but is no lead (yet): personal, and gone after the days that permission is waited for.
visitor_names = Table(
    "visitor_names",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    Column("key", Key, primary_key=True),
    Column("email_key", Key),
    Column("phone_key", Key),
    Column("at", UtcDateTime, nullable=False),
    Column("submission", Json, nullable=False),
    # All the ids it was said under: who is a lead by one of them has what was done under the others.
    Column("together", Json, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
Index("ix_visitor_names_email", visitor_names.c.workspace, visitor_names.c.email_key)
Index("ix_visitor_names_phone", visitor_names.c.workspace, visitor_names.c.phone_key)
Index("ix_visitor_names_expires", visitor_names.c.expires_at)
