"""Numbers that are sent to a channel by themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "kpi_schedules",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("every", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("quiet_since", sa.Date(), nullable=True),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_kpi_schedules"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_kpi_schedules_workspace"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_kpi_schedules_due", "kpi_schedules", ["workspace", "due"])


def downgrade() -> None:
    """Remove it."""
    op.drop_table("kpi_schedules")
