"""The day-wise counts by spans of days too, so that a year is not read day by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NAMES = ("workspace", "dim", "metric", "span", "key", "sub")
FROM_DAYS = """
    INSERT INTO kpi_spans (workspace, dim, metric, span, key, sub, n, minor)
    SELECT workspace, dim, metric, day / 32, key, sub, sum(n), sum(minor) FROM kpi_days
    GROUP BY workspace, dim, metric, day / 32, key, sub
"""


def upgrade() -> None:
    """Make the table and sum up the days there are."""
    op.create_table(
        "kpi_spans",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("dim", KEY, nullable=False),
        sa.Column("metric", KEY, nullable=False),
        sa.Column("span", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("sub", KEY, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*NAMES, name="pk_kpi_spans"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_kpi_spans_workspace"),
        sqlite_with_rowid=False,
    )
    op.execute(FROM_DAYS)


def downgrade() -> None:
    """Remove it: the days say the same."""
    op.drop_table("kpi_spans")
