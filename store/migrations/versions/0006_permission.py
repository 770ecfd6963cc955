"""Erasure, the list of who must never come back, and the links people were given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
TIME = sa.BigInteger()


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "suppressed",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("lead", sa.Integer()),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "key", name="pk_suppressed"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_suppressed_workspace"),
    )
    op.create_table(
        "erasures",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("lead", sa.Integer()),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("due", TIME),
        sa.Column("erased_at", TIME),
        sa.Column("receipt", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_erasures_workspace"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_erasures_lead", "erasures", ["workspace", "lead"])
    op.create_index("ix_erasures_state", "erasures", ["workspace", "state"])
    op.create_table(
        "privacy_links",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("token", KEY, nullable=False),
        sa.Column("lead", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "token", name="pk_privacy_links"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_privacy_links_workspace"),
    )
    op.create_index("ix_privacy_links_token", "privacy_links", ["token"])
    op.create_index("ix_privacy_links_lead", "privacy_links", ["workspace", "lead"])


def downgrade() -> None:
    """Remove them. Who was erased stays erased, but may be taken in again."""
    op.drop_table("privacy_links")
    op.drop_table("erasures")
    op.drop_table("suppressed")
