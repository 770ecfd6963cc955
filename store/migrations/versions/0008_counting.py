"""Day-wise counts for numbers, and what leads are counted under."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
WAITING = (
    ("ix_leads_promised", "claim_due", "claim_due IS NOT NULL AND claimed_at IS NULL"),
    ("ix_leads_held", "claimed_at", "claimed_at IS NOT NULL AND accepted_at IS NULL"),
    ("ix_leads_asleep", "snoozed_until", "snoozed_until IS NOT NULL"),
)


def upgrade() -> None:
    """Make the tables; the bot counts the leads there are once it runs."""
    op.add_column("leads", sa.Column("counted", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_leads_counted", "leads", ["workspace", "counted", "number"])
    for name, column, where in WAITING:
        some = sa.text(where)
        op.create_index(name, "leads", ["workspace", column], sqlite_where=some, postgresql_where=some)
    op.create_table(
        "counting_rules",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("left_out", JSON, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "version", name="pk_counting_rules"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_counting_rules_workspace"),
    )
    op.create_table(
        "kpi_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("cells", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kpi_changes"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_kpi_changes_workspace"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "kpi_days",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("dim", KEY, nullable=False),
        sa.Column("metric", KEY, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("sub", KEY, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "dim", "metric", "day", "key", "sub", name="pk_kpi_days"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_kpi_days_workspace"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Remove them."""
    for table in ("kpi_days", "kpi_changes", "counting_rules"):
        op.drop_table(table)
    for name, _, _ in WAITING:
        op.drop_index(name, "leads")
    op.drop_index("ix_leads_counted", "leads")
    op.drop_column("leads", "counted")
