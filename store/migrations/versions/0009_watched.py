"""Who saw which experiment, which visitors came on which day, and what is left of both as numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
TIME = sa.BigInteger()


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "exposures",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("experiment", KEY, nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("arm", KEY, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("mixed", sa.Boolean(), nullable=False),
        sa.Column("became_lead_at", TIME),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "experiment", "person", name="pk_exposures"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_exposures_workspace"),
    )
    op.create_index("ix_exposures_person", "exposures", ["workspace", "person"])
    op.create_index("ix_exposures_expires", "exposures", ["workspace", "expires_at"])
    op.create_table(
        "exposure_counts",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("experiment", KEY, nullable=False),
        sa.Column("arm", KEY, nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("converted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "experiment", "arm", "day", name="pk_exposure_counts"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_exposure_counts_workspace"),
    )
    op.create_table(
        "visitor_days",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "day", "person", name="pk_visitor_days"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_visitor_days_workspace"),
    )
    op.create_index("ix_visitor_days_person", "visitor_days", ["workspace", "person"])
    op.create_index("ix_visitor_days_expires", "visitor_days", ["workspace", "expires_at"])
    op.create_table(
        "visitor_counts",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "day", "source", name="pk_visitor_counts"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_visitor_counts_workspace"),
    )


def downgrade() -> None:
    """Remove them, with what they counted."""
    op.drop_table("visitor_counts")
    op.drop_table("visitor_days")
    op.drop_table("exposure_counts")
    op.drop_table("exposures")
