"""What came in but is not (yet) a lead, and what we answered."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from store.tables.base import Id, Json, Key, UtcDateTime, metadata

waiting = Table(
    "waiting",
    metadata,
    Column("id", Id, primary_key=True),
    Column("workspace", String, ForeignKey("workspaces.id"), nullable=False),
    Column("email_key", Key),
    Column("phone_key", Key),
    # What to call the form it came from: people decide by form, and parsing ten thousand takes seconds.
    Column("form", String, nullable=False, server_default=""),
    Column("why", String, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    # The submission as it came, personal data included: deleted when permission comes or time runs out.
    Column("submission", Json, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_waiting_email", waiting.c.workspace, waiting.c.email_key)
Index("ix_waiting_phone", waiting.c.workspace, waiting.c.phone_key)
Index("ix_waiting_expires", waiting.c.expires_at)
Index("ix_waiting_form", waiting.c.workspace, waiting.c.form, waiting.c.id)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Id, primary_key=True),
    Column("workspace", String, ForeignKey("workspaces.id"), nullable=False),
    Column("source", String, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("error", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

answers = Table(
    "answers",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    # Hashes: of who asked under which Idempotency-Key, and of what they sent.
    Column("key", Key, primary_key=True),
    Column("body", String, nullable=False),
    Column("answer", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_answers_at", answers.c.at)

traffic = Table(
    "traffic",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("source", String, primary_key=True),
    Column("why", String, primary_key=True),
    Column("count", Integer, nullable=False),
)

spend = Table(
    "spend",
    metadata,
    Column("id", Id, primary_key=True),
    Column("workspace", String, ForeignKey("workspaces.id"), nullable=False),
    Column("source", String, nullable=False),
    Column("campaign", String, nullable=False),
    Column("from_day", Date, nullable=False),
    Column("to_day", Date, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # The same row sent again replaces itself: importing a file twice must not double a cost.
    UniqueConstraint("workspace", "source", "campaign", "from_day", "to_day", "currency"),
    sqlite_autoincrement=True,
)
