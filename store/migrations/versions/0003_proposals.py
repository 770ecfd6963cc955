"""Proposals to change the definition, and who approved each version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.BigInteger()


def upgrade() -> None:
    """Make the table; versions from before have no approvals."""
    op.create_table(
        "proposals",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("effect", JSON, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("approvals", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("ts", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_proposals_workspace"),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_proposals_state", "proposals", ["workspace", "state"], unique=False)
    op.add_column("definitions", sa.Column("approved", JSON, nullable=True))
    op.add_column("definitions", sa.Column("origin", sa.String(), nullable=True))


def downgrade() -> None:
    """Remove it; the versions stay."""
    op.drop_column("definitions", "origin")
    op.drop_column("definitions", "approved")
    op.drop_table("proposals")
