"""Visitors before they are leads, messages that were heard, and a score that lists may be sorted by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
TIME = sa.BigInteger()


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "messages",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_messages_workspace"),
        sa.PrimaryKeyConstraint("workspace", "key", name="pk_messages"),
    )
    op.create_index("ix_messages_expires", "messages", ["expires_at"])
    op.create_table(
        "visitor_events",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("visitor", KEY),
        sa.Column("account", KEY),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("uncounted", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("campaign", sa.String()),
        sa.Column("variant", sa.String()),
        sa.Column("expires_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_visitor_events_workspace"),
        sa.PrimaryKeyConstraint("id", name="pk_visitor_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_visitor_events_visitor", "visitor_events", ["workspace", "visitor"])
    op.create_index("ix_visitor_events_account", "visitor_events", ["workspace", "account"])
    op.create_index("ix_visitor_events_expires", "visitor_events", ["expires_at"])
    op.create_table(
        "visitor_names",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("email_key", KEY),
        sa.Column("phone_key", KEY),
        sa.Column("at", TIME, nullable=False),
        sa.Column("submission", JSON, nullable=False),
        sa.Column("together", JSON, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_visitor_names_workspace"),
        sa.PrimaryKeyConstraint("workspace", "key", name="pk_visitor_names"),
    )
    op.create_index("ix_visitor_names_email", "visitor_names", ["workspace", "email_key"])
    op.create_index("ix_visitor_names_phone", "visitor_names", ["workspace", "phone_key"])
    op.create_index("ix_visitor_names_expires", "visitor_names", ["expires_at"])
    # Nobody has more than 100: lists are right at once, and quick when the first look at these rows is over.
    op.add_column("leads", sa.Column("score_most", sa.Integer(), nullable=False, server_default="100"))
    op.add_column("leads", sa.Column("score_falls_at", TIME, server_default="0"))
    op.create_index("ix_leads_falls", "leads", ["workspace", "score_falls_at"])


def downgrade() -> None:
    """Remove them, with all they hold."""
    op.drop_index("ix_leads_falls", "leads")
    op.drop_column("leads", "score_falls_at")
    op.drop_column("leads", "score_most")
    op.drop_table("visitor_names")
    op.drop_table("visitor_events")
    op.drop_table("messages")
